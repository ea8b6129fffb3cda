import type { KubeObject } from '../contracts/kube-client.ts';
import type { LabSpec } from '../contracts/lab-spec.ts';
import { deployment, named, namespaceManifest } from './manifests.ts';

export const SAMPLE_APP = 'sample-app';
export const SAMPLE_METRIC = 'test-metric';
/** A program that only waits. */
const PAUSE = 'metrics-lab/pause';

/** Namespace, Deployment and Service of the target of `up --pipeline test`. */
export function sampleAppManifests(spec: LabSpec): readonly KubeObject[] {
  return [
    namespaceManifest(spec),
    deployment(
      spec,
      SAMPLE_APP,
      { as: 'processes' },
      {
        image: PAUSE,
        env: [],
        requests: { cpu: '10m', memory: '48Mi' },
        graceSeconds: 5,
      },
    ),
    {
      ...named(spec, 'v1', 'Service', SAMPLE_APP),
      spec: { selector: { 'app.kubernetes.io/name': SAMPLE_APP }, ports: [{ name: 'http', port: 80 }] },
    },
  ];
}

/** Scales on the value itself, as the walkthrough does (type Value of an Object metric): replicas × value ÷ target. */
export function sampleHpaManifest(spec: LabSpec): KubeObject {
  return {
    ...named(spec, 'autoscaling/v2', 'HorizontalPodAutoscaler', SAMPLE_APP),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: SAMPLE_APP },
      minReplicas: spec.hpa.min,
      maxReplicas: spec.hpa.max,
      metrics: [
        {
          type: 'Object',
          object: {
            metric: { name: SAMPLE_METRIC },
            describedObject: { apiVersion: 'v1', kind: 'Service', name: SAMPLE_APP },
            target: { type: 'Value', value: spec.hpa.target },
          },
        },
      ],
      behavior: { scaleDown: { stabilizationWindowSeconds: spec.hpa.scaleDownWindowSeconds } },
    },
  };
}
