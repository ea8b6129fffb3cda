/** How much of its metric one replica may have. */
export const TARGET = 10;
export const MAX = 20;

/** A Deployment that makes no pods: it is paused, only its scale is written. As JSON. */
export function deployment(name: string): string {
  const labels = { app: name };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'soak' }] } };
  const spec = { replicas: 1, paused: true, selector: { matchLabels: labels }, template };
  return JSON.stringify({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec });
}

/** An HPA on that Deployment and the external metric of the same name, which follows at once. As JSON. */
export function hpa(name: string): string {
  const atOnce = { stabilizationWindowSeconds: 0, policies: [{ type: 'Pods', value: MAX, periodSeconds: 1 }] };
  const external = { metric: { name }, target: { type: 'AverageValue', averageValue: String(TARGET) } };
  const spec = {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
    minReplicas: 1,
    maxReplicas: MAX,
    metrics: [{ type: 'External', external }],
    behavior: { scaleUp: atOnce, scaleDown: atOnce },
  };
  return JSON.stringify({ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name }, spec });
}
