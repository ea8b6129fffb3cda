import { describe, expect, it } from 'vitest';
import { parseBundle, readBundle } from '../../../src/explain/bundle-schema.ts';
import { explainBundle } from '../../../src/explain/explain.ts';
import { type ExplainedHpa, ExplanationSchema } from '../../../src/explain/explanation.ts';
import {
  bundle,
  condition,
  externalAnswer,
  type Given,
  QUEUE_PATH,
  queueAt,
  READY,
} from '../../helpers/evidence-view.ts';

function explained(given: Given): ExplainedHpa {
  const [hpa, other] = [...explainBundle(parseBundle(bundle(given), 'the bundle'))];
  if (hpa === undefined || other !== undefined) throw new TypeError('one HPA was expected');
  ExplanationSchema.parse({ server: '', context: null, namespace: '', at: '', hpas: [hpa] });
  return hpa;
}
const step = ({ chain }: ExplainedHpa, name: string) => chain.find((link) => link.step === name);
const asked = (current: number, desired: number, average: string, answer: string, more: object = {}): Given => ({
  replicas: current,
  answer: externalAnswer(answer),
  status: { desiredReplicas: desired, currentMetrics: [queueAt(average)], ...more },
});

describe('explainBundle', () => {
  it('agrees with a settled status and gives every number its origin', () => {
    const hpa = explained(asked(3, 3, '10', '30'));
    expect(hpa).toMatchObject({ computed: 3, desired: 3, differences: [], findings: [], unknown: [], sync: 'last' });
    expect(step(hpa, 'ratio')).toMatchObject({
      result: 1,
      origin: 'computed',
      numbers: [
        { name: 'queue', value: '30', origin: 'observed', source: `GET ${QUEUE_PATH}` },
        { name: 'target', value: '10', origin: 'observed' },
        { name: 'status.replicas', value: '3', origin: 'observed', source: 'scale of Deployment/web' },
      ],
    });
    expect(step(hpa, 'tolerance')?.numbers).toMatchObject([{ origin: 'unknown' }]);
    const rules = hpa.chain.map((link) => link.step);
    expect(rules).toEqual([
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
    const scale = { 'Deployment/web': { spec: { replicas: 8 }, status: { replicas: 4, selector: 'app=web' } } };
    const hpa = explained({ ...asked(4, 8, '20', '80'), evidence: { scale } });
    expect(hpa).toMatchObject({ computed: 8, differences: [] });
    expect(step(hpa, 'ratio')?.numbers.at(-1)).toMatchObject({ value: '4', origin: 'unknown' });
  });

  it('says what could account for another count: the metric moved', () => {
    const hpa = explained(asked(3, 3, '10', '60'));
    expect(hpa.computed).toBe(6);
    expect(hpa.differences[0]).toMatchObject({
      field: 'desiredReplicas',
      causes: ['metric queue was 10 in the last sync and is 20 now'],
    });
  });

  it('never invents a recommendation: one that holds the count is a cause', () => {
    const conditions = [condition('AbleToScale', 'True', 'ScaleDownStabilized'), ...READY.slice(1)];
    const hpa = explained(asked(6, 6, '5', '30', { conditions }));
    expect(hpa.computed).toBe(3);
    expect(hpa.differences[0]?.causes.join()).toContain('ScaleDownStabilized');
    expect(hpa.next).toBe(
      'the window of 300 s holds 6 until 2026-01-01T12:05:00.000Z at the latest; then 3, if the metric stays',
    );
  });

  it.each([
    [300, undefined],
    [5, { scaleDown: { stabilizationWindowSeconds: 5 } }],
    [0, { scaleDown: { stabilizationWindowSeconds: 0 } }],
  ])('says that a rescale hides the recommendation that a window of %s s held', (seconds, behavior) => {
    const conditions = [condition('AbleToScale', 'True', 'SucceededRescale'), ...READY.slice(1)];
    const given = asked(8, 9, '8875m', '71', { conditions });
    const hpa = explained({ ...given, ...(behavior === undefined ? {} : { spec: { behavior } }) });
    expect(hpa.computed).toBe(8);
    const hidden = hpa.differences[0]?.causes.some((cause) =>
      cause.includes(`for the window of ${seconds} s: not visible`),
    );
    expect(hidden).toBe(seconds > 0);
  });

  it.each([
    ['2026-01-01T11:59:59Z', false],
    ['2026-01-01T12:00:00Z', true],
  ])('says who changed the HPA at %s, where that was after its status', (time, after) => {
    const managedFields = [
      { manager: 'kubectl-edit', operation: 'Update', time },
      { manager: 'kube-controller-manager', operation: 'Update', subresource: 'status', time: '2026-01-01T12:00:00Z' },
    ];
    const causes = explained({ ...asked(5, 5, '8', '40'), managedFields }).differences[0]?.causes ?? [];
    expect(causes.includes(`the HPA was changed after its status: by kubectl-edit at ${time}`)).toBe(after);
  });

  it.each([
    ['amd64', '0', '-9223372036854775808m', ['zero-replica-averagevalue-underflow']],
    ['arm64', '50', '9223372036854775807m', ['zero-replica-averagevalue-underflow']],
    ['arm64', '0', '0', []],
  ])('reads the value at zero replicas as %s prints it for a queue of %s', (arch, queue, average, ids) => {
    const conditions = [...READY, condition('ScaledToZero', 'True', 'ScaledToZero')];
    const hpa = explained({ ...asked(0, 0, average, queue, { conditions }), arch, spec: { minReplicas: 0 } });
    expect(hpa.findings.map(({ id }) => id)).toEqual(ids);
    expect(hpa.chain.length).toBeGreaterThan(0);
  });

  it('knows that minReplicas 0 is not enough since 1.36, and is before', () => {
    const zero: Given = { ...asked(0, 0, '0', '50'), spec: { minReplicas: 0 } };
    expect(step(explained(zero), 'range')).toMatchObject({ result: 'disabled' });
    expect(step(explained({ ...zero, kubernetesVersion: '1.35.0' }), 'range')).toMatchObject({ result: 'compute' });
  });

  it('spares the chain of HPAs with nothing wrong where many are asked for', () => {
    const brief = (given: Given) => [...explainBundle(parseBundle(bundle(given), 'the bundle'), { brief: true })][0];
    expect(brief({})).toMatchObject({ findings: [], chain: [], computed: null });
    const full = [...READY.slice(0, 2), condition('ScalingLimited', 'True', 'TooManyReplicas')];
    const wrong = brief({ status: { conditions: full } });
    expect(wrong?.findings).toHaveLength(1);
    expect(wrong?.chain.length).toBeGreaterThan(3);
  });

  it('tells what happened since a moment', () => {
    const event = (at: string, note: string) => ({
      reason: 'SuccessfulRescale',
      note,
      regarding: { kind: 'HorizontalPodAutoscaler', name: 'web' },
      deprecatedLastTimestamp: at,
      deprecatedCount: 2,
    });
    const events = [event('2026-01-01T11:59:00Z', 'New size: 4'), event('2026-01-01T10:00:00Z', 'New size: 2')];
    const given = parseBundle(bundle({ evidence: { events } }), 'the bundle');
    const [hpa] = [...explainBundle(given, { sinceMs: 600_000 })];
    expect(hpa?.history).toEqual([
      {
        at: '2026-01-01T11:59:00.000Z',
        text: 'SuccessfulRescale: New size: 4 (2 times)',
        source: 'event of HorizontalPodAutoscaler web',
      },
    ]);
    expect([...explainBundle(given)][0]?.history).toEqual([]);
  });

  it('calls unknown what may not be read, and computes nothing from it', () => {
    const rule = { apiGroup: 'external.metrics.k8s.io', resource: 'queue', verb: 'list', namespace: 'shop' };
    const refused = {
      what: 'read metric queue',
      path: QUEUE_PATH,
      of: QUEUE_PATH,
      status: 403,
      message: '403: no',
      rule,
    };
    const hpa = explained({ ...asked(3, 3, '10', '30'), evidence: { metricAnswers: {}, unread: [refused] } });
    expect(hpa).toMatchObject({ computed: null, decision: null, differences: [], findings: [] });
    expect(hpa.chain[0]).toMatchObject({ origin: 'unknown', text: 'unknown: cannot read metric queue (403)' });
    expect(hpa.unknown).toEqual([
      {
        what: 'cannot read metric queue (403)',
        rule: 'a Role in namespace shop with {apiGroups: ["external.metrics.k8s.io"], resources: ["queue"], verbs: ["list"]}',
      },
    ]);
  });

  it('shows a metric that the controller cannot read either as failed', () => {
    const hpa = explained({
      ...asked(3, 3, '10', '30'),
      answer: { status: 404, ms: 1, body: { message: 'not found' } },
    });
    expect(step(hpa, 'metric-failed')?.text).toContain('not found');
    expect(hpa.computed).toBe(3);
  });

  it('computes the first sync when there was none', () => {
    const hpa = explained({ ...asked(2, 0, '0', '40', { currentReplicas: 0, conditions: [], currentMetrics: null }) });
    expect(hpa).toMatchObject({ sync: 'first', computed: 4, differences: [] });
  });

  it.each([
    ['{"kubernetesVersion": "1.36', 'cut off'],
    ['{}', 'kubernetesVersion'],
    ['{"apiVersion": "metricslab.dev/v2", "kind": "HpaEvidence"}', 'metricslab.dev/v2'],
    ['{"apiVersion": "metricslab.dev/v1", "kind": "ScenarioRun"}', 'ScenarioRun'],
    ['[]', 'expected object'],
  ])('refuses %s', (text, reason) => {
    expect(() => readBundle(text, 'b.json')).toThrow(
      expect.objectContaining({ id: 'ML-EXPLAIN-BUNDLE', why: expect.stringContaining(reason) }),
    );
  });
});
