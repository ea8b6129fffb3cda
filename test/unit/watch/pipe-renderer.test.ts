import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import type { WatchState } from '../../../src/cli/watch/model.ts';
import { pipeRenderer } from '../../../src/cli/watch/pipe-renderer.ts';
import { after, event, GO_SELECTOR, HEALTHY, hpa, live, liveFailure, NOON, ready, stateOf } from './fixture.ts';

/** A stream that keeps every write apart, and may have lost its reader. */
class Sink extends Writable {
  readonly writes: string[] = [];
  broken: string | undefined;
  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    if (this.broken !== undefined) return done(Object.assign(new Error(this.broken), { code: this.broken }));
    if (chunk.length > 0) this.writes.push(chunk.toString());
    done();
  }
  get text(): string {
    return this.writes.join('');
  }
}

function rendered(format: 'text' | 'json', states: readonly WatchState[], quiet = false) {
  const [stdout, stderr] = [new Sink(), new Sink()];
  const renderer = pipeRenderer({ stdout, stderr, format, utc: true, quiet });
  let previous: WatchState | undefined;
  for (const state of states) {
    renderer.show(previous, state);
    previous = state;
  }
  return { stdout, stderr, renderer };
}

const atZero = stateOf(
  { type: 'hpas', hpas: [hpa({ current: 0, desired: 0, min: 0, average: '-9223372036854775808m' })] },
  live('0'),
  ready(0),
);
const up = after(
  atZero,
  live('40'),
  {
    type: 'hpas',
    hpas: [
      hpa({
        current: 0,
        desired: 4,
        min: 0,
        average: '-9223372036854775808m',
        conditions: [['AbleToScale', 'True', 'SucceededRescale', 'x'], ...(HEALTHY ?? []).slice(1)],
      }),
    ],
  },
  { type: 'events', events: [event(`New size: 4; reason: ${GO_SELECTOR} above target`)] },
);
const working = after(
  up,
  { type: 'hpas', hpas: [hpa({ current: 4, desired: 4, min: 0, average: '9500m' })] },
  ready(4),
);
const failed = after(
  working,
  {
    type: 'hpas',
    hpas: [
      hpa({
        current: 4,
        desired: 4,
        min: 0,
        average: undefined,
        conditions: [
          ['AbleToScale', 'True', 'SucceededGetScale', 'x'],
          [
            'ScalingActive',
            'False',
            'FailedGetExternalMetric',
            'unable to fetch metrics from external metrics API: down',
          ],
        ],
      }),
    ],
  },
  liveFailure('503: the server is currently unable to handle the request'),
);
const stale = after(failed, { type: 'tick', staleSince: NOON + 15_000 });

test('text: one aligned line per change on stdout, the header once on stderr', () => {
  const { stdout, stderr } = rendered('text', [atZero, up, working, failed, stale]);
  expect(stderr.text).toMatchInlineSnapshot(`
    "TIME                  HPA       METRIC                  TARGET              CURRENT  DESIRED  READY  REASON
    "
  `);
  expect(`\n${stdout.text}`).toMatchInlineSnapshot(`
    "
    2026-11-22T12:00:02Z  consumer  queue_length=0          <undefined>/2(avg)  0        0        0      ReadyForNewScale: recommended size matches current size [queue_length -9223372036854775808m: 0 replicas: average undefined]
    2026-11-22T12:00:05Z  consumer  queue_length=40         <undefined>/2(avg)  0        4        0      SuccessfulRescale: New size: 4; reason: external metric queue_length(queue=jobs) above target [queue_length -9223372036854775808m: 0 replicas: average undefined]
    2026-11-22T12:00:07Z  consumer  queue_length=40         9.5/2(avg)          4        4        4      ReadyForNewScale: recommended size matches current size
    2026-11-22T12:00:09Z  consumer  queue_length=<unknown>  <unknown>/2(avg)    4        4        4      FailedGetExternalMetric: unable to fetch metrics from external metrics API: down [queue_length now: 503: the server is currently unable to handle the request]
    2026-11-22T12:00:10Z  consumer  queue_length=<unknown>  <unknown>/2(avg)    4        4        4      STALE since 12:00:15; FailedGetExternalMetric: unable to fetch metrics from external metrics API: down [queue_length now: 503: the server is currently unable to handle the request]
    "
  `);
});

test('json: one object per line, one write per object, nothing on stderr', () => {
  const { stdout, stderr } = rendered('json', [atZero, up, up]);
  expect(stderr.text).toBe('');
  expect(stdout.writes).toHaveLength(2);
  const objects = stdout.writes.map((line): unknown => JSON.parse(line));
  expect(objects).toMatchObject([
    { name: 'consumer', current: 0, desired: 0, min: 0, max: 20, metric: 0, ready: 0, target: '2' },
    { name: 'consumer', current: 0, desired: 4, min: 0, max: 20, metric: 40, ready: 0, target: '2' },
  ]);
  expect(stdout.writes.every((line) => line.endsWith('}\n') && !line.slice(0, -1).includes('\n'))).toBe(true);
});

test('quiet: no header, no notes', () => {
  const { stdout, stderr, renderer } = rendered('text', [atZero], true);
  renderer.note('No HorizontalPodAutoscalers found in namespace x');
  expect([stdout.writes.length, stderr.text]).toEqual([1, '']);
});

test('a reader that went away ends the watch quietly', async () => {
  const { stdout, renderer } = rendered('text', [atZero]);
  stdout.broken = 'EPIPE';
  renderer.show(atZero, up);
  expect(await renderer.ended).toBe('quit');
  await renderer.close();
});

test('any other fault of stdout is a fault', async () => {
  const { stdout, renderer } = rendered('text', [atZero]);
  stdout.broken = 'ENOSPC';
  renderer.show(atZero, up);
  await expect(renderer.ended).rejects.toThrow('ENOSPC');
});
