import type { Topic } from './topic.ts';

type Row = readonly [
  name: string,
  type: string,
  byDefault: string | null,
  what: string,
  traps?: readonly string[],
  upstream?: string,
];

const HORIZONTAL = 'pkg/controller/podautoscaler/horizontal.go';
const CALCULATOR = 'pkg/controller/podautoscaler/replica_calculator.go';

/** Fields of autoscaling/v2 HorizontalPodAutoscaler, by path; list items without their index. */
const ROWS: readonly Row[] = [
  ['spec', 'object', null, 'What to scale, between which bounds, on which metrics, and how fast.'],
  [
    'spec.scaleTargetRef',
    'object',
    null,
    'The object whose scale subresource the HPA reads and writes.',
    [
      'two HPAs on one target stop both (AmbiguousSelector, 1.26 and later)',
      'a kind without scale subresource gives FailedGetScale',
    ],
    `${HORIZONTAL} reconcileAutoscaler`,
  ],
  [
    'spec.scaleTargetRef.apiVersion',
    'text',
    null,
    'apiVersion of the target, such as apps/v1.',
    ['since 1.34 it must have a group'],
  ],
  ['spec.scaleTargetRef.kind', 'text', null, 'Kind of the target, such as Deployment.'],
  ['spec.scaleTargetRef.name', 'text', null, 'Name of the target, in the namespace of the HPA.'],
  [
    'spec.minReplicas',
    'integer',
    '1',
    'The HPA asks for no fewer replicas.',
    [
      '0 needs gate HPAScaleToZero (on by default from 1.37) and at least one External or Object metric',
      'since 1.36 the controller needs the gate too, and leaves 0 only when condition ScaledToZero says that it scaled to 0 itself',
      'a target that somebody else set to 0 replicas is left alone: ScalingDisabled',
    ],
    `${HORIZONTAL} reconcileAutoscaler`,
  ],
  [
    'spec.maxReplicas',
    'integer',
    null,
    'The HPA asks for no more replicas.',
    ['ScalingLimited True TooManyReplicas says that more were asked for'],
  ],
  [
    'spec.metrics',
    'list of objects',
    'cpu at 80 % utilization',
    'Each metric makes a proposal; the largest counts.',
    [
      'a metric that fails blocks scaling down, not up (condition ScalingActive tells which)',
      'autoscaling/v1 shows metrics other than cpu as annotations only, and moves cpu to the end when it writes',
    ],
    `${HORIZONTAL} computeReplicasForMetrics`,
  ],
  [
    'spec.metrics.type',
    'text',
    null,
    'Resource, ContainerResource, Pods, Object or External; the field of the same name holds the rest.',
  ],
  [
    'spec.metrics.resource',
    'object',
    null,
    'cpu or memory of all containers, from metrics.k8s.io.',
    [
      'with averageUtilization every container of every selected pod needs a request',
      'cpu of pods that are not ready or younger than 5 min counts as 0 when it would scale up',
    ],
    `${CALCULATOR} GetResourceReplicas`,
  ],
  [
    'spec.metrics.containerResource',
    'object',
    null,
    'As resource, of one container by its name: sidecars do not count.',
    ['beta and on from 1.27'],
    `${CALCULATOR} GetResourceReplicas`,
  ],
  [
    'spec.metrics.pods',
    'object',
    null,
    'A value per pod, averaged, from custom.metrics.k8s.io.',
    [],
    `${CALCULATOR} GetMetricReplicas`,
  ],
  [
    'spec.metrics.object',
    'object',
    null,
    'A value of one object of the namespace, from custom.metrics.k8s.io.',
    [],
    `${CALCULATOR} GetObjectMetricReplicas`,
  ],
  [
    'spec.metrics.external',
    'object',
    null,
    'The sum of the series of a name and selector, from external.metrics.k8s.io.',
    ['no series at all is an error, not 0'],
    `${CALCULATOR} GetExternalMetricReplicas`,
  ],
  [
    'spec.metrics.target',
    'object',
    null,
    'What the metric is compared with.',
    ['External looks at averageValue first, Object at the type'],
  ],
  [
    'spec.metrics.target.value',
    'quantity',
    null,
    'Replicas = ready pods × metric / value.',
    [
      'for what falls when replicas are added (latency, load per replica); a queue length runs away to maxReplicas',
      'with no ready pod nothing can be multiplied',
    ],
    `${CALCULATOR} getUsageRatioReplicaCount`,
  ],
  [
    'spec.metrics.target.averageValue',
    'quantity',
    null,
    'Replicas = metric / averageValue, rounded up: how much of the total one replica may have.',
    [
      'at 0 status replicas the status shows -9223372036854775808m on amd64 (kubernetes#140956); scaling is not affected',
      'inside the tolerance the answer is status.replicas, so that surge pods of a rollout raise the count (kubernetes#138505)',
    ],
    `${CALCULATOR} GetExternalPerPodMetricReplicas`,
  ],
  [
    'spec.metrics.target.averageUtilization',
    'integer (percent)',
    null,
    'Usage by request, over all selected pods.',
    ['100 is the request, not the limit'],
    `${CALCULATOR} GetResourceReplicas`,
  ],
  [
    'spec.behavior',
    'object',
    'the rules below',
    'How fast to scale in each direction.',
    ['any behavior replaces the old rule "at most double, or to 4, in one sync"'],
    `${HORIZONTAL} normalizeDesiredReplicasWithBehaviors`,
  ],
  [
    'spec.behavior.scaleUp',
    'object',
    'no window; 4 pods or 100 % per 15 s, the larger',
    'Limits of growth.',
    ['percent of 0 is 0: from zero a Pods policy is needed'],
  ],
  ['spec.behavior.scaleDown', 'object', 'window of 300 s; 100 % per 15 s', 'Limits of falling.'],
  [
    'spec.behavior.scaleUp.stabilizationWindowSeconds',
    'integer (seconds, 0 to 3600)',
    '0',
    'The lowest recommendation of this time counts when scaling up.',
    ['the controller keeps recommendations in its memory: a restart forgets them'],
    `${HORIZONTAL} stabilizeRecommendationWithBehaviors`,
  ],
  [
    'spec.behavior.scaleDown.stabilizationWindowSeconds',
    'integer (seconds, 0 to 3600)',
    '300 (--horizontal-pod-autoscaler-downscale-stabilization)',
    'The highest recommendation of this time counts when scaling down.',
    ['one spike starts the clock again'],
    `${HORIZONTAL} stabilizeRecommendationWithBehaviors`,
  ],
  [
    'spec.behavior.scaleUp.selectPolicy',
    'text',
    'Max',
    'Max: the policy that allows most counts; Min: the one that allows least; Disabled: never scale up.',
  ],
  [
    'spec.behavior.scaleDown.selectPolicy',
    'text',
    'Max',
    'Max: the policy that allows most counts; Min: the one that allows least; Disabled: never scale down.',
  ],
  [
    'spec.behavior.scaleUp.policies',
    'list of objects',
    '4 Pods and 100 Percent per 15 s',
    'How much may be added within a period.',
    ['a policy limits what the metrics ask for, it never adds to it'],
    `${HORIZONTAL} calculateScaleUpLimitWithScalingRules`,
  ],
  [
    'spec.behavior.scaleDown.policies',
    'list of objects',
    '100 Percent per 15 s',
    'How much may be removed within a period.',
    [],
    `${HORIZONTAL} calculateScaleDownLimitWithBehaviors`,
  ],
  [
    'spec.behavior.scaleUp.policies.periodSeconds',
    'integer (seconds, 1 to 1800)',
    null,
    'The period that the policy looks back on.',
  ],
  [
    'spec.behavior.scaleDown.policies.periodSeconds',
    'integer (seconds, 1 to 1800)',
    null,
    'The period that the policy looks back on.',
  ],
  [
    'spec.behavior.scaleUp.tolerance',
    'quantity',
    '0.1 (--horizontal-pod-autoscaler-tolerance)',
    'A ratio up to 1 + tolerance changes nothing.',
    ['the field is there from 1.33 on and counts with gate HPAConfigurableTolerance (on by default from 1.35)'],
    `${CALCULATOR} Tolerances`,
  ],
  [
    'spec.behavior.scaleDown.tolerance',
    'quantity',
    '0.1 (--horizontal-pod-autoscaler-tolerance)',
    'A ratio down to 1 - tolerance changes nothing.',
    ['the field is there from 1.33 on and counts with gate HPAConfigurableTolerance (on by default from 1.35)'],
    `${CALCULATOR} Tolerances`,
  ],
  ['status', 'object', null, 'What the last sync saw and decided.'],
  [
    'status.currentReplicas',
    'integer',
    null,
    'spec.replicas of the target when the sync began, before the sync changed it.',
  ],
  ['status.desiredReplicas', 'integer', null, 'What the sync decided.'],
  [
    'status.currentMetrics',
    'list of objects',
    null,
    'The values as the sync computed them, by index of spec.metrics.',
    [
      'an empty entry is a metric that failed: TARGETS shows <unknown>',
      'up to 1.28 a failed sync leaves the old values',
    ],
    `${HORIZONTAL} setStatus`,
  ],
  ['status.lastScaleTime', 'time', null, 'When the HPA last changed the count itself.'],
  [
    'status.conditions',
    'list of objects',
    null,
    'AbleToScale, ScalingActive, ScalingLimited and, from 1.36, ScaledToZero, each with reason and message.',
  ],
];

export const FIELDS: readonly Topic[] = ROWS.map(([name, type, byDefault, what, traps = [], upstream]) => ({
  name,
  type,
  byDefault,
  what,
  traps,
  upstream: upstream === undefined ? [] : [upstream],
}));

/** `hpa.spec.metrics[0].external` as the table has it: `spec.metrics.external`. */
export function fieldPath(typed: string): string {
  return typed
    .replace(/^(hpa|horizontalpodautoscaler)\.?(?=spec|status|$)/i, '')
    .replaceAll(/\[[^\]]*\]/g, '')
    .replace(/^spec\.metrics\.(?:resource|containerResource|pods|object|external)\.target/, 'spec.metrics.target');
}
