import { z } from 'zod';
import { FaultSchema } from './metrics-admin.ts';
import type { LabStatus } from './status.ts';

const count = z.int().min(0);
const path = z.string().describe('absolute path of a file');

/** The JSON of `metrics-lab status -o json`; published as docs/schemas/status.json. Fields are only ever added. */
export const StatusSchema: z.ZodType<LabStatus> = z.object({
  lab: z.string(),
  backend: z.enum(['embedded', 'native', 'kind', 'minikube', 'context']),
  kubernetesVersion: z.string().nullable(),
  kubeconfig: path.nullable(),
  context: z.string().nullable(),
  namespace: z.string(),
  pipeline: z.string().describe('what feeds the HPA'),
  ready: z.boolean().describe('everything that `up` made is there and healthy'),
  problems: z.array(z.string()).describe('what is not as it should be, one sentence each'),
  hpas: z.array(
    z.object({
      namespace: z.string(),
      name: z.string(),
      current: count,
      desired: count,
      min: count,
      max: count,
      scaleTargetRef: z.object({ kind: z.string(), name: z.string() }),
      metrics: z.array(
        z.object({
          name: z.string(),
          type: z.string(),
          current: z.string().nullable().describe('a quantity or a percentage; null = unknown, see reason or artefact'),
          target: z.string(),
          targetType: z.string(),
          reason: z.string().exactOptional(),
          raw: z.string().exactOptional().describe('what the status holds, where it is not a value of the metric'),
          artefact: z.string().exactOptional().describe('what `raw` really means'),
        }),
      ),
      conditions: z.array(
        z.looseObject({
          type: z.string(),
          status: z.string(),
          reason: z.string(),
          message: z.string(),
        }),
      ),
      lastScaleTime: z.string().exactOptional(),
    }),
  ),
  ledger: z
    .object({
      published: count,
      processed: count,
      waiting: count,
      inFlight: count,
      dead: count,
      duplicates: count,
      lost: count,
    })
    .nullable()
    .describe('null when the queue could not be asked'),
  queue: z
    .object({ kind: z.enum(['redis', 'redis-stream', 'beanstalkd']), name: z.string() })
    .nullable()
    .describe('null when the pipeline has none'),
  components: z.array(
    z.object({
      name: z.string(),
      pid: z.int().nullable(),
      healthy: z.boolean(),
      restarts: count,
      url: z.string().nullable(),
      log: path.nullable().describe('null = it runs in pods: metrics-lab logs <name>'),
      message: z.string().describe('why it is not healthy; empty when it is'),
    }),
  ),
  nodes: z
    .array(
      z.object({
        name: z.string(),
        ready: z.boolean(),
        pods: count.describe('pods on it that are not over'),
        message: z.string().describe('why it is not ready; empty when it is'),
      }),
    )
    .nullable()
    .describe('null when they could not be asked, or the cluster is not the lab’s own'),
  metricsServer: z.object({
    url: z.string().nullable(),
    writeUrl: z.string().nullable(),
    writeTokenFile: path.nullable(),
    faults: z
      .array(z.object({ metric: z.string(), fault: FaultSchema, since: z.string() }))
      .nullable()
      .describe('faults on demand that are active; null when the server could not be asked'),
    configError: z.string().nullable().describe('why its newest configuration is not used'),
  }),
  pki: z.object({ caCert: path, caKey: path, frontProxyCert: path, frontProxyKey: path }).nullable(),
  next: z.string().describe('one command that makes sense now'),
});
