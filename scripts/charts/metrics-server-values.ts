import { z } from 'zod';
import { MetricSchema } from '../../src/metrics-server/config.ts';
import { ForwardSchema } from '../../src/metrics-server/forward/config.ts';
import { SELF_SIGNED } from '../../src/metrics-server/cluster-extras.ts';
import { METRICS_SERVER_RESOURCES } from '../../src/metrics-server/pod-manifests.ts';
import { PrometheusRulesSchema } from '../../src/metrics-server/prometheus/rule-config.ts';
import { anyMap, anyObjects, image, name, enabled } from './value-types.ts';

/** values.yaml of charts/metrics-server. */
export const MetricsServerValuesSchema: z.ZodType = z.strictObject({
  image: image('The image with the programs of metrics-lab'),
  apis: z
    .enum(['external', 'custom', 'both'])
    .default('external')
    .describe('Which APIs are registered; a cluster can have one server for each'),
  metrics: z.array(MetricSchema).default([]).describe('Where values come from: docs/metrics-server.md, `metrics`'),
  prometheus: z
    .array(PrometheusRulesSchema)
    .default([])
    .describe('Rules in the format of prometheus-adapter: docs/metrics-server.md, `prometheus`'),
  forward: z.array(ForwardSchema).default([]).describe('Metrics of other adapters that are asked through this server'),
  secrets: z
    .array(name)
    .default([])
    .describe('Secrets of the namespace that sources read, e.g. `urlFile: /etc/metrics-lab/NAME/KEY`'),
  replicas: z.int().min(1).max(20).default(2).describe('Each polls the sources and answers by itself'),
  resources: anyMap.default({ ...METRICS_SERVER_RESOURCES }).describe('Of the container'),
  tls: z
    .strictObject({
      mode: z
        .enum(['self-made', 'cert-manager', 'existing'])
        .default('self-made')
        .describe('self-made: for ten years, at the first install; existing: the Secret of `secretName`'),
      secretName: z.string().default('').describe('existing: a kubernetes.io/tls Secret for SERVICE.NAMESPACE.svc'),
      caBundle: z.string().default('').describe('existing: PEM of the CA that signed it'),
      certManager: z
        .strictObject({
          selfSigned: z.boolean().default(true).describe('Makes the Issuer that the default issuerRef names'),
          issuerRef: z
            .strictObject({ name, kind: z.string().default('Issuer'), group: z.string().default('cert-manager.io') })
            .default({ name: SELF_SIGNED, kind: 'Issuer', group: 'cert-manager.io' }),
        })
        .prefault({}),
    })
    .prefault({})
    .describe('The serving certificate'),
  podDisruptionBudget: enabled(true, 'At most one pod is taken away at a time'),
  networkPolicy: z
    .strictObject({
      enabled: z.boolean().default(true),
      from: anyObjects.default([]).describe('Who reaches the API; empty: everybody, since the API server is no pod'),
      egress: anyObjects.default([]).describe('What the server reaches; empty: everything'),
    })
    .prefault({})
    .describe('Only the port of the API is reached'),
  serviceMonitor: z
    .strictObject({
      enabled: z.boolean().default(false),
      interval: z
        .string()
        .regex(/^\d+(ms|s|m)$/)
        .default('15s'),
      serviceAccount: z
        .strictObject({ name, namespace: name })
        .default({ name: 'prometheus-k8s', namespace: 'monitoring' })
        .describe('Of the Prometheus that scrapes'),
    })
    .prefault({})
    .describe('For the Prometheus operator'),
  prometheusRule: enabled(false, 'Alerts, for the Prometheus operator'),
  imagePullSecrets: anyObjects.default([]),
  nodeSelector: anyMap.default({}),
  tolerations: anyObjects.default([]),
  affinity: anyMap.default({}),
  priorityClassName: z.string().default(''),
  global: anyMap.exactOptional(),
});
