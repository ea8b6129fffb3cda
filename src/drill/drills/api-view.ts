import { type Drill, type DrillStep, hpaObject, LAST_APPLIED, perReplica, WEB } from '../drill.ts';

const cpu = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } };

/** An HPA as `kubectl apply` leaves it. */
const applied = (spec: Readonly<Record<string, unknown>>): DrillStep => ({
  apply: (namespace) => {
    const object = hpaObject(namespace, WEB, spec);
    const text = JSON.stringify(object);
    const annotations = { [LAST_APPLIED]: text };
    return [{ ...object, metadata: { ...object.metadata, annotations } }];
  },
});

/** Written through autoscaling/v1. */
export const API_VIEW: readonly Drill[] = [
  {
    id: 'hand-edited-conversion-annotations',
    title: 'the annotation of the metrics is taken out of the v1 object',
    teaches: {
      see: 'the external metric is gone, and cpu at 80 % came instead',
      why: 'v1 keeps metrics in annotations; without the annotation there are none, and none means cpu',
      act: 'write autoscaling/v2',
    },
    finding: 'hand-edited-conversion-annotations',
    also: ['targets-unknown', 'all-pods-unready'],
    value: '10',
    hpa: { maxReplicas: 3 },
    steps: [{ reached: 1 }, { v1: { metadata: { annotations: { 'autoscaling.alpha.kubernetes.io/metrics': null } } } }],
  },
  {
    id: 'metric-order-flips-gitops-outofsync',
    title: 'a label set through v1 moves the cpu metric to the end',
    teaches: {
      see: 'the manifest lists cpu first, the HPA lists it last, and every sync of GitOps differs',
      why: 'v1 has a field for cpu alone, which conversion puts behind the metrics of the annotation',
      act: 'list cpu last, or write autoscaling/v2 only',
    },
    finding: 'metric-order-flips-gitops-outofsync',
    also: ['targets-unknown', 'all-pods-unready'],
    value: '10',
    hpa: { maxReplicas: 3, metrics: [cpu, perReplica('10')] },
    steps: [
      applied({ maxReplicas: 3, metrics: [cpu, perReplica('10')] }),
      { v1: { metadata: { labels: { team: 'shop' } } } },
    ],
    cure: [applied({ maxReplicas: 3, metrics: [perReplica('10'), cpu] })],
  },
];
