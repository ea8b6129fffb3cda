import { describe, expect, it } from 'vitest';
import type { MetricSample, MetricSource } from '../../../src/contracts/metric-source.ts';
import { LabError } from '../../../src/errors/lab-error.ts';
import { EVERYTHING, parseSelector } from '../../../src/kube/label-selector.ts';
import { parseMetricsServerConfig } from '../../../src/metrics-server/config.ts';
import { Poll } from '../../../src/metrics-server/polling/poll.ts';
import { Polls } from '../../../src/metrics-server/polling/polls.ts';
import { RuleMetrics } from '../../../src/metrics-server/polling/rule-metrics.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

type Read = (signal: AbortSignal) => Promise<readonly MetricSample[]> | readonly MetricSample[];

/** A source whose readings a test scripts. */
class ScriptedSource implements MetricSource {
  readonly name = 'scripted';
  reads = 0;
  closed = false;
  next: Read;
  constructor(next: Read) {
    this.next = next;
  }
  async read(signal: AbortSignal): Promise<readonly MetricSample[]> {
    this.reads += 1;
    return await this.next(signal);
  }
  async close(): Promise<void> {
    this.closed = true;
  }
}

/** Lets everything run that waits for no time. */
async function settle(): Promise<void> {
  for (let turns = 0; turns < 5; turns += 1) await new Promise(setImmediate);
}

function setUp(next?: Read) {
  const clock = new ManualClock();
  const told: (string | undefined)[] = [];
  const source = new ScriptedSource(next ?? (() => [{ labels: { a: 'b' }, value: '5', timestampMs: clock.now() }]));
  const ports = {
    clock,
    random: () => 0.5,
    onState: (_: string, error: LabError | undefined) => told.push(error?.message),
  };
  return { clock, told, source, ports };
}

describe('a poll', () => {
  it('reads at once and then in its rhythm', async () => {
    const { clock, source, ports, told } = setUp();
    const poll = new Poll(source, { everyMs: 1_000, timeoutMs: 500 }, ports);
    await settle();
    expect(poll.state.samples).toMatchObject([{ value: '5' }]);
    await clock.advance(3_000);
    expect(source.reads).toBe(4);
    expect(told).toEqual([undefined]);
    await poll.stop();
    expect(source.closed).toBe(true);
  });

  it('keeps the last good reading of a failing source, asks it less often, and tells the cause once', async () => {
    const { clock, source, ports, told } = setUp();
    const poll = new Poll(source, { everyMs: 1_000, timeoutMs: 500 }, ports);
    await settle();
    source.next = () => Promise.reject(new LabError('ML-SOURCE-READ', { source: 'scripted', cause: 'gone' }));
    await clock.advance(60_000);
    expect(poll.state.samples).toMatchObject([{ value: '5' }]);
    expect(poll.state.error?.id).toBe('ML-SOURCE-READ');
    expect(told).toHaveLength(2);
    expect(source.reads).toBeLessThan(10);
    source.next = () => [];
    await clock.advance(15_000);
    expect(poll.state).toMatchObject({ samples: [], error: undefined });
    await poll.stop();
  });

  it('gives a slow source up, but never reads twice at once', async () => {
    let answer: (samples: readonly MetricSample[]) => void = () => undefined;
    const { clock, source, ports } = setUp(() => new Promise((resolve) => (answer = resolve)));
    const poll = new Poll(source, { everyMs: 1_000, timeoutMs: 500 }, ports);
    await clock.advance(60_000);
    expect(poll.state.error?.id).toBe('ML-METRIC-SLOW-SOURCE');
    expect(source.reads).toBe(1);
    answer([{ labels: {}, value: '1', timestampMs: clock.now() }]);
    await settle();
    expect(poll.state).toMatchObject({ error: undefined, samples: [{ value: '1' }] });
    source.next = () => [];
    await clock.advance(1_000);
    await poll.stop();
  });

  it('stops although its source never answers', async () => {
    const { clock, source, ports } = setUp(() => new Promise(() => undefined));
    const poll = new Poll(source, { everyMs: 1_000, timeoutMs: 500 }, ports);
    await clock.advance(5_000);
    await poll.stop();
    expect(source.closed).toBe(true);
  });

  it.each(['NaN', 'Inf', '', 'abc', 'm'])('takes %j for an error, not for a number', async (value) => {
    const { source, ports } = setUp(() => [{ labels: {}, value, timestampMs: 0 }]);
    const poll = new Poll(source, { everyMs: 1_000, timeoutMs: 500 }, ports);
    await settle();
    expect(poll.state.error?.id).toBe('ML-METRIC-VALUE');
    await poll.stop();
  });
});

describe('rules', () => {
  const rule = (poll: Poll, more: Record<string, unknown> = {}) => ({
    name: 'm',
    namespaces: undefined,
    labels: { queue: 'jobs' },
    maxAgeMs: 10_000,
    fallback: undefined,
    poll,
    ...more,
  });
  const query = { namespace: 'a', metric: 'm', selector: EVERYTHING };

  it('answer the samples with their labels, and nothing for an unknown metric or another namespace', async () => {
    const { clock, source, ports } = setUp();
    const poll = new Poll(source, { everyMs: 1_000, timeoutMs: 500 }, ports);
    await settle();
    const rules = new RuleMetrics(clock);
    rules.replace([rule(poll, { namespaces: ['a'] })]);
    expect(rules.getExternalMetric(query)).toEqual([
      { labels: { a: 'b', queue: 'jobs' }, value: '5', timestampMs: clock.now() },
    ]);
    expect(rules.getExternalMetric({ ...query, namespace: 'b' })).toEqual([]);
    expect(rules.getExternalMetric({ ...query, metric: 'x' })).toEqual([]);
    const selector = parseSelector('queue=other');
    expect(typeof selector === 'string' ? selector : rules.getExternalMetric({ ...query, selector })).toEqual([]);
    await poll.stop();
  });

  it('refuse to answer an old value as a number, unless there is a default', async () => {
    const { clock, source, ports } = setUp();
    const poll = new Poll(source, { everyMs: 1_000, timeoutMs: 500 }, ports);
    await settle();
    source.next = () =>
      Promise.reject(new LabError('ML-SOURCE-READ', { source: 'scripted', cause: 'connection refused' }));
    await clock.advance(12_000);
    const rules = new RuleMetrics(clock);
    rules.replace([rule(poll)]);
    expect(() => rules.getExternalMetric(query)).toThrow(
      /m has no fresh value: the last good one is 12 s old, the limit is 10 s \(.*connection refused/,
    );
    rules.replace([rule(poll, { fallback: '0' })]);
    expect(rules.getExternalMetric(query)).toEqual([
      { labels: { queue: 'jobs' }, value: '0', timestampMs: clock.now() },
    ]);
    await poll.stop();
  });

  it('say so when there was no reading yet, and use the default for an empty one', async () => {
    const { clock, source, ports } = setUp(() =>
      Promise.reject(new LabError('ML-SOURCE-READ', { source: 'scripted', cause: 'refused' })),
    );
    const poll = new Poll(source, { everyMs: 1_000, timeoutMs: 500 }, ports);
    const rules = new RuleMetrics(clock);
    rules.replace([rule(poll)]);
    expect(() => rules.getExternalMetric(query)).toThrow('m has no value yet (its source has not answered yet)');
    await settle();
    expect(() => rules.getExternalMetric(query)).toThrow(/m has no value yet \(.*refused/);
    source.next = () => [];
    await clock.advance(5_000);
    expect(rules.getExternalMetric(query)).toEqual([]);
    rules.replace([rule(poll, { fallback: '7' })]);
    expect(rules.getExternalMetric(query)).toMatchObject([{ value: '7' }]);
    await poll.stop();
  });

  it('tell a series without a usable value by its cause, and leave the others alone', async () => {
    const at = (queue: string) => ({ labels: { queue }, timestampMs: clock.now() });
    const { clock, source, ports } = setUp(() => [
      { ...at('a'), value: '5' },
      { ...at('b'), value: '', fault: 'its value is NaN' },
    ]);
    const poll = new Poll(source, { everyMs: 1_000, timeoutMs: 500 }, ports);
    await settle();
    const rules = new RuleMetrics(clock);
    rules.replace([rule(poll, { labels: {} })]);
    const of = (text: string) => {
      const selector = parseSelector(text);
      return typeof selector === 'string' ? selector : rules.getExternalMetric({ ...query, selector });
    };
    expect(of('queue=a')).toMatchObject([{ value: '5' }]);
    expect(() => of('')).toThrow('The series {"queue":"b"} of the metric m has no usable value: its value is NaN');
    rules.replace([rule(poll, { labels: {}, fallback: '0' })]);
    expect(of('')).toMatchObject([{ value: '5' }]);
    source.next = () => [{ ...at('b'), value: '', fault: 'its value is NaN' }];
    await clock.advance(1_000);
    expect(of('')).toMatchObject([{ labels: {}, value: '0' }]);
    await poll.stop();
  });

  it('share the poll of equal sources, and keep it over a change of the configuration', async () => {
    const { ports } = setUp();
    const opened: ScriptedSource[] = [];
    const polls = new Polls(() => {
      const source = new ScriptedSource(() => []);
      opened.push(source);
      return source;
    }, ports);
    const metrics = (text: string) => parseMetricsServerConfig(`standalone: {}\nmetrics: [${text}]`, 'test').metrics;
    const redis = (key: string) => `{type: redis, url: 'redis://localhost', key: ${key}}`;
    await polls.replace(
      metrics(`{name: a, source: ${redis('x')}}, {name: b, source: ${redis('x')}}, {name: c, source: ${redis('y')}}`),
    );
    expect(opened).toHaveLength(2);
    await polls.replace(metrics(`{name: z, source: ${redis('x')}}`));
    expect(opened.map((source) => source.closed)).toEqual([false, true]);
    await polls.stop();
    expect(opened[0]?.closed).toBe(true);
    await settle();
  });
});
