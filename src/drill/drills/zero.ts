import { AT_ONCE, type Drill, forAll } from '../drill.ts';

/** At zero replicas. */
export const ZERO: readonly Drill[] = [
  {
    id: 'zero-replica-averagevalue-underflow',
    title: 'a number that is none, at zero replicas',
    teaches: {
      see: 'TARGETS -9223372036854775808m (amd64) at zero replicas',
      why: 'the average over no replicas is 0/0',
      act: 'nothing: it goes when a pod is there',
    },
    finding: 'zero-replica-averagevalue-underflow',
    value: '0',
    hpa: { minReplicas: 0, maxReplicas: 3, behavior: AT_ONCE },
    steps: [{ reached: 0 }],
    cure: [{ set: '10' }, { reached: 1 }],
  },
  {
    id: 'overflow-scales-to-min',
    title: 'three billion replicas are none',
    teaches: {
      see: 'a metric far above its target, and the HPA at minReplicas',
      why: 'the proposal does not fit into int32, and on amd64 it becomes the smallest int32 there is',
      act: 'a target in the unit of the metric',
    },
    arch: 'amd64',
    finding: 'overflow-scales-to-min',
    value: '0',
    hpa: { minReplicas: 0, maxReplicas: 3, metrics: [forAll('1m')], behavior: AT_ONCE },
    steps: [{ reached: 0 }, { set: '3000000' }],
    cure: [{ patch: { metrics: [forAll('1500000')] } }, { reached: 2 }],
  },
  {
    id: 'scalingdisabled-at-zero',
    title: 'somebody scaled the target to zero',
    teaches: {
      see: 'ScalingActive False ScalingDisabled',
      why: 'a target at zero that the HPA did not put there means: leave it alone',
      act: 'scale it to one',
    },
    finding: 'scalingdisabled-at-zero',
    also: ['targets-unknown'],
    value: '10',
    hpa: { maxReplicas: 3 },
    steps: [{ reached: 1 }, { scale: 0 }],
    cure: [{ scale: 1 }, { reached: 1 }],
  },
  {
    id: 'percent-only-scale-up-cannot-leave-zero',
    title: 'a hundred percent of zero',
    teaches: {
      see: 'zero replicas under load, ScalingLimited True ScaleUpLimit',
      why: 'every policy of scaleUp is a percentage, and a percentage of zero is zero',
      act: 'add a policy of type Pods',
    },
    finding: 'percent-only-scale-up-cannot-leave-zero',
    also: ['zero-replica-averagevalue-underflow', 'slow-scale-up-scaleuplimit'],
    value: '0',
    hpa: {
      minReplicas: 0,
      maxReplicas: 5,
      behavior: { ...AT_ONCE, scaleUp: { policies: [{ type: 'Percent', value: 100, periodSeconds: 1 }] } },
    },
    steps: [{ reached: 0 }, { seconds: 4 }, { set: '50' }],
    cure: [
      { patch: { behavior: { scaleUp: { policies: [{ type: 'Pods', value: 5, periodSeconds: 15 }] } } } },
      { reached: 5 },
    ],
  },
];
