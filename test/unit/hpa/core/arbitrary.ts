import fc from 'fast-check';
import type {
  HpaBehavior,
  HpaScalingRules,
  HpaSpec,
  MetricSpec,
  Platform,
  PodObject,
} from '../../../../src/hpa/index.ts';

const policy = fc.record({
  type: fc.constantFrom('Pods', 'Percent'),
  value: fc.integer({ min: 1, max: 200 }),
  periodSeconds: fc.constantFrom(15, 30, 60, 300),
});
const policies = fc.array(policy, { minLength: 1, maxLength: 3 });
const selectPolicy = fc.constantFrom('Max', 'Min', 'Disabled');
const windowSeconds = fc.constantFrom(0, 15, 60, 300);

const rules: fc.Arbitrary<HpaScalingRules> = fc.record(
  { stabilizationWindowSeconds: windowSeconds, selectPolicy, policies, tolerance: fc.constantFrom('0', '50m', '0.3') },
  { requiredKeys: ['stabilizationWindowSeconds', 'selectPolicy', 'policies'] },
);
const behavior: fc.Arbitrary<HpaBehavior> = fc.record({ scaleUp: rules, scaleDown: rules });

const quantity = fc.integer({ min: 1, max: 200_000 }).map((milli) => `${milli}m`);

export const externalMetric = (name: string): fc.Arbitrary<MetricSpec> =>
  fc.tuple(fc.boolean(), quantity).map(([average, target]) => ({
    type: 'External',
    external: {
      metric: { name },
      target: average ? { type: 'AverageValue', averageValue: target } : { type: 'Value', value: target },
    },
  }));

/** A valid spec with one or two external metrics. */
export const hpaSpec: fc.Arbitrary<HpaSpec> = fc
  .record({
    min: fc.integer({ min: 1, max: 10 }),
    extra: fc.integer({ min: 0, max: 60 }),
    metrics: fc.oneof(fc.tuple(externalMetric('a')), fc.tuple(externalMetric('a'), externalMetric('b'))),
    behavior: fc.option(behavior, { nil: undefined }),
  })
  .map(({ min, extra, metrics, behavior: given }) => ({
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    minReplicas: min,
    maxReplicas: min + extra,
    metrics,
    ...(given === undefined ? {} : { behavior: given }),
  }));

export const platform: fc.Arbitrary<Platform> = fc.record({
  minor: fc.integer({ min: 26, max: 37 }),
  arch: fc.constantFrom('amd64', 'arm64'),
  gates: fc.constant({}),
});

/** Values of one cycle in milli-units; null = the metrics API fails. */
export const samples: fc.Arbitrary<readonly (number | null)[]> = fc.array(
  fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 0, max: 5_000_000 }) },
    { weight: 1, arbitrary: fc.constant(null) },
  ),
  { minLength: 2, maxLength: 2 },
);

/** `count` pods, of which every third is not ready. */
export function pods(count: number): readonly PodObject[] {
  return Array.from({ length: count }, (_, i) => ({
    metadata: { name: `web-${i}`, namespace: 'ns', labels: { app: 'web' } },
    status: {
      phase: 'Running',
      startTime: '2000-01-01T00:00:00Z',
      conditions: [
        { type: 'Ready', status: i % 3 === 2 ? 'False' : 'True', lastTransitionTime: '2000-01-01T00:00:10Z' },
      ],
    },
  }));
}
