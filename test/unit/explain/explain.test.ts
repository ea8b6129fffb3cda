import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../../src/explain/evidence.ts';
import { parseEvidence } from '../../../src/explain/evidence.ts';
import { explain } from '../../../src/explain/explain.ts';
import { type ExplainedHpa, ExplanationSchema } from '../../../src/explain/explanation.ts';
import { condition, evidence, external } from './fixture.ts';

function only(of: Evidence): ExplainedHpa {
  const [hpa, other] = explain(of);
  if (hpa === undefined || other !== undefined) throw new TypeError('one HPA was expected');
  ExplanationSchema.parse({ server: '', context: null, namespace: '', at: '', hpas: [hpa] });
  return hpa;
}
const step = ({ chain }: ExplainedHpa, name: string) => chain.find((link) => link.step === name);

describe('explain', () => {
  it('agrees with a settled status and gives every number its origin', () => {
    const hpa = only(evidence({ current: 3, desired: 3, average: '10', answer: external('30') }));
    expect(hpa).toMatchObject({ computed: 3, desired: 3, differences: [], findings: [], sync: 'last' });
    expect(step(hpa, 'ratio')).toMatchObject({
      result: 1,
      origin: 'computed',
      numbers: [
        { name: 'queue_length', value: '30', origin: 'observed', source: 'GET metric' },
        { name: 'target', value: '10', origin: 'observed' },
        { name: 'status.replicas', value: '3', origin: 'observed', source: 'GET scale' },
      ],
    });
    expect(step(hpa, 'tolerance')?.numbers).toMatchObject([{ origin: 'unknown' }]);
    expect(step(hpa, 'stabilize')?.numbers.at(-1)).toMatchObject({
      name: 'earlier recommendations',
      origin: 'unknown',
    });
    expect(hpa.chain.map((link) => link.step)).toEqual([
      'range',
      'ratio',
      'tolerance',
      'proposal',
      'max-of-metrics',
      'stabilize',
      'rate',
      'bounds',
      'final',
    ]);
  });

  it('computes a sync that rescaled from the count before it', () => {
    const hpa = only(evidence({ current: 4, desired: 8, average: '20', answer: external('80') }));
    expect(hpa).toMatchObject({ computed: 8, differences: [] });
    expect(step(hpa, 'ratio')?.numbers.at(-1)).toMatchObject({ value: '4', origin: 'unknown' });
  });

  it('says what could account for another count: the metric moved', () => {
    const hpa = only(evidence({ current: 3, desired: 3, average: '10', answer: external('60') }));
    expect(hpa.computed).toBe(6);
    expect(hpa.findings.map(({ id }) => id)).toEqual(['status-disagrees']);
    expect(hpa.differences[0]).toMatchObject({
      field: 'desiredReplicas',
      causes: ['metric queue_length was 10 in the last sync and is 20 now'],
    });
  });

  it('never invents a recommendation: one that holds the count is a cause', () => {
    const conditions = [
      condition('AbleToScale', 'True', 'ScaleDownStabilized'),
      condition('ScalingActive', 'True', 'ValidMetricFound'),
      condition('ScalingLimited', 'False', 'DesiredWithinRange'),
    ];
    const hpa = only(evidence({ current: 6, desired: 6, average: '5', answer: external('30'), conditions }));
    expect(hpa.computed).toBe(3);
    expect(hpa.differences[0]?.causes.join()).toContain('ScaleDownStabilized');
  });

  it('names the value at zero replicas by machine', () => {
    const conditions = [
      condition('AbleToScale', 'True', 'ReadyForNewScale'),
      condition('ScalingActive', 'True', 'ValidMetricFound'),
      condition('ScalingLimited', 'False', 'DesiredWithinRange'),
      condition('ScaledToZero', 'True', 'ScaledToZero'),
    ];
    const zero = { min: 0, current: 0, desired: 0, conditions, answer: external('0') };
    const amd = only(evidence({ ...zero, average: '-9223372036854775808m' }));
    expect(amd.findings).toMatchObject([{ id: 'zero-replica-average', upstream: ['kubernetes/kubernetes#140956'] }]);
    expect(amd.findings[0]?.title).toContain('0 replicas: average undefined');
    expect(amd).toMatchObject({ computed: 0, differences: [] });
    const arm = only(evidence({ ...zero, average: '0', platform: 'linux/arm64' }));
    expect(arm.findings[0]?.evidence.join()).toContain('arm64 prints 0 for an empty queue');
    expect(arm.differences).toEqual([]);
  });

  it('knows that a target scaled to zero by hand stays there since 1.36, and not before', () => {
    const zero = { min: 0, current: 0, desired: 0, answer: external('50') };
    expect(only(evidence(zero)).findings.map(({ id }) => id)).toContain('scaled-to-zero-by-hand');
    expect(only(evidence({ ...zero, minor: '35' })).findings.map(({ id }) => id)).not.toContain(
      'scaled-to-zero-by-hand',
    );
  });

  it('calls unknown what may not be read, and computes nothing from it', () => {
    const seen = evidence({ current: 3, desired: 3, answer: external('30') });
    const [own] = seen.hpas;
    if (own === undefined) throw new TypeError('one HPA was expected');
    const blind = { ...own, metrics: [{ unknown: 'cannot read metric queue_length (403)', from: 'GET metric' }] };
    const hpa = only({ ...seen, hpas: [blind] });
    expect(hpa).toMatchObject({ computed: null, decision: null, differences: [] });
    expect(hpa.chain[0]).toMatchObject({ origin: 'unknown', text: 'unknown: cannot read metric queue_length (403)' });
    expect(hpa.findings).toMatchObject([{ id: 'unreadable', severity: 'warning' }]);
  });

  it('shows a metric that the controller cannot read either as failed', () => {
    const hpa = only(evidence({ current: 3, desired: 3, answer: { external: { error: 'not found' } } }));
    expect(step(hpa, 'metric-failed')?.text).toContain('not found');
    expect(hpa.computed).toBe(3);
  });

  it('computes the first sync when there was none', () => {
    const hpa = only(
      evidence({ current: 0, desired: 0, specReplicas: 2, statusReplicas: 2, conditions: [], answer: external('40') }),
    );
    expect(hpa).toMatchObject({ sync: 'first', computed: 4, differences: [] });
  });

  it('reads evidence back that was kept', () => {
    const seen = evidence({ current: 3, desired: 3, average: '10', answer: external('30') });
    expect(explain(parseEvidence(JSON.parse(JSON.stringify(seen))))).toEqual(explain(seen));
  });
});
