import { AT_ONCE, type Drill, forAll } from '../drill.ts';

/** Something cuts what the metric asks for. */
export const LIMITS: readonly Drill[] = [
  {
    id: 'at-maxreplicas',
    title: 'the load needs more than maxReplicas',
    teaches: {
      see: 'ScalingLimited True TooManyReplicas, TARGETS above the target',
      why: 'the metric asks for five replicas, max allows two',
      act: 'raise maxReplicas, or let each replica do more',
    },
    finding: 'at-maxreplicas',
    value: '50',
    hpa: { maxReplicas: 2 },
    steps: [{ reached: 2 }],
    cure: [{ patch: { maxReplicas: 6 } }, { reached: 5 }],
  },
  {
    id: 'at-minreplicas',
    title: 'minReplicas holds more than the load needs',
    teaches: {
      see: 'ScalingLimited True TooFewReplicas with a metric far below its target',
      why: 'the metric asks for one replica, min keeps three',
      act: 'lower minReplicas',
    },
    finding: 'at-minreplicas',
    replicas: 3,
    value: '8',
    hpa: { minReplicas: 3, maxReplicas: 5, behavior: AT_ONCE },
    cure: [{ patch: { minReplicas: 1 } }, { reached: 1 }],
  },
  {
    id: 'slow-scale-up-scaleuplimit',
    title: 'a policy lets one pod a minute in',
    teaches: {
      see: 'ScalingLimited True ScaleUpLimit',
      why: 'scaleUp allows one pod in 60 s, the metric asks for five',
      act: 'allow more pods in a period',
    },
    finding: 'slow-scale-up-scaleuplimit',
    value: '50',
    hpa: { maxReplicas: 6, behavior: { scaleUp: { policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] } } },
    cure: [
      { patch: { behavior: { scaleUp: { policies: [{ type: 'Pods', value: 9, periodSeconds: 60 }] } } } },
      { reached: 5 },
    ],
  },
  {
    id: 'slow-scale-down-scaledownlimit',
    title: 'a policy lets one pod go in two minutes',
    teaches: {
      see: 'ScalingLimited True ScaleDownLimit',
      why: 'scaleDown allows one pod in 120 s, the metric asks for one of four',
      act: 'allow more pods in a period',
    },
    finding: 'slow-scale-down-scaledownlimit',
    replicas: 4,
    value: '10',
    hpa: {
      maxReplicas: 6,
      behavior: {
        scaleDown: { stabilizationWindowSeconds: 0, policies: [{ type: 'Pods', value: 1, periodSeconds: 120 }] },
      },
    },
    cure: [
      { patch: { behavior: { scaleDown: { policies: [{ type: 'Pods', value: 9, periodSeconds: 120 }] } } } },
      { reached: 1 },
    ],
  },
  {
    id: 'tolerance-dead-band',
    title: 'ten percent over the target, and nothing happens',
    teaches: {
      see: '44 against 40 and no scaling',
      why: 'a ratio between 0.9 and 1.1 counts as right',
      act: 'lower the target, or set behavior.scaleUp.tolerance (1.35)',
    },
    finding: 'tolerance-dead-band',
    replicas: 4,
    value: '44',
    hpa: { maxReplicas: 6, metrics: [forAll('40')] },
    steps: [{ reached: 4 }],
    cure: [{ patch: { metrics: [forAll('30')] } }, { reached: 6 }],
  },
  {
    id: 'ceil-keeps-replicas',
    title: 'four replicas at 80 % never become three',
    teaches: {
      see: 'replicas stay at 4 with a ratio of 0.8',
      why: '4 × 0.8 = 3.2, and the controller rounds up',
      act: 'a higher target, or nothing: the fourth one is needed',
    },
    finding: 'ceil-keeps-replicas',
    replicas: 4,
    value: '32',
    hpa: { maxReplicas: 6 },
    steps: [{ reached: 4 }],
  },
  {
    id: 'held-by-stabilization',
    title: 'a scale-up window of ten minutes',
    teaches: {
      see: 'AbleToScale True ScaleUpStabilized',
      why: 'the lowest recommendation of the window wins',
      act: 'a shorter scaleUp.stabilizationWindowSeconds',
    },
    finding: 'held-by-stabilization',
    value: '10',
    hpa: { maxReplicas: 6, behavior: { scaleUp: { stabilizationWindowSeconds: 600 } } },
    steps: [{ reached: 1 }, { seconds: 3 }, { set: '50' }],
    cure: [{ patch: { behavior: { scaleUp: { stabilizationWindowSeconds: 0 } } } }, { reached: 5 }],
  },
];
