import type { Topic } from './topic.ts';

const CONTROLLER = 'pkg/controller/podautoscaler/monitor/metrics.go';

/** Metrics of the lab, of the controller, and kinds of metrics of an HPA. */
export const METRICS: readonly Topic[] = [
  {
    name: 'queue_length',
    type: 'external metric of the lab',
    what: 'Items of the queue that wait or are being worked on: what the HPA of the lab scales on.',
    byDefault: null,
    traps: ['a total: give it an averageValue target, how many items one replica may have'],
    upstream: [],
  },
  {
    name: 'queue_waiting',
    type: 'external metric of the lab',
    what: 'Items of the queue that nobody works on yet.',
    byDefault: null,
    traps: ['it falls when an item is taken, not when it is done: the HPA may scale down too early'],
    upstream: [],
  },
  {
    name: 'queue_in_flight',
    type: 'external metric of the lab',
    what: 'Items that a consumer has taken and not yet acknowledged.',
    byDefault: null,
    traps: [],
    upstream: [],
  },
  ...(
    [
      ['Resource', 'cpu or memory of pods', 'metrics.k8s.io', 'needs requests for averageUtilization'],
      [
        'ContainerResource',
        'cpu or memory of one container of pods',
        'metrics.k8s.io',
        'the container must be in every pod (1.35 and later)',
      ],
      ['Pods', 'a value per pod, averaged', 'custom.metrics.k8s.io', 'only averageValue targets'],
      ['Object', 'a value of one object', 'custom.metrics.k8s.io', 'target.type decides which target field is read'],
      [
        'External',
        'the sum of series from outside of the cluster',
        'external.metrics.k8s.io',
        'an empty list is an error, not 0',
      ],
    ] as const
  ).map(([name, what, group, trap]) => ({
    name,
    type: 'kind of metric of an HPA',
    what: `${what[0]?.toUpperCase() ?? ''}${what.slice(1)}, asked from ${group}.`,
    byDefault: null,
    traps: [trap],
    upstream: ['pkg/controller/podautoscaler/horizontal.go computeReplicasForMetric'],
  })),
  {
    name: 'horizontal_pod_autoscaler_controller_reconciliations_total',
    type: 'counter of kube-controller-manager',
    what: 'Syncs, by action (scale_up, scale_down, none) and error (spec, internal, none).',
    byDefault: null,
    traps: ['the controller manager serves it on its own port, which managed clusters often hide'],
    upstream: [CONTROLLER],
  },
  {
    name: 'horizontal_pod_autoscaler_controller_reconciliation_duration_seconds',
    type: 'histogram of kube-controller-manager',
    what: 'How long a sync takes; slow ones come from slow metrics APIs.',
    byDefault: null,
    traps: ['with --concurrent-horizontal-pod-autoscaler-syncs 5 (the default), five slow HPAs delay all others'],
    upstream: [CONTROLLER],
  },
  {
    name: 'horizontal_pod_autoscaler_controller_metric_computation_total',
    type: 'counter of kube-controller-manager',
    what: 'Computations of single metrics, by action, error and metric_type.',
    byDefault: null,
    traps: [],
    upstream: [CONTROLLER],
  },
  {
    name: 'horizontal_pod_autoscaler_controller_metric_computation_duration_seconds',
    type: 'histogram of kube-controller-manager',
    what: 'How long one metric takes: tells which kind of metric is slow.',
    byDefault: null,
    traps: [],
    upstream: [CONTROLLER],
  },
];
