import { join } from 'node:path';
import { z } from 'zod';
import type { Files } from '../contracts/files.ts';
import type { LabRecord } from '../contracts/lab-record.ts';
import { PIPELINE_NAMES } from '../contracts/pipelines.ts';
import { describe, LabError } from '../errors/lab-error.ts';

/** Where the parts of one lab lie. Everything a lab writes is below `dir`. */
export interface LabPaths {
  readonly dir: string;
  readonly record: string;
  readonly journal: string;
  readonly lock: string;
  readonly logs: string;
  readonly kubeconfig: string;
  /** The queue's URL with its password (0600). */
  readonly queueUrl: string;
  /** The producer's bearer token (0600). */
  readonly token: string;
  /** The bearer token of the metrics server's write endpoints (0600). */
  readonly writeToken: string;
  /** Append-only ledger of queues that cannot count themselves. */
  readonly ledger: string;
}

const PROCESS_PODS = z.enum(['processes', 'containers']);
const BACKENDS = z.enum(['embedded', 'native', 'kind', 'minikube', 'context']);
const Cluster = z.object({
  backend: BACKENDS,
  kubeconfig: z.string(),
  context: z.string(),
  server: z.string(),
  kubernetesVersion: z.string(),
  architecture: z.enum(['amd64', 'arm64']),
  podsRunAs: PROCESS_PODS,
  scaleToZero: z.boolean(),
  pki: z
    .object({ caCert: z.string(), caKey: z.string(), frontProxyCert: z.string(), frontProxyKey: z.string() })
    .exactOptional(),
});
const Spec = z.object({
  lab: z.string(),
  backend: BACKENDS,
  namespace: z.string(),
  // Labs of before there was a choice have none in their record.
  pipeline: z.enum(PIPELINE_NAMES).default('queue'),
  kubernetesVersion: z.string().exactOptional(),
  binDir: z.string().exactOptional(),
  nodeImage: z.string().exactOptional(),
  driver: z.string().exactOptional(),
  allowedContexts: z.array(z.string()).exactOptional(),
  programImage: z.string().exactOptional(),
  syncPeriodSeconds: z.number(),
  hpa: z.object({ min: z.number(), max: z.number(), target: z.string(), scaleDownWindowSeconds: z.number() }),
  queue: z.object({
    kind: z.enum(['redis', 'redis-stream', 'beanstalkd']),
    name: z.string(),
    url: z.string().exactOptional(),
  }),
  consumer: z.object({
    serviceTimeMs: z.number(),
    startDelayMs: z.number(),
    failureRate: z.number(),
    maxAttempts: z.number(),
  }),
  nodes: z.number().exactOptional(),
  apiPort: z.number(),
  bare: z.boolean().exactOptional(),
  disabledControllers: z.array(z.string()).exactOptional(),
  node: z.object({ cpu: z.string(), memory: z.string(), pods: z.number() }),
  images: z.record(z.string(), z.array(z.string())),
});
const Record: z.ZodType<LabRecord> = z.object({
  apiVersion: z.literal('metricslab.dev/v1'),
  kind: z.literal('LabState'),
  createdAt: z.string(),
  spec: Spec,
  cluster: Cluster.exactOptional(),
  ports: z.record(z.string(), z.number()),
  queueServer: z.enum(['native', 'embedded']).exactOptional(),
  complete: z.boolean(),
});

/** The paths of a lab below the folder that holds all labs. */
export function labPaths(labsDir: string, lab: string): LabPaths {
  const dir = join(labsDir, lab);
  return {
    dir,
    record: join(dir, 'lab.json'),
    journal: join(dir, 'journal.ndjson'),
    lock: join(dir, 'lock'),
    logs: join(dir, 'logs'),
    kubeconfig: join(dir, 'kubeconfig'),
    queueUrl: join(dir, 'queue.url'),
    token: join(dir, 'producer.token'),
    writeToken: join(dir, 'metrics-write.token'),
    ledger: join(dir, 'ledger.log'),
  };
}

/** The lab's record, or undefined when there is no such lab. Raises ML-STATE-CORRUPT, ML-STATE-IO. */
export function readRecord(files: Files, paths: LabPaths, lab: string): LabRecord | undefined {
  const text = files.readText(paths.record);
  if (text === undefined) return undefined;
  const corrupt = (reason: string, cause?: unknown) =>
    new LabError('ML-STATE-CORRUPT', { lab, path: paths.record, reason }, { cause });
  let foreign: unknown;
  try {
    foreign = JSON.parse(text);
  } catch (error) {
    throw corrupt(describe(error), error);
  }
  const parsed = Record.safeParse(foreign);
  if (!parsed.success) throw corrupt(z.prettifyError(parsed.error).replaceAll('\n', '; '));
  return parsed.data;
}

export function writeRecord(files: Files, paths: LabPaths, record: LabRecord): void {
  files.writeAtomic(paths.record, `${JSON.stringify(record, undefined, 2)}\n`, 0o600);
}

/** Names of the labs that exist, sorted. */
export function listLabs(files: Files, labsDir: string): string[] {
  return files.list(labsDir).filter((name) => files.exists(labPaths(labsDir, name).record));
}

/** The record of a lab that must exist. Raises ML-LAB-NOT-FOUND. */
export function requireRecord(files: Files, labsDir: string, lab: string): LabRecord {
  const record = readRecord(files, labPaths(labsDir, lab), lab);
  if (record !== undefined) return record;
  throw new LabError('ML-LAB-NOT-FOUND', { lab, labs: listLabs(files, labsDir).join(', ') || 'none' });
}
