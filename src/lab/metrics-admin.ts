import { z } from 'zod';
import type { KubeClient } from '../contracts/kube-client.ts';
import type { LabRecord } from '../contracts/lab-record.ts';
import {
  ADMIN_PATH,
  type MetricFault,
  type MetricReport,
  type MetricReportValue,
  type MetricsServerReport,
  type QueryReport,
} from '../contracts/metrics-admin.ts';
import { LabError } from '../errors/lab-error.ts';
import { parseAs } from '../kube/objects.ts';
import { labPaths, requireRecord } from './lab-store.ts';
import type { LabPorts } from './ports.ts';

const Value: z.ZodType<MetricReportValue> = z.object({ of: z.string(), value: z.string() });
const Api = z.enum(['external', 'custom']);
export const FaultSchema: z.ZodType<MetricFault> = z.object({
  delaySeconds: z.number().exactOptional(),
  status: z.number().exactOptional(),
  empty: z.literal(true).exactOptional(),
  staleSeconds: z.number().exactOptional(),
  text: z.string().exactOptional(),
  flapSeconds: z.number().exactOptional(),
  forSeconds: z.number().exactOptional(),
});
const Metric: z.ZodType<MetricReport> = z.object({
  api: Api,
  metric: z.string(),
  scope: z.string(),
  source: z.string().nullable(),
  series: z.number().nullable(),
  values: z.array(Value),
  ageSeconds: z.number().nullable(),
  error: z.string().nullable(),
});
const Report: z.ZodType<MetricsServerReport> = z.object({
  metrics: z.array(Metric),
  faults: z.array(z.object({ metric: z.string(), fault: FaultSchema, since: z.string() })),
  config: z.object({ readAt: z.string(), error: z.string().nullable() }),
});
const Query: z.ZodType<QueryReport> = z.object({
  number: z.number(),
  time: z.string(),
  user: z.string(),
  api: Api,
  metric: z.string(),
  namespace: z.string().nullable(),
  object: z.string().nullable(),
  selector: z.string(),
  status: z.number(),
  ms: z.number(),
  values: z.array(Value).nullable(),
  message: z.string().nullable(),
  source: z
    .object({
      name: z.string(),
      values: z.array(Value),
      ageSeconds: z.number().nullable(),
      error: z.string().nullable(),
    })
    .nullable(),
  faulty: z.boolean(),
});
const Queries = z.object({ items: z.array(Query) });
const ASK_TIMEOUT_MS = 5_000;

/** The lab's metrics server, asked about itself. Every call raises ML-KUBE-*. */
export class MetricsAdmin implements Disposable {
  readonly #client: KubeClient;
  readonly #signal: AbortSignal;

  constructor(client: KubeClient, signal: AbortSignal) {
    this.#client = client;
    this.#signal = signal;
  }

  async report(): Promise<MetricsServerReport> {
    return parseAs(Report, await this.#ask('GET', 'report'), 'a report of the metrics server');
  }

  /** Questions after a number, oldest first. */
  async queries(after: number, metric: string | undefined): Promise<readonly QueryReport[]> {
    const found = await this.#ask('GET', 'queries', undefined, { after, metric });
    return parseAs(Queries, found, 'the query log').items;
  }

  async setFault(metric: string, fault: MetricFault): Promise<void> {
    await this.#ask('PUT', `faults/${encodeURIComponent(metric)}`, fault);
  }

  /** True when there was one. */
  async clearFault(metric: string): Promise<boolean> {
    const answer = await this.#ask('DELETE', `faults/${encodeURIComponent(metric)}`);
    return parseAs(z.object({ cleared: z.boolean() }), answer, 'an answer of the metrics server').cleared;
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }

  #ask(method: string, path: string, body?: unknown, query = {}): Promise<unknown> {
    return this.#client.json(method, `${ADMIN_PATH}/${path}`, body, {
      query,
      signal: this.#signal,
      timeoutMs: ASK_TIMEOUT_MS,
    });
  }
}

/** Opens the metrics server of a lab, as the administrator of its cluster. Raises ML-LAB-NOT-FOUND, ML-LAB-NO-METRICS. */
export function openMetricsAdmin(ports: LabPorts, lab: string): MetricsAdmin {
  const record = requireRecord(ports.files, ports.labsDir, lab);
  const admin = metricsAdminOf(ports, record);
  if (admin === undefined) throw new LabError('ML-LAB-NO-METRICS', { lab });
  return admin;
}

/** As `openMetricsAdmin`; undefined where there is no metrics server that this machine can ask. */
export function metricsAdminOf(ports: LabPorts, record: LabRecord): MetricsAdmin | undefined {
  const { cluster } = record;
  const dir = labPaths(ports.labsDir, record.spec.lab).dir;
  const component = ports
    .components(dir)
    .list()
    .find(({ spec }) => spec.name === 'metrics-server');
  if (cluster?.pki === undefined || component?.spec.url === undefined) return undefined;
  const client = ports.serverClient(cluster.kubeconfig, component.spec.url, cluster.pki.caCert);
  return new MetricsAdmin(client, ports.signal);
}
