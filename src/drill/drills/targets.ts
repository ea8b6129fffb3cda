import { type Drill, type DrillStep, forAll, hpaObject, pausing, perReplica, WEB } from '../drill.ts';

const cpu = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } };

/** A manifest that still has replicas. */
const APPLY_ONE: DrillStep = { apply: (namespace) => [pausing(namespace, WEB, { replicas: 1 })] };

/** The target and what else is in its namespace. */
export const TARGETS: readonly Drill[] = [
  {
    id: 'failedgetscale',
    title: 'the target does not exist',
    teaches: {
      see: 'AbleToScale False FailedGetScale',
      why: 'scaleTargetRef names a Deployment that is not there',
      act: 'correct the name',
    },
    finding: 'failedgetscale',
    also: ['targets-unknown'],
    value: '10',
    hpa: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'wep' } },
    cure: [{ patch: { scaleTargetRef: { name: WEB } } }, { reached: 1 }],
  },
  {
    id: 'two-hpas-on-one-target',
    title: 'two HPAs on one target',
    teaches: {
      see: 'ScalingActive False AmbiguousSelector at both',
      why: 'since 1.26 the controller refuses what two of them would fight over',
      act: 'one HPA with both metrics',
    },
    finding: 'two-hpas-on-one-target',
    also: ['targets-unknown'],
    value: '10',
    hpa: { maxReplicas: 3 },
    objects: (namespace) => [
      hpaObject(namespace, 'second', {
        maxReplicas: 3,
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: WEB },
      }),
    ],
  },
  {
    id: 'missing-resource-requests',
    title: 'utilization without a request',
    teaches: {
      see: '"missing request for cpu in container"',
      why: 'a percentage needs a request to be a percentage of',
      act: 'set resources.requests.cpu on every container',
    },
    finding: 'missing-resource-requests',
    also: ['targets-unknown'],
    hpa: { maxReplicas: 3, metrics: [cpu] },
    objects: (namespace) => [pausing(namespace, WEB, { replicas: 1, requests: { memory: '1Mi' } })],
  },
  {
    id: 'targets-unknown',
    title: 'an Object metric whose target does not fit its type',
    teaches: {
      see: 'TARGETS <unknown> for ever',
      why: 'the API server accepts type Value with only an averageValue, the controller does not',
      act: 'let target.type and the field agree',
    },
    finding: 'targets-unknown',
    hpa: {
      maxReplicas: 3,
      metrics: [
        {
          type: 'Object',
          object: {
            metric: { name: 'rps' },
            describedObject: { apiVersion: 'v1', kind: 'Service', name: WEB },
            target: { type: 'Value', averageValue: '5' },
          },
        },
      ],
    },
  },
  {
    id: 'milli-units-misread',
    title: 'a target of 9500m',
    teaches: {
      see: 'TARGETS 9500m/10',
      why: 'm is a thousandth: 9.5',
      act: 'nothing',
    },
    finding: 'milli-units-misread',
    replicas: 4,
    value: '38',
    hpa: { maxReplicas: 6, metrics: [perReplica('10')] },
    steps: [{ reached: 4 }],
  },
  {
    id: 'gigantic-value-wraps',
    title: 'a value beyond what milli units hold',
    teaches: {
      see: 'a negative number in the status, and the HPA at min',
      why: 'the controller counts in thousandths of int64, which end at 9.2e15',
      act: 'a larger unit: GiB instead of bytes',
    },
    finding: 'gigantic-value-wraps',
    also: ['overflow-scales-to-min'],
    value: '9223372036854776',
    hpa: { maxReplicas: 3, metrics: [forAll('1000000')] },
    cure: [{ set: '1000000' }],
  },
  {
    id: 'manifest-fights-the-hpa',
    title: 'a manifest with replicas, applied again and again',
    teaches: {
      see: 'the count drops to the manifest at each apply, and the HPA brings it back',
      why: 'two writers own .spec.replicas',
      act: 'take replicas out of the manifest',
    },
    finding: 'manifest-fights-the-hpa',
    value: '30',
    hpa: { maxReplicas: 5 },
    // The Deployment's controller may miss a fall that is very short, so there is one more than explain needs.
    steps: [{ reached: 3 }, ...Array.from({ length: 4 }, () => [APPLY_ONE, { reached: 3 }]).flat()],
  },
  {
    id: 'scaled-back-up-after-manual-scale-down',
    title: 'somebody scales down, the HPA scales up again',
    teaches: {
      see: 'an event "All metrics below target" on an increase',
      why: 'without behavior the highest recommendation of five minutes counts, also above the present count',
      act: 'set behavior, or take the HPA away before scaling by hand',
    },
    finding: 'scaled-back-up-after-manual-scale-down',
    value: '30',
    hpa: { maxReplicas: 5 },
    steps: [{ reached: 3 }, { set: '1' }, { seconds: 3 }, { scale: 1 }],
  },
  {
    id: 'selector-overlap-with-foreign-pods',
    title: "a stranger with the labels of the HPA's pods",
    teaches: {
      see: 'pods of another Deployment among those that the HPA counts',
      why: 'pods are chosen by label alone',
      act: 'labels that only the pods of the target have',
    },
    finding: 'selector-overlap-with-foreign-pods',
    // Before the first samples no pod counts.
    also: ['missing-resource-requests', 'all-pods-unready', 'targets-unknown'],
    hpa: { maxReplicas: 3, metrics: [cpu] },
    objects: (namespace) => [
      pausing(namespace, 'stranger', {
        replicas: 1,
        labels: { app: WEB, role: 'stranger' },
        requests: { memory: '1Mi' },
      }),
    ],
  },
  {
    id: 'maxreplicas-with-unschedulable-pods',
    title: 'at maxReplicas, and no node has room',
    teaches: {
      see: 'replicas at max, pods Pending with FailedScheduling',
      why: 'the requests do not fit on any node',
      act: 'more nodes, or smaller requests',
    },
    finding: 'maxreplicas-with-unschedulable-pods',
    also: ['at-maxreplicas'],
    value: '50',
    hpa: { maxReplicas: 3 },
    objects: (namespace) => [pausing(namespace, WEB, { replicas: 1, requests: { cpu: '999', memory: '1Mi' } })],
  },
];
