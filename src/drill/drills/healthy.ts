import { AT_ONCE, type Drill, type DrillStep, forAll, hpaObject, pausing, perReplica, WEB } from '../drill.ts';

interface Look {
  readonly like: string;
  readonly replicas?: number;
  readonly value: string;
  readonly hpa: Readonly<Record<string, unknown>>;
  readonly objects?: NonNullable<Drill['objects']>;
  readonly steps?: readonly DrillStep[];
}

/** What an HPA that is well shows, and what it is easily taken for. */
function healthy(id: string, title: string, { like, ...rest }: Look): Drill {
  const act = 'nothing: explain must warn of nothing here';
  return {
    id: `ok-${id}`,
    title,
    teaches: { see: title, why: `it looks like ${like}, and is as meant`, act },
    finding: null,
    ...rest,
  };
}

/** Healthy look-alikes. */
export const HEALTHY: readonly Drill[] = [
  healthy('steady', 'the metric is at its target', {
    like: 'an HPA that does nothing',
    replicas: 2,
    value: '20',
    hpa: { maxReplicas: 5 },
    steps: [{ reached: 2 }],
  }),
  healthy('exactly-at-max', 'at maxReplicas, and that is what the load needs', {
    like: 'at-maxreplicas',
    replicas: 3,
    value: '30',
    hpa: { maxReplicas: 3 },
    steps: [{ reached: 3 }],
  }),
  healthy('idle-at-min', 'nothing to do, one replica', {
    like: 'at-minreplicas',
    value: '0',
    hpa: { maxReplicas: 3, behavior: AT_ONCE },
    steps: [{ reached: 1 }],
  }),
  healthy('idle-at-min-of-two', 'nothing to do, two replicas for safety', {
    like: 'at-minreplicas',
    replicas: 2,
    value: '0',
    hpa: { minReplicas: 2, maxReplicas: 3, behavior: AT_ONCE },
    steps: [{ reached: 2 }],
  }),
  healthy('pinned', 'min and max are the same', {
    like: 'at-maxreplicas',
    replicas: 2,
    value: '20',
    hpa: { minReplicas: 2, maxReplicas: 2 },
    steps: [{ reached: 2 }],
  }),
  healthy('band-without-effect', 'inside the tolerance, and it changes nothing', {
    like: 'tolerance-dead-band',
    replicas: 4,
    value: '38',
    hpa: { maxReplicas: 6, metrics: [forAll('40')] },
    steps: [{ reached: 4 }],
  }),
  healthy('single-spike', 'the default window after one spike', {
    like: 'held-by-stabilization',
    value: '30',
    hpa: { maxReplicas: 6 },
    steps: [{ reached: 3 }, { set: '20' }, { seconds: 3 }],
  }),
  healthy('quick-scale-up', 'load rose, the HPA followed in one sync', {
    like: 'slow-scale-up-scaleuplimit',
    replicas: 2,
    value: '20',
    hpa: { maxReplicas: 6 },
    steps: [{ reached: 2 }, { set: '30' }, { reached: 3 }],
  }),
  healthy('quick-scale-down', 'load fell, the HPA followed in one sync', {
    like: 'slow-scale-down-scaledownlimit',
    replicas: 3,
    value: '30',
    hpa: { maxReplicas: 6, behavior: AT_ONCE },
    steps: [{ reached: 3 }, { set: '10' }, { reached: 1 }],
  }),
  healthy('scaled-to-zero', 'the HPA itself went to zero', {
    like: 'scalingdisabled-at-zero',
    value: '0',
    hpa: { minReplicas: 0, maxReplicas: 3, metrics: [forAll('10')], behavior: AT_ONCE },
    steps: [{ reached: 0 }],
  }),
  healthy('back-from-zero', 'zero and back again', {
    like: 'scale-to-zero-gate-only-half-on',
    value: '0',
    hpa: { minReplicas: 0, maxReplicas: 3, behavior: AT_ONCE },
    steps: [{ reached: 0 }, { set: '20' }, { reached: 2 }],
  }),
  healthy('two-metrics', 'two metrics, one asks for less', {
    like: 'one-failing-metric-blocks-scale-down',
    replicas: 2,
    value: '20',
    hpa: { maxReplicas: 5, metrics: [perReplica('10'), perReplica('20')] },
    steps: [{ reached: 2 }],
  }),
  healthy('two-hpas-two-targets', 'two HPAs in one namespace, each with its own target', {
    like: 'two-hpas-on-one-target',
    replicas: 2,
    value: '20',
    hpa: { maxReplicas: 5 },
    objects: (namespace) => [
      pausing(namespace, 'other', { replicas: 2 }),
      hpaObject(namespace, 'other', { maxReplicas: 5 }),
    ],
    steps: [{ reached: 2 }],
  }),
  healthy('foreign-pods-with-own-labels', 'other pods in the namespace, with labels of their own', {
    like: 'selector-overlap-with-foreign-pods',
    replicas: 1,
    value: '10',
    hpa: { maxReplicas: 5 },
    objects: (namespace) => [pausing(namespace, 'batch', { replicas: 1, requests: { memory: '1Mi' } })],
    steps: [{ reached: 1 }],
  }),
  healthy('healed', 'an error that is over', {
    like: 'apiservice-unavailable-503',
    value: '10',
    hpa: { maxReplicas: 3 },
    steps: [{ reached: 1 }, { fault: { status: 503 } }, { active: 'False' }, { fault: null }, { reached: 1 }],
  }),
  healthy('rolling-update', 'new pods replace the old ones', {
    like: 'surge-drift',
    replicas: 2,
    value: '20',
    hpa: { maxReplicas: 5, metrics: [forAll('20')] },
    steps: [{ reached: 2 }, { apply: (namespace) => [rolled(namespace)] }, { seconds: 3 }, { reached: 2 }],
  }),
];

/** The same Deployment with another pod template, and nothing said of replicas. */
function rolled(namespace: string): ReturnType<typeof pausing> {
  const { spec, ...rest } = pausing(namespace, WEB);
  const { template, ...others } = spec as { template: { metadata: object; spec: object } };
  const metadata = { ...template.metadata, annotations: { version: '2' } };
  return { ...rest, spec: { ...others, template: { ...template, metadata } } };
}
