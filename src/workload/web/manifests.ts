import type { KubeObject } from '../../contracts/kube-client.ts';
import type { LabSpec } from '../../contracts/lab-spec.ts';
import { deployment, named, namespaceManifest } from '../manifests.ts';

/** Name of the web target's Deployment, Service and HPA. */
export const WEB = 'web';
export const REQUEST_COUNT = 'net.http.request.count';
const SECRET = 'monitoring';

/** How a pod reports to the monitoring backend. */
export interface ReportAccess {
  readonly url: string;
  readonly key: string;
}

/** Namespace, Secret with the report key, Deployment and Service of the web target. The access token of the backend stays outside of the cluster. */
export function webManifests(spec: LabSpec, { url, key }: ReportAccess): readonly KubeObject[] {
  const { serviceTimeMs, startDelayMs, failureRate } = spec.consumer;
  const graceSeconds = Math.min(Math.ceil(serviceTimeMs / 1000) + 10, 120);
  const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
  const settings = {
    SERVICE_NAME: WEB,
    SERVICE_TIME: `${serviceTimeMs}ms`,
    START_DELAY: `${startDelayMs}ms`,
    FAILURE_RATE: String(failureRate),
    GRACE: `${Math.max(graceSeconds - 5, 1)}s`,
    MONITORING_URL: url,
  };
  return [
    namespaceManifest(spec),
    { ...named(spec, 'v1', 'Secret', SECRET), type: 'Opaque', data: { key: Buffer.from(key).toString('base64') } },
    deployment(
      spec,
      WEB,
      { as: 'processes' },
      {
        env: [
          ...Object.entries(settings).map(([name, value]) => ({ name, value })),
          field('POD_NAME', 'metadata.name'),
          field('POD_NAMESPACE', 'metadata.namespace'),
          { name: 'MONITORING_KEY', valueFrom: { secretKeyRef: { name: SECRET, key: 'key' } } },
        ],
        requests: { cpu: '10m', memory: '48Mi' },
        graceSeconds,
        probed: true,
      },
    ),
    {
      ...named(spec, 'v1', 'Service', WEB),
      spec: {
        selector: { 'app.kubernetes.io/name': WEB },
        // The node's proxy then spreads requests; of other Services it spreads connections.
        ports: [{ name: 'http', port: 80, targetPort: 'http', appProtocol: 'http' }],
      },
    },
  ];
}

/**
 * Scales on the requests of the Service: an Object metric, divided by the pods (AverageValue), because the number of requests does
 * not fall when pods are added; with Value it would go on to the maximum. At most twice as many pods per 15 s, as before
 * autoscaling/v2 had policies: 3 → 6 → 10.
 */
export function webHpaManifest(spec: LabSpec): KubeObject {
  const { min, max, target, scaleDownWindowSeconds } = spec.hpa;
  return {
    ...named(spec, 'autoscaling/v2', 'HorizontalPodAutoscaler', WEB),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: WEB },
      minReplicas: min,
      maxReplicas: max,
      metrics: [
        {
          type: 'Object',
          object: {
            metric: { name: REQUEST_COUNT },
            describedObject: { apiVersion: 'v1', kind: 'Service', name: WEB },
            target: { type: 'AverageValue', averageValue: target },
          },
        },
      ],
      behavior: {
        scaleUp: { stabilizationWindowSeconds: 0, policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] },
        scaleDown: { stabilizationWindowSeconds: scaleDownWindowSeconds },
      },
    },
  };
}
