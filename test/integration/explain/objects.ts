import type { KubeObject } from '../../../src/contracts/kube-client.ts';

type Json = Readonly<Record<string, unknown>>;

const external = (name: string): Json => ({
  type: 'External',
  external: { metric: { name }, target: { type: 'AverageValue', averageValue: '10' } },
});
const pods: Json = {
  type: 'Pods',
  pods: { metric: { name: 'requests' }, target: { type: 'AverageValue', averageValue: '10' } },
};

export function hpaObject(name: string, spec: Json): KubeObject {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name, namespace: 'shop', annotations: { 'example.com/note': '\u001b[2J\u202e' } },
    spec: { minReplicas: 1, maxReplicas: 3, metrics: [external('queue')], ...spec },
  };
}

const deployment = (name: string): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'shop' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'web', image: 'web', env: [{ name: 'PASSWORD', value: 'hunter2' }] }] },
    },
  },
});
const on = (name: string): Json => ({ scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name } });

/** A Deployment each where there is a target, so that none is shared. */
export const HPAS: readonly KubeObject[] = [
  ...['external', 'pods', 'many', 'unwatched'].map(deployment),
  hpaObject('no-api-external', on('external')),
  hpaObject('no-api-pods', { ...on('pods'), metrics: [pods] }),
  hpaObject('many', { ...on('many'), metrics: Array.from({ length: 50 }, (_, index) => external(`queue-${index}`)) }),
  hpaObject('no-target', on('missing')),
  hpaObject('no-scale', { scaleTargetRef: { apiVersion: 'batch/v1', kind: 'Job', name: 'web' } }),
  hpaObject('strange-kind', { scaleTargetRef: { apiVersion: 'example.org/v1', kind: 'Strange', name: 'web' } }),
  hpaObject('unwatched', on('unwatched')),
];

/** A custom resource without a scale subresource. */
export const widgetCrd: KubeObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};

/** A status as nobody should write it, but may. */
export const hostile: Json = {
  currentReplicas: 2,
  desiredReplicas: 2,
  conditions: [
    { type: 'AbleToScale', status: 'True', reason: 'ReadyForNewScale', message: '\u001b[2J', lastTransitionTime: null },
    {
      type: 'ScalingActive',
      status: 'False',
      reason: 'FailedGetExternalMetric',
      message: 'no metrics returned from external metrics API \u001b[2J\u001b]0;owned\u0007\u202e\u009b31m',
      lastTransitionTime: null,
    },
  ],
};
