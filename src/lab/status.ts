import { z } from 'zod';
import type { ClusterHandle } from '../contracts/backend.ts';
import type { LabRecord } from '../contracts/lab-record.ts';
import type { LabSpec } from '../contracts/lab-spec.ts';
import type { ActiveFault, MetricsServerReport } from '../contracts/metrics-admin.ts';
import { hasQueue, PIPELINES } from '../contracts/pipelines.ts';
import type { Ledger } from '../contracts/queue.ts';
import { describe } from '../errors/lab-error.ts';
import { type HpaSummary, hpaSummary, parseHpa } from '../kube/hpa.ts';
import { parseAs } from '../kube/objects.ts';
import { type LabPaths, labPaths, requireRecord } from './lab-store.ts';
import { readLedger } from './ledger.ts';
import { metricsAdminOf } from './metrics-admin.ts';
import { nodeProblems, type NodeState, readNodes } from './nodes.ts';
import { podParts } from './pods.ts';
import type { LabPorts } from './ports.ts';

export interface ComponentState {
  readonly name: string;
  readonly pid: number | null;
  readonly healthy: boolean;
  readonly restarts: number;
  readonly url: string | null;
  /** null: in a pod, see `metrics-lab logs <name>`. */
  readonly log: string | null;
  /** Why it is not healthy; empty when it is. */
  readonly message: string;
}

/** What `status` shows; the JSON of `status -o json` (docs/schemas/status.json) is this. */
export interface LabStatus {
  readonly lab: string;
  readonly backend: string;
  readonly kubernetesVersion: string | null;
  readonly kubeconfig: string | null;
  readonly context: string | null;
  readonly namespace: string;
  /** What feeds the HPA. */
  readonly pipeline: string;
  /** Everything that `up` made is there and healthy. */
  readonly ready: boolean;
  /** What is not as it should be, one sentence each. */
  readonly problems: readonly string[];
  readonly hpas: readonly HpaSummary[];
  /** null when the queue could not be asked. */
  readonly ledger: Ledger | null;
  /** null when the pipeline has none. */
  readonly queue: { readonly kind: string; readonly name: string } | null;
  readonly components: readonly ComponentState[];
  /** Nodes of a cluster that the lab has made; null when they could not be asked, or the cluster is somebody else's. */
  readonly nodes: readonly NodeState[] | null;
  readonly metricsServer: {
    readonly url: string | null;
    readonly writeUrl: string | null;
    readonly writeTokenFile: string | null;
    /** Faults on demand that are active; null when the server could not be asked. */
    readonly faults: readonly ActiveFault[] | null;
    /** Why its newest configuration is not used; null when it is. */
    readonly configError: string | null;
  };
  readonly pki: ClusterHandle['pki'] | null;
  /** One command that makes sense now. */
  readonly next: string;
}

const HpaList = z.object({ items: z.array(z.unknown()) });
const ASK_TIMEOUT_MS = 3_000;

/** The state of a lab that must exist. What cannot be asked is a problem in the answer. Raises ML-LAB-NOT-FOUND, ML-STATE-CORRUPT. */
export async function labStatus(ports: LabPorts, lab: string): Promise<LabStatus> {
  const record = requireRecord(ports.files, ports.labsDir, lab);
  const paths = labPaths(ports.labsDir, lab);
  const [nodes, pods, report, hpas, ledger] = await Promise.all([
    settled(() => readNodes(ports, record)),
    settled(() => podStates(ports, record)),
    settled(() => readReport(ports, record)),
    settled(() => readHpas(ports, record)),
    settled(() => (hasQueue(record.spec) ? readLedger(ports, paths, record) : undefined)),
  ]);
  const components = [...componentStates(ports, paths), ...('value' in pods ? pods.value : [])];
  const problems = [
    ...(record.complete ? [] : ['`up` has not come to its end']),
    ...componentProblems(components),
    ...('fault' in report ? [`the metrics server cannot be asked: ${report.fault}`] : []),
    ...('value' in report && report.value?.config.error != null
      ? [`the metrics server uses an older configuration: ${report.value.config.error}`]
      : []),
    ...('fault' in nodes ? [`the nodes cannot be read: ${nodes.fault}`] : nodeProblems(nodes.value)),
    ...('fault' in pods ? [`the pods cannot be read: ${pods.fault}`] : []),
    ...('fault' in hpas ? [`the HPAs cannot be read: ${hpas.fault}`] : []),
    ...('fault' in ledger ? [`the queue cannot be asked: ${ledger.fault}`] : []),
    ...('fault' in ledger || (ledger.value?.lost ?? 0) === 0 ? [] : [`${ledger.value?.lost ?? 0} items are lost`]),
  ];
  const ready = problems.length === 0;
  const metricsReport = 'value' in report ? report.value : undefined;
  return {
    lab,
    backend: record.spec.backend,
    kubernetesVersion: record.cluster?.kubernetesVersion ?? null,
    kubeconfig: record.cluster?.kubeconfig ?? null,
    context: record.cluster?.context ?? null,
    namespace: record.spec.namespace,
    pipeline: record.spec.pipeline,
    ready,
    problems,
    hpas: 'value' in hpas ? hpas.value : [],
    ledger: 'value' in ledger ? (ledger.value ?? null) : null,
    queue: hasQueue(record.spec) ? { kind: record.spec.queue.kind, name: record.spec.queue.name } : null,
    components,
    nodes: 'value' in nodes ? nodes.value : null,
    metricsServer: {
      ...metricsServerOf(ports, paths, record, components),
      faults: metricsReport?.faults ?? null,
      configError: metricsReport?.config.error ?? null,
    },
    pki: record.cluster?.pki ?? null,
    next: nextCommand(record.spec, ready, 'value' in ledger ? ledger.value : undefined),
  };
}

function componentStates(ports: LabPorts, paths: LabPaths): ComponentState[] {
  return ports
    .components(paths.dir)
    .list()
    .map(({ spec, status }) => ({
      name: spec.name,
      pid: status?.process?.pid ?? null,
      healthy: status?.healthy ?? false,
      restarts: status?.restarts ?? 0,
      url: spec.url ?? null,
      log: spec.logFile,
      message: status === undefined ? 'the supervisor has not started it' : status.message,
    }));
}

async function podStates(ports: LabPorts, { spec, cluster }: LabRecord): Promise<ComponentState[]> {
  if (cluster?.podsRunAs !== 'containers' || spec.bare === true) return [];
  const client = ports.client(cluster.kubeconfig);
  try {
    const parts = await podParts(client, spec, ports.signal);
    return parts.map(({ name, healthy, restarts, message }) => ({
      name,
      pid: null,
      healthy,
      restarts,
      url: null,
      log: null,
      message,
    }));
  } finally {
    client.close();
  }
}

/** One sentence per trouble: what several share (nobody supervises them) is said once. */
function componentProblems(components: readonly ComponentState[]): string[] {
  const names = new Map<string, string[]>();
  for (const { name, healthy, message } of components) {
    if (healthy && message === '') continue;
    const text = message === '' ? 'not healthy' : message;
    names.set(text, [...(names.get(text) ?? []), name]);
  }
  return [...names].map(([text, list]) => `${list.join(', ')}: ${text}`);
}

async function readReport(ports: LabPorts, record: LabRecord): Promise<MetricsServerReport | undefined> {
  using admin = metricsAdminOf(ports, record);
  return await admin?.report();
}

async function readHpas(ports: LabPorts, record: LabRecord): Promise<readonly HpaSummary[]> {
  if (record.cluster === undefined) return [];
  const client = ports.client(record.cluster.kubeconfig);
  try {
    const path = `/apis/autoscaling/v2/namespaces/${record.spec.namespace}/horizontalpodautoscalers`;
    const list = await client.json('GET', path, undefined, { timeoutMs: ASK_TIMEOUT_MS, signal: ports.signal });
    return parseAs(HpaList, list, 'a list of HPAs').items.map((item) => hpaSummary(parseHpa(item)));
  } finally {
    client.close();
  }
}

async function settled<T>(ask: () => Promise<T> | T): Promise<{ readonly value: T } | { readonly fault: string }> {
  try {
    return { value: await ask() };
  } catch (error) {
    return { fault: describe(error) };
  }
}

function metricsServerOf(
  { files }: LabPorts,
  { writeToken }: LabPaths,
  { ports }: LabRecord,
  components: readonly ComponentState[],
): Pick<LabStatus['metricsServer'], 'url' | 'writeUrl' | 'writeTokenFile'> {
  const url = components.find(({ name }) => name === 'metrics-server')?.url ?? null;
  if (ports.metricsWrite === undefined || !files.exists(writeToken))
    return { url, writeUrl: null, writeTokenFile: null };
  return { url, writeUrl: `http://127.0.0.1:${ports.metricsWrite}`, writeTokenFile: writeToken };
}

function nextCommand(spec: LabSpec, ready: boolean, ledger: Ledger | undefined): string {
  const flag = spec.lab === 'lab' ? '' : ` --lab ${spec.lab}`;
  if (!ready) return `metrics-lab up${flag}`;
  if (spec.bare === true) return `metrics-lab teardown${flag}`;
  if (!hasQueue(spec)) return `${PIPELINES[spec.pipeline].next[0]}${flag}`;
  const backlog = (ledger?.waiting ?? 0) + (ledger?.inFlight ?? 0);
  return backlog > 0 ? `metrics-lab watch hpa${flag}` : `metrics-lab publish 40${flag}`;
}
