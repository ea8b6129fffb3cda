import { describe, expect, it } from 'vitest';
import type { LabError } from '../../../src/errors/lab-error.ts';
import { Expectations } from '../../../src/simulate/expect/evaluate.ts';
import { parseExpectation } from '../../../src/simulate/expect/parse.ts';
import type { TimelineEntry } from '../../../src/simulate/options.ts';
import type { SimulationSummary } from '../../../src/simulate/summary.ts';

const SUMMARY: SimulationSummary = {
  seconds: 60,
  syncs: 5,
  wait: { count: 10, mean: 4, p50: 2, p90: 20, p95: 31.5, p99: 40, max: 45 },
  ledger: { published: 10, processed: 9, waiting: 1, inFlight: 0, lost: 0, redelivered: 2 },
  replicaSeconds: 120,
  utilization: 0.5,
  scaleUps: 2,
  scaleDowns: 1,
  flaps: 0,
  desired: { min: 1, max: 8, last: 2 },
  ready: { min: 1, max: 8, last: 2 },
  firstReactionSeconds: null,
  secondsAtMax: 15,
  metricErrors: 0,
};
const DESIRED = [1, 3, 8, 5, 2];

function entry(at: number): TimelineEntry {
  const desired = DESIRED[at] ?? 0;
  const metric = at === 0 ? null : desired * 2;
  return {
    time: at * 15,
    metric,
    current: desired,
    desired,
    ready: desired,
    waiting: 0,
    oldestWait: 0,
    reason: '',
    record: null,
  };
}

function judged(text: string, summary: SimulationSummary = SUMMARY): string {
  const expectations = new Expectations([parseExpectation(text)]);
  for (const at of DESIRED.keys()) expectations.observe(entry(at));
  const [result] = expectations.results(summary);
  return `${result?.passed ? 'passed' : 'failed'}: ${result?.detail}`;
}

describe('expectations', () => {
  it.each([
    ['p95(wait)<30s', 'failed: it was 31.5s'],
    ['p(95)(wait) < 32s', 'passed: it was 31.5s'],
    ['p90(wait) <= 20s', 'passed: it was 20s'],
    ['max(wait) < 1m', 'passed: it was 45s'],
    ['lost == 0', 'passed: it was 0'],
    ['flaps != 0', 'failed: it was 0'],
    ['scale_ups <= 2', 'passed: it was 2'],
    ['scaleUps > 2', 'failed: it was 2'],
    ['time_at_max <= 15s', 'passed: it was 15s'],
    ['first_reaction < 30s', 'failed: it never happened'],
    ['desired >= 5 within 60s', 'passed: it was 8 after 30s'],
    ['desired >= 5 within 29s', 'failed: it was 3 by then'],
    ['metric >= 1 within 5s', 'failed: it was unknown by then'],
    ['max(desired) <= 8', 'passed: it was 8'],
    ['min(desired) > 1', 'failed: it was 1'],
    ['desired == 2', 'passed: it was 2'],
    ['min(metric) >= 4', 'passed: it was 4'],
  ])('%s', (text, expected) => {
    expect(judged(text)).toBe(expected);
  });

  it('cannot judge a queue where there is none', () => {
    const trace = { ...SUMMARY, wait: null, ledger: null, utilization: null };
    expect(judged('p95(wait) < 30s', trace)).toBe('failed: the metric came from a trace, there is no queue to measure');
    expect(judged('lost == 0', trace)).toMatch('no queue');
    expect(judged('flaps == 0', trace)).toBe('passed: it was 0');
  });

  it.each([
    ['', 'it has the form'],
    ['wait < 30s', 'of waits there are mean, avg, p50, p90, p95, p99, max, for example p95(wait)'],
    ['p42(wait) < 30s', 'of waits there are'],
    ['p95(wait) < 30', '"30" is not a duration with its unit, such as 30s'],
    ['p95(wait) < 30s within 5m', '`within` goes with desired, current, ready, metric, waiting'],
    ['desired >= five', '"five" is not a number'],
    ['desired >= 5 within 60', '"60" is not a duration with its unit, such as 60s'],
    ['p95(desired) > 1', 'of desired there are min and max'],
    ['max(lost) == 0', 'lost is one number: write it without max()'],
    ['happiness > 9', 'there is no field "happiness": wait, desired'],
  ])('refuses %j', (text, reason) => {
    let why = '';
    try {
      parseExpectation(text);
    } catch (error) {
      why = (error as LabError).why;
    }
    expect(why).toMatch(reason);
  });
});
