import { describe, expect, it } from 'vitest';
import {
  type Arch,
  DEFAULT_FLAGS,
  type Gates,
  type HpaSpec,
  type HpaStatus,
  type MetricSpec,
  type MetricTarget,
  newMemory,
  type PodObject,
  QUIRK_ROWS,
  type QuirkRow,
  type ReconcileInput,
  type ReconcileOutput,
  reconcile,
  type ScaleUpdateError,
} from '../../../../src/hpa/index.ts';

const START = 946_684_800_000;
const EMPTY: HpaStatus = { currentReplicas: 0, desiredReplicas: 0, currentMetrics: null };

function external(target: MetricTarget): MetricSpec {
  return { type: 'External', external: { metric: { name: 'q' }, target } };
}
const AVERAGE = external({ type: 'AverageValue', averageValue: '10' });

interface Case {
  readonly minor?: number;
  readonly arch?: Arch;
  readonly gates?: Gates;
  readonly metric?: MetricSpec;
  readonly spec?: Partial<HpaSpec>;
  readonly status?: HpaStatus;
  readonly replicas: number;
  readonly statusReplicas?: number;
  /** Values of the external metric, or its error. */
  readonly values?: readonly string[];
  readonly error?: string;
  readonly scaleUpdateErrors?: readonly ScaleUpdateError[];
  readonly nowMs?: number;
}

function readyPods(count: number): readonly PodObject[] {
  const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime: '2000-01-01T00:00:00Z' }];
  return Array.from({ length: count }, (_, i) => ({
    metadata: { name: `web-${i}`, labels: { app: 'web' } },
    status: { phase: 'Running', startTime: '2000-01-01T00:00:00Z', conditions },
  }));
}

function run(given: Case): ReconcileOutput {
  const { minor = 36, arch = 'amd64', gates = {}, replicas, statusReplicas = replicas, values = [], error } = given;
  const input: ReconcileInput = {
    platform: { minor, arch, gates },
    flags: DEFAULT_FLAGS,
    nowMs: given.nowMs ?? START,
    hpa: {
      metadata: { name: 'web', namespace: 'ns' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        minReplicas: 1,
        maxReplicas: 20,
        metrics: [given.metric ?? AVERAGE],
        ...given.spec,
      },
      status: given.status ?? EMPTY,
    },
    memory: { ...newMemory(), recommendations: [] },
    otherHpas: [],
    scale: { specReplicas: replicas, statusReplicas, selector: 'app=web' },
    pods: readyPods(statusReplicas),
    metrics: [{ external: error === undefined ? { items: values.map((value) => ({ value })) } : { error } }],
    record: false,
  };
  return reconcile(input, { scaleUpdateErrors: given.scaleUpdateErrors ?? [], statusUpdateError: null });
}

const current = (output: ReconcileOutput) => output.status.currentMetrics?.[0]?.external?.current;
const reasons = (output: ReconcileOutput): readonly (string | undefined)[] =>
  (output.status.conditions ?? []).map(({ reason }) => reason);

describe('zero status replicas', () => {
  it.each([
    ['amd64', '0', '-9223372036854775808m'],
    ['arm64', '0', '0'],
    ['amd64', '7', '-9223372036854775808m'],
    ['arm64', '7', '9223372036854775807m'],
  ] as const)('show the artefact of %s for a metric of %s', (arch, value, shown) => {
    const output = run({ arch, replicas: 1, statusReplicas: 0, values: [value] });
    expect(current(output)).toEqual({ averageValue: shown });
    expect(output.scaleUpdates).toEqual([]);
  });
});

describe('the status', () => {
  it('is written when a condition went there and back within the second that is stored', () => {
    const rejected = { replicas: 1, values: ['90'], scaleUpdateErrors: [{ message: 'no' }] };
    const first = run({ ...rejected, nowMs: START + 700 });
    const again = (nowMs: number) => run({ ...rejected, nowMs, status: first.status });
    expect(again(START + 700)).toMatchObject({ statusWritten: true, status: first.status });
    expect(again(START)).toMatchObject({ statusWritten: false, status: first.status });
  });
});

describe('overflow', () => {
  it('of a Value proposal scales to min on amd64 before 1.35 and to max since', () => {
    const huge = ['9000000000000'];
    const desired = (minor: number, arch: Arch): number | undefined =>
      run({ minor, arch, metric: external({ type: 'Value', value: '1m' }), replicas: 2, values: huge }).scaleUpdates[0];
    expect(desired(34, 'amd64')).toBe(1);
    expect(desired(34, 'arm64')).toBe(4);
    expect(desired(35, 'amd64')).toBe(4);
  });

  it('is what a negative external value is taken for since 1.34', () => {
    const metric = AVERAGE;
    expect(current(run({ minor: 33, metric, replicas: 2, values: ['-3'] }))).toEqual({ averageValue: '-1500m' });
    expect(current(run({ minor: 34, metric, replicas: 2, values: ['-3'] }))).toEqual({
      averageValue: '9223372036854775807m',
    });
  });
});

describe('tolerance', () => {
  it('takes in its upper edge since 1.33', () => {
    expect(run({ minor: 32, replicas: 10, values: ['110'] }).scaleUpdates).toEqual([11]);
    expect(run({ minor: 33, replicas: 10, values: ['110'] }).scaleUpdates).toEqual([]);
  });

  it('of the spec counts only with its gate', () => {
    const rules = {
      stabilizationWindowSeconds: 0,
      selectPolicy: 'Max',
      policies: [{ type: 'Pods', value: 9, periodSeconds: 15 }],
    };
    const spec = { behavior: { scaleUp: { ...rules, tolerance: '0.5' }, scaleDown: rules } };
    expect(run({ minor: 34, spec, replicas: 10, values: ['140'] }).scaleUpdates).toEqual([14]);
    expect(run({ minor: 35, spec, replicas: 10, values: ['140'] }).scaleUpdates).toEqual([]);
  });
});

describe('zero replicas', () => {
  const zero = { minReplicas: 0 };
  const at = (status: string): HpaStatus => ({
    ...EMPTY,
    conditions: [
      { type: 'ScaledToZero', status, reason: 'x', message: 'y', lastTransitionTime: '2000-01-01T00:00:00Z' },
    ],
  });
  const gates = { HPAScaleToZero: true };

  it('are left by the metric only when the controller went there itself (1.36 on)', () => {
    const leaves = (minor: number, status: HpaStatus, given: Gates): number | undefined =>
      run({ minor, gates: given, spec: zero, status, replicas: 0, values: ['30'] }).scaleUpdates[0];
    expect(leaves(35, EMPTY, {})).toBe(3);
    expect(leaves(36, EMPTY, gates)).toBeUndefined();
    expect(leaves(36, at('False'), gates)).toBeUndefined();
    expect(leaves(36, at('True'), gates)).toBe(3);
    expect(leaves(36, at('True'), {})).toBeUndefined();
    expect(leaves(37, at('True'), {})).toBe(3);
  });

  it('are reached with a condition that says so', () => {
    const output = run({ minor: 36, gates, spec: zero, replicas: 2, values: ['0'] });
    expect(output.scaleUpdates).toEqual([0]);
    expect(reasons(output)).toEqual(['SucceededRescale', 'ValidMetricFound', 'DesiredWithinRange', 'ScaledToZero']);
  });

  it('disable scaling when somebody else went there', () => {
    const output = run({ replicas: 0, values: ['30'] });
    expect(reasons(output)).toEqual(['SucceededGetScale', 'ScalingDisabled']);
    expect(output.status.currentMetrics).toBeNull();
  });
});

describe('errors', () => {
  it('with a percent sign are mangled up to 1.31', () => {
    const message = (minor: number): string | undefined =>
      run({ minor, replicas: 2, error: '100% of limit' }).status.conditions?.[1]?.message;
    expect(message(31)).toMatch(/100%!o\(MISSING\)f limit$/);
    expect(message(32)).toMatch(/100% of limit$/);
  });

  it('keep the old metrics in the status up to 1.28', () => {
    const status: HpaStatus = { ...EMPTY, currentMetrics: [{ type: 'External' }] };
    expect(run({ minor: 28, status, replicas: 2, error: 'x' }).status.currentMetrics).toEqual(status.currentMetrics);
    expect(run({ minor: 29, status, replicas: 2, error: 'x' }).status.currentMetrics).toEqual([{ type: '' }]);
  });

  it('of an Object target without its field crash the controller up to 1.28', () => {
    const metric: MetricSpec = {
      type: 'Object',
      object: {
        describedObject: { kind: 'Service', name: 'web' },
        metric: { name: 'm' },
        target: { type: 'Value', averageValue: '1' },
      },
    };
    expect(run({ minor: 28, metric, replicas: 2 }).panic).toMatch(/nil pointer/);
    const output = run({ minor: 29, metric, replicas: 2 });
    expect(output.panic).toBeNull();
    expect(output.error).toMatch(/neither a value target/);
  });
});

describe('the scale update', () => {
  const conflict = { conflict: true, message: 'modified' };

  it('is tried again after a conflict since 1.34, five times in all', () => {
    const attempts = (minor: number, errors: number): readonly number[] => {
      const scaleUpdateErrors = Array.from({ length: errors }, () => conflict);
      return run({ minor, replicas: 2, values: ['40'], scaleUpdateErrors }).scaleUpdates;
    };
    expect(attempts(33, 1)).toEqual([4]);
    expect(attempts(34, 1)).toEqual([4, 4]);
    expect(attempts(34, 9)).toEqual([4, 4, 4, 4, 4]);
  });

  it('that fails keeps the count and says so', () => {
    const output = run({ replicas: 2, values: ['40'], scaleUpdateErrors: [{ message: 'denied' }] });
    expect(output.rescaled).toBe(false);
    expect(output.error).toBe('failed to rescale Deployment/ns/web: denied');
    expect(output.events.map(({ reason }) => reason)).toEqual(['FailedRescale']);
  });
});

describe('the table of quirks', () => {
  it('has a span, a sentence and a link for every row', () => {
    for (const [name, row] of Object.entries<QuirkRow>(QUIRK_ROWS)) {
      expect(row.what, name).not.toBe('');
      expect(row.link, name).toMatch(/^https:\/\/github\.com\/kubernetes\//);
      expect((row.from ?? 26) <= (row.until ?? 37), name).toBe(true);
    }
  });
});
