import { z } from 'zod';
import { anyMap, anyObjects, enabled, image } from './value-types.ts';

/** What stands unchanged in a URL and in a configuration file of Redis. */
const password = z.string().regex(/^[A-Za-z0-9_-]*$/);

/** values.yaml of charts/lab. */
export const LabValuesSchema: z.ZodType = z.strictObject({
  image: image('The image with the programs of metrics-lab'),
  queue: z
    .strictObject({
      kind: z.enum(['redis', 'redis-stream', 'beanstalkd']).default('redis'),
      name: z
        .string()
        .min(1)
        .max(63)
        .regex(/^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/)
        .default('jobs'),
      url: z
        .string()
        .default('')
        .describe('Of a server that is there already (redis://:PASSWORD@HOST:6379); empty: the chart brings one'),
      password: password.default('').describe('Of the server that the chart brings; empty: made at the first install'),
    })
    .prefault({})
    .describe('The queue; its URL goes into the Secret `queue`'),
  producer: z
    .strictObject({
      token: password.default('').describe('Whoever publishes must send it; empty: made at the first install'),
    })
    .prefault({}),
  consumer: z
    .strictObject({
      serviceTimeMs: z.int().min(0).max(3_600_000).default(1000).describe('Work on one item'),
      startDelayMs: z.int().min(0).max(3_600_000).default(0),
      failureRate: z.number().min(0).max(1).default(0),
      maxAttempts: z.int().min(1).max(1000).default(5),
      terminationGracePeriodSeconds: z
        .int()
        .min(6)
        .max(3600)
        .default(15)
        .describe('More than the time of one item; what is not done by then goes back into the queue'),
    })
    .prefault({}),
  hpa: z
    .strictObject({
      enabled: z.boolean().default(true),
      min: z.int().min(0).max(1000).default(1).describe('0 needs a cluster with scale to zero (HPAScaleToZero)'),
      max: z.int().min(1).max(1000).default(10),
      target: z
        .string()
        .regex(/^\d+(\.\d+)?[mk]?$/)
        .default('2')
        .describe('Items per pod, a quantity'),
      scaleDownWindowSeconds: z.int().min(0).max(3600).default(300),
    })
    .prefault({})
    .describe('Scales the consumers on the length of the queue'),
  prometheus: z
    .strictObject({
      enabled: z
        .boolean()
        .default(false)
        .describe('The HPA reads an Object metric by way of exporter and Prometheus instead of the queue itself'),
      image: z.string().min(1).default('prom/prometheus:v3'),
    })
    .prefault({}),
  serviceMonitor: enabled(false, 'The exporter for the Prometheus operator; needs `prometheus.enabled`'),
  prometheusRule: enabled(false, 'Alerts over the queue, for the Prometheus operator'),
  dashboard: enabled(false, 'A ConfigMap with a dashboard, for the sidecar of Grafana'),
  ingress: z
    .strictObject({
      enabled: z.boolean().default(false),
      host: z.string().default('producer.example'),
      className: z.string().default(''),
      annotations: z.record(z.string(), z.string()).default({}),
      tls: anyObjects.default([]),
    })
    .prefault({})
    .describe('The producer for callers outside of the cluster'),
  global: anyMap.exactOptional(),
});
