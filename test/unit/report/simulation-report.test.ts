import { Script } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { simulationReport } from '../../../src/report/simulation-report.ts';
import { SIMULATION_SCRIPT } from '../../../src/report/simulation-script.ts';
import type { TimelineEntry } from '../../../src/simulate/options.ts';

const SUMMARY = {
  seconds: 60,
  syncs: 2,
  wait: null,
  ledger: null,
  replicaSeconds: 60,
  utilization: null,
  scaleUps: 1,
  scaleDowns: 0,
  flaps: 0,
  desired: { min: 1, max: 2, last: 2 },
  ready: { min: 1, max: 1, last: 1 },
  firstReactionSeconds: 0,
  secondsAtMax: 0,
  metricErrors: 0,
};
const entry = (time: number, desired: number): TimelineEntry => ({
  time,
  metric: 4,
  current: 1,
  desired,
  ready: 1,
  waiting: null,
  oldestWait: null,
  reason: '</script><b>&',
  record: null,
});

function report(timeline: readonly TimelineEntry[]): string {
  const run = {
    file: 'a<b.yaml',
    name: 'web',
    min: 1,
    max: 5,
    target: 'queue AverageValue 2',
    targetLine: null,
    targetPerReplica: 2,
  };
  return simulationReport({
    title: 'Simulation of <web>',
    command: 'metrics-lab simulate',
    facts: [['seed', '1']],
    runs: [{ ...run, timeline, summary: SUMMARY, expectations: [] }],
  });
}

describe('the report of a simulation', () => {
  it('is one page that loads nothing and runs nothing out of its data', () => {
    const html = report([entry(0, 1), entry(15, 2)]);
    expect(html).not.toMatch(/(?:src|href)=|https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
    expect(html.match(/<\/script>/g)).toHaveLength(2);
    expect(html).toContain('<title>Simulation of &lt;web></title>');
    expect(html).toContain("default-src 'none'");
    const data = JSON.parse(/id="data">(.*)<\/script>/.exec(html)?.[1] ?? '');
    expect(data.runs[0].timeline[1]).toEqual(entry(15, 2));
  });

  it('has a script that a browser can read', () => {
    expect(() => new Script(SIMULATION_SCRIPT)).not.toThrow();
  });

  it('leaves out syncs of a long run, but no decision', () => {
    const timeline = Array.from({ length: 100_000 }, (_, at) => entry(at * 15, at % 997 === 1 ? 2 : 1));
    const data = JSON.parse(/id="data">(.*)<\/script>/.exec(report(timeline))?.[1] ?? '');
    expect(data.runs[0].timeline.length).toBeLessThan(21_000);
    expect(data.runs[0].timeline.filter((e: TimelineEntry) => e.desired === 2)).toHaveLength(
      timeline.filter((e) => e.desired === 2).length,
    );
    expect(data.runs[0].thinned).toBe(true);
  });
});
