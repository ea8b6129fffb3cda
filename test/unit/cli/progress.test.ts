import { describe, expect, it } from 'vitest';
import { progressRenderer } from '../../../src/cli/progress/renderer.ts';
import { shortSpan } from '../../../src/cli/progress/event-text.ts';
import type { LabEvent } from '../../../src/contracts/events.ts';
import { FakeOut, type FakeOutOptions } from '../../helpers/fake-streams.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

const EVENTS: readonly LabEvent[] = [
  { type: 'plan', steps: [{ id: 'queue', title: 'Queue' }] },
  { type: 'step.started', step: 'queue', title: 'Queue' },
  { type: 'step.progress', step: 'queue', text: 'waiting 10s: nobody \u001B]0;listens' },
  { type: 'step.done', step: 'queue', title: 'Queue', ms: 3210, changed: true, detail: 'redis 7' },
  { type: 'step.started', step: 'hpa', title: 'HPA' },
  { type: 'step.failed', step: 'hpa', title: 'HPA', ms: 65_000, errorId: 'ML-X' },
  { type: 'step.failed', step: 'hpa', title: 'HPA', ms: 100, errorId: 'interrupted' },
  { type: 'note', text: 'a note' },
  { type: 'warning', text: 'a warning' },
];

interface Situation {
  readonly stderr?: FakeOutOptions;
  readonly env?: Record<string, string>;
  readonly output?: 'text' | 'json';
  readonly quiet?: boolean;
  readonly verbose?: number;
  readonly color?: boolean;
}

function start({ stderr: options, env = {}, output = 'text', quiet = false, verbose = 0, color = false }: Situation) {
  const stderr = new FakeOut(options);
  const clock = new ManualClock();
  return {
    stderr,
    clock,
    renderer: progressRenderer({ globals: { output, quiet, verbose }, stderr, env, clock, color }),
  };
}

function shown(situation: Situation): string {
  const { stderr, renderer } = start(situation);
  for (const event of EVENTS) renderer.emit(event);
  renderer.close();
  return stderr.text;
}

const LINES = ` • Queue
   waiting 10s: nobody \\x1b]0;listens
 ✓ Queue (3.2s): redis 7
 • HPA
 ✗ HPA (1m05s)
 ✗ HPA (interrupted after 0.1s)
a note
warning: a warning
`;

describe('progress', () => {
  it.each<[string, Situation]>([
    ['on a pipe', {}],
    ['in CI, also on a terminal', { stderr: { isTTY: true }, env: { CI: 'true' } }],
    ['on a dumb terminal', { stderr: { isTTY: true }, env: { TERM: 'dumb' } }],
  ])('%s is lines without cursor movement', (_, situation) => {
    expect(shown(situation)).toBe(LINES);
  });

  it('with -v tells the plan and what was right as it was', () => {
    const { stderr, renderer } = start({ verbose: 1 });
    renderer.emit({
      type: 'plan',
      steps: [
        { id: 'a', title: 'A' },
        { id: 'b', title: 'B' },
      ],
    });
    renderer.emit({ type: 'step.done', step: 'a', title: 'A', ms: 100, changed: false, detail: 'there' });
    expect(stderr.text).toBe('plan: A, B\n ✓ A (0.1s, nothing to change): there\n');
  });

  it('is coloured where asked for', () => {
    expect(shown({ color: true })).toContain(' \u001B[32m✓\u001B[0m Queue (3.2s)');
  });

  it.each<[string, Situation]>([
    ['-o json', { output: 'json' }],
    ['-q', { quiet: true }],
    ['-q -v -o json', { quiet: true, verbose: 1, output: 'json' }],
  ])('with %s is silent', (_, situation) => {
    expect(shown(situation)).toBe('');
  });

  it('with -v -o json is one JSON object per line', () => {
    const lines = shown({ output: 'json', verbose: 1 }).trimEnd().split('\n');
    const objects = lines.map((line): unknown => JSON.parse(line));
    expect(objects).toEqual(EVENTS.map((event) => ({ time: '2026-01-01T00:00:00.000Z', ...event })));
  });

  it('tells counted work now and then, and its end', async () => {
    const { stderr, clock, renderer } = start({});
    for (let done = 0; done <= 10; done += 1) {
      renderer.emit({ type: 'progress', label: 'published', done: done * 1000, total: 10_000 });
      await clock.advance(1000);
    }
    expect(stderr.text).toBe(
      '   published 0 of 10,000 (0 %)\n   published 5,000 of 10,000 (50 %)\n   published 10,000 of 10,000 (100 %)\n',
    );
  });
});

const ERASE = '\r\u001B[2K';
const terminal = (more: FakeOutOptions = {}) => start({ stderr: { isTTY: true, ...more } });

/** What stands on the terminal after the text was written, without knowing more than CR and erase-line. */
function screen(text: string): string {
  return text
    .split('\n')
    .map((line) => line.split(ERASE).at(-1) ?? '')
    .join('\n');
}

describe('progress on a terminal', () => {
  it('draws the running step in place and leaves finished ones as lines', async () => {
    const { stderr, clock, renderer } = terminal();
    renderer.emit({ type: 'step.started', step: 'queue', title: 'Queue' });
    expect(screen(stderr.text)).toBe(' ⠋ Queue (0.0s)');
    await clock.advance(200);
    expect(screen(stderr.text)).toBe(' ⠹ Queue (0.2s)');
    renderer.emit({ type: 'step.progress', step: 'queue', text: 'waiting' });
    expect(screen(stderr.text)).toBe(' ⠹ Queue (0.2s) waiting');
    renderer.emit({ type: 'note', text: 'a note' });
    expect(screen(stderr.text)).toBe('a note\n ⠹ Queue (0.2s) waiting');
    renderer.emit({ type: 'step.done', step: 'queue', title: 'Queue', ms: 200, changed: true });
    expect(screen(stderr.text)).toBe('a note\n ✓ Queue (0.2s)\n');
    await clock.advance(1000);
    expect(screen(stderr.text)).toBe('a note\n ✓ Queue (0.2s)\n');
  });

  it('stays within the width of the terminal', () => {
    const { stderr, renderer } = terminal({ columns: 30 });
    renderer.emit({ type: 'step.started', step: 's', title: 'A step with a long title' });
    renderer.emit({ type: 'step.progress', step: 's', text: 'and\na lot \u001B[5m more' });
    const line = screen(stderr.text);
    expect(line).not.toContain('\n');
    expect([...line].length).toBeLessThan(30);
  });

  it('is cleared for other output, and closed for good', async () => {
    const { stderr, clock, renderer } = terminal();
    renderer.emit({ type: 'step.started', step: 's', title: 'S' });
    renderer.clear();
    expect(screen(stderr.text)).toBe('');
    renderer.close();
    const before = stderr.text;
    await clock.advance(5000);
    renderer.clear();
    expect(stderr.text).toBe(before);
  });

  it('draws counted work outside of a step until it is complete', () => {
    const { stderr, renderer } = terminal();
    renderer.emit({ type: 'progress', label: 'published', done: 5, total: 10 });
    expect(screen(stderr.text)).toBe(' ⠋ published (0.0s) 5 of 10 (50 %)');
    renderer.emit({ type: 'progress', label: 'published', done: 10, total: 10 });
    expect(screen(stderr.text)).toBe('');
  });
});

describe('spans', () => {
  it.each([
    [0, '0.0s'],
    [59_949, '59.9s'],
    [59_950, '1m00s'],
    [125_000, '2m05s'],
  ])('%d ms is %s', (ms, text) => {
    expect(shortSpan(ms)).toBe(text);
  });
});
