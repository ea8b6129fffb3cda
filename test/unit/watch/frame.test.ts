import { describe, expect, test } from 'vitest';
import { observedDecision } from '../../../src/cli/watch/decision.ts';
import type { WatchState } from '../../../src/cli/watch/model.ts';
import type { FrameLabels, FrameUi } from '../../../src/cli/watch/view/frame-types.ts';
import { frameRows } from '../../../src/cli/watch/view/frame.ts';
import { after, event, GO_SELECTOR, HEALTHY, hpa, live, liveFailure, NOON, ready, stateOf } from './fixture.ts';

const labels: FrameLabels = {
  lab: 'lab',
  backend: 'native',
  context: 'metrics-lab-lab',
  own: true,
  namespace: 'metrics-lab',
  utc: true,
};
const UI: FrameUi = { selected: 0, spanMs: 60_000, help: false, message: '' };

function frame(state: WatchState, columns: number, rows: number, ui: Partial<FrameUi> = {}, own = true) {
  const drawn = frameRows(state, { ...UI, ...ui }, { columns, rows }, { ...labels, own }, observedDecision);
  return drawn.map((row) => row.map(({ text }) => text).join(''));
}
/** As a snapshot wants it: one text, blanks at line ends kept visible by a bar. */
const boxed = (lines: readonly string[], columns: number) =>
  `\n${lines.map((line) => `${line.padEnd(columns)}|`).join('\n')}\n`;

const scaling = after(
  stateOf({ type: 'hpas', hpas: [hpa()] }, live('2'), ready(1)),
  live('40'),
  {
    type: 'events',
    events: [
      event(`New size: 5; reason: ${GO_SELECTOR} above target`),
      event('down', { reason: 'FailedGetExternalMetric', type: 'Warning', count: 3, at: NOON - 60_000 }),
    ],
  },
  {
    type: 'hpas',
    hpas: [
      hpa({
        current: 3,
        desired: 5,
        average: '13334m',
        conditions: [
          ['AbleToScale', 'True', 'SucceededRescale', 'the HPA controller was able to update the target scale to 5'],
          ['ScalingActive', 'True', 'ValidMetricFound', ''],
          [
            'ScalingLimited',
            'True',
            'ScaleUpLimit',
            'the desired replica count is increasing faster than the maximum scale rate',
          ],
        ],
      }),
    ],
  },
  ready(3),
  { type: 'tick', at: NOON + 40_000, staleSince: undefined },
);

test('80 columns, 24 rows', () => {
  expect(boxed(frame(scaling, 80, 24), 80)).toMatchInlineSnapshot(`
    "
    metrics-lab lab · native · metrics-lab-lab               12:00:40 · data 34s old|
    metrics-lab/consumer → Deployment/consumer                                      |
    queue_length External                                     now 40  13.334 / 2 avg|
      ██████████████████▓▓▓▓█████████████████▶ ×6.67 above target                   |
    replicas  1 ·····[3]···5············································20          |
              current 3  desired 5  ready 3                                         |
    decision  SuccessfulRescale: New size: 5; reason: external metric               |
              queue_length(queue=jobs) above target; ScaleUpLimit: the desired repl…|
    metric                        ▁▁██████████████████████████████████████ 40       |
    desired                      ▂▂▂▂▂████████████████████████████████████ 5        |
    ready                          ▂▂▂▂▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅ 3        |
              last 1m                                                  now          |
      AbleToScale    True  SucceededRescale                                         |
      ScalingActive  True  ValidMetricFound                                         |
    ! ScalingLimited True  ScaleUpLimit the desired replica count is increasing fas…|
                                                                                    |
      12:00:00 SuccessfulRescale New size: 5; reason: external metric queue_length(…|
    ! 11:59:00 ×3 FailedGetExternalMetric down                                      |
                                                                                    |
                                                                                    |
                                                                                    |
                                                                                    |
    p publish 10 · e explain · t time span · ? help · q quit                        |
    "
  `);
});

test('40 columns', () => {
  expect(boxed(frame(scaling, 40, 24), 40)).toMatchInlineSnapshot(`
    "
    metrics-lab lab… 12:00:40 · data 34s old|
    metrics-lab/consumer → Deployment/cons… |
    queue_length Ext… now 40  13.334 / 2 avg|
      ████▓▓███▶ ×6.67 above target         |
    replicas  1 ··[3]5····················20|
              current 3  desired 5  ready 3 |
    decision  SuccessfulRescale: New size:  |
              5; reason: external metric qu…|
    metric           ▁██████████████ 40     |
    desired          ▂▂█████████████ 5      |
    ready             ▂▅▅▅▅▅▅▅▅▅▅▅▅▅ 3      |
              last 1m            now        |
      AbleToScale    True  SucceededRescale |
      ScalingActive  True  ValidMetricFound |
    ! ScalingLimited True  ScaleUpLimit the…|
                                            |
      12:00:00 SuccessfulRescale New size: …|
    ! 11:59:00 ×3 FailedGetExternalMetric d…|
                                            |
                                            |
                                            |
                                            |
    p publish · e · t · ? help · q quit     |
    "
  `);
});

test('120 columns, help open', () => {
  expect(boxed(frame(scaling, 120, 40, { help: true }), 120)).toMatchInlineSnapshot(`
    "
    metrics-lab lab · native · metrics-lab-lab                                                       12:00:40 · data 34s old|
    metrics-lab/consumer → Deployment/consumer                                                                              |
    queue_length External                                                                             now 40  13.334 / 2 avg|
      ██████████████████▓▓▓▓█████████████████▶ ×6.67 above target                                                           |
    replicas  1 ·····[3]···5············································20                                                  |
              current 3  desired 5  ready 3                                                                                 |
    decision  SuccessfulRescale: New size: 5; reason: external metric queue_length(queue=jobs) above target; ScaleUpLimit:  |
              the desired replica count is increasing faster than the maximum scale rate                                    |
    metric                        ▁▁██████████████████████████████████████ 40                                               |
    desired                      ▂▂▂▂▂████████████████████████████████████ 5                                                |
    ready                          ▂▂▂▂▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅ 3                                                |
              last 1m                                                  now                                                  |
      AbleToScale    True  SucceededRescale                                                                                 |
      ScalingActive  True  ValidMetricFound                                                                                 |
    ! ScalingLimited True  ScaleUpLimit the desired replica count is increasing faster than the maximum scale rate          |
                                                                                                                            |
    p  publish 10 items into the queue of the lab                                                                           |
    e  the command that tells more about this HPA                                                                           |
    t  time span of the three lines: 1m, 5m, 15m, 1h                                                                        |
    n  next HPA, when there are several                                                                                     |
    ?  this help on and off                                                                                                 |
    q  quit; prints the commands that do the same as the keys did                                                           |
    p publish 10 · e explain · t time span · ? help · q quit                                                                |
    "
  `);
});

describe('never taller than rows - 1, never wider than the window, whatever the state', () => {
  const many = stateOf({
    type: 'hpas',
    hpas: [hpa({ max: 100_000, current: 99_999, desired: 5 }), hpa({ name: 'b'.repeat(200), uid: 'u2' })],
  });
  const states = [stateOf(), scaling, many, after(scaling, { type: 'tick', staleSince: NOON })];
  test.each([
    [20, 5],
    [40, 10],
    [80, 24],
    [120, 60],
  ])('%i × %i', (columns, rows) => {
    for (const state of states) {
      for (const help of [true, false]) {
        const lines = frame(state, columns, rows, { help });
        expect(lines.length).toBeLessThanOrEqual(rows - 1);
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
      }
    }
  });
});

test('nothing jumps: the same number of lines before and after values, faults and events', () => {
  const empty = stateOf({ type: 'hpas', hpas: [hpa({ average: undefined, conditions: [] })] });
  const heights = [empty, scaling, after(scaling, liveFailure('503: down'))].map(
    (state) => frame(state, 80, 40).length,
  );
  expect(new Set(heights).size).toBe(1);
});

test('kubernetes#140956: the artefact is shown raw, marked, and not drawn as a bar', () => {
  const state = stateOf(
    { type: 'hpas', hpas: [hpa({ current: 0, desired: 0, min: 0, average: '-9223372036854775808m' })] },
    live('0'),
  );
  const lines = frame(state, 80, 24).slice(2, 4);
  expect(`\n${lines.join('\n')}\n`).toMatchInlineSnapshot(`
    "
    queue_length External                                 now 0  <undefined> / 2 avg
      -9223372036854775808m  0 replicas: average undefined
    "
  `);
});

test('unknown always with the reason; a lost API says since when', () => {
  const conditions = [
    ...(HEALTHY ?? []).slice(0, 1),
    ['ScalingActive', 'False', 'FailedGetExternalMetric', 'unable to fetch'],
  ] as const;
  const state = stateOf(
    { type: 'hpas', hpas: [hpa({ average: undefined, conditions })] },
    { type: 'tick', staleSince: NOON },
  );
  const text = frame(state, 80, 24).join('\n');
  expect(text).toContain('<unknown>: unable to fetch');
  expect(text).toContain('STALE since 12:00:00');
});

test('a cluster that the lab did not make is called so', () => {
  expect(frame(scaling, 120, 24, {}, false)[0]).toContain('(not made by the lab)');
});

test('several HPAs: the one chosen, and how many there are', () => {
  const two = stateOf({ type: 'hpas', hpas: [hpa(), hpa({ name: 'other', uid: 'u2' })] });
  expect(frame(two, 60, 24, { selected: 1 })[1]).toBe('metrics-lab/other → Deployment/other          2 of 2, n next');
  const one = after(two, { type: 'hpas', hpas: [hpa()] });
  expect(frame(one, 60, 24, { selected: 1 })[1]?.trimEnd()).toBe('metrics-lab/consumer → Deployment/consumer');
});

test('texts of the cluster cannot move the cursor', () => {
  const conditions = [['AbleToScale', 'False', 'X', 'a\u001b[2Jb\r\nc']] as const;
  expect(frame(stateOf({ type: 'hpas', hpas: [hpa({ conditions })] }), 80, 24).join('')).not.toMatch(/[\u0000-\u001f]/);
});
