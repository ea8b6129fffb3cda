import { z } from 'zod';
import { Meta } from '../../kube/objects.ts';
import type { Pod } from './pod.ts';

// Shapes of pod.ts. Defaults are the API server's own, for servers that leave them out.
const IntOrString = z.union([z.number(), z.string()]);
const Quantities = z.record(z.string(), z.coerce.string());

const HttpGet = z.object({
  path: z.string().default('/'),
  port: IntOrString,
  host: z.string().optional(),
  scheme: z.string().default('HTTP'),
  httpHeaders: z.array(z.object({ name: z.string(), value: z.string().default('') })).nullish(),
});
const Exec = z.object({ command: z.array(z.string()).nullish() });
const TcpSocket = z.object({ port: IntOrString, host: z.string().optional() });
const Probe = z.object({
  httpGet: HttpGet.optional(),
  tcpSocket: TcpSocket.optional(),
  exec: Exec.optional(),
  grpc: z.unknown().optional(),
  initialDelaySeconds: z.number().default(0),
  periodSeconds: z.number().default(10),
  timeoutSeconds: z.number().default(1),
  successThreshold: z.number().default(1),
  failureThreshold: z.number().default(3),
  terminationGracePeriodSeconds: z.number().optional(),
});
const KeyRef = z.object({ name: z.string().default(''), key: z.string(), optional: z.boolean().optional() });
const EnvVar = z.object({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z
    .object({
      secretKeyRef: KeyRef.optional(),
      configMapKeyRef: KeyRef.optional(),
      fieldRef: z.object({ fieldPath: z.string() }).optional(),
      resourceFieldRef: z
        .object({
          resource: z.string(),
          containerName: z.string().optional(),
          divisor: z.coerce.string().optional(),
        })
        .optional(),
    })
    .optional(),
});
const SourceRef = z.object({ name: z.string().default(''), optional: z.boolean().optional() });
const EnvFrom = z.object({
  prefix: z.string().default(''),
  configMapRef: SourceRef.optional(),
  secretRef: SourceRef.optional(),
});
const Port = z.object({ name: z.string().optional(), containerPort: z.number(), protocol: z.string().default('TCP') });
const Resources = z.object({ requests: Quantities.nullish(), limits: Quantities.nullish() });
const Container = z.object({
  name: z.string(),
  image: z.string().default(''),
  command: z.array(z.string()).nullish(),
  args: z.array(z.string()).nullish(),
  env: z.array(EnvVar).nullish(),
  envFrom: z.array(EnvFrom).nullish(),
  ports: z.array(Port).nullish(),
  resources: Resources.nullish(),
  readinessProbe: Probe.nullish(),
  livenessProbe: Probe.nullish(),
  startupProbe: Probe.nullish(),
  restartPolicy: z.string().optional(),
  volumeMounts: z.array(z.object({ name: z.string() })).nullish(),
  lifecycle: z
    .object({ preStop: z.object({ exec: Exec.optional(), httpGet: HttpGet.optional() }).nullish() })
    .nullish(),
});
const Condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().exactOptional(),
  message: z.string().exactOptional(),
  lastTransitionTime: z.string().nullish(),
});
const Toleration = z.object({
  key: z.string().optional(),
  operator: z.string().optional(),
  value: z.string().optional(),
  effect: z.string().optional(),
});
export const PodSchema: z.ZodType<Pod> = z.object({
  metadata: Meta,
  spec: z.object({
    nodeName: z.string().optional(),
    restartPolicy: z.string().default('Always'),
    terminationGracePeriodSeconds: z.number().default(30),
    initContainers: z.array(Container).nullish(),
    containers: z.array(Container),
    nodeSelector: z.record(z.string(), z.string()).nullish(),
    tolerations: z.array(Toleration).nullish(),
    schedulingGates: z.array(z.unknown()).nullish(),
    readinessGates: z.array(z.object({ conditionType: z.string() })).nullish(),
    schedulerName: z.string().default('default-scheduler'),
    priority: z.number().nullish(),
    overhead: Quantities.nullish(),
    serviceAccountName: z.string().optional(),
    volumes: z.array(z.looseObject({ name: z.string() })).nullish(),
  }),
  status: z
    .object({
      phase: z.string().default('Pending'),
      startTime: z.string().nullish(),
      conditions: z.array(Condition).nullish(),
      qosClass: z.string().optional(),
    })
    .default({ phase: 'Pending' }),
});
