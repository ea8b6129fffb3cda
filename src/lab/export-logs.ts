import { join } from 'node:path';
import type { ClusterHandle } from '../contracts/backend.ts';
import type { KubeClient } from '../contracts/kube-client.ts';
import type { LabRecord } from '../contracts/lab-record.ts';
import { describe } from '../errors/lab-error.ts';
import { clusterSpecOf } from './cluster-spec.ts';
import { labPaths, requireRecord } from './lab-store.ts';
import { podLogPath, podParts } from './pods.ts';
import type { LabPorts } from './ports.ts';

/** Objects whose state explains most troubles; Secrets are left out on purpose. */
const OBJECTS: readonly string[] = [
  '/api/v1/nodes',
  '/api/v1/namespaces/{ns}/pods',
  '/api/v1/namespaces/{ns}/events',
  '/apis/apps/v1/namespaces/{ns}/deployments',
  '/apis/autoscaling/v2/namespaces/{ns}/horizontalpodautoscalers',
  '/apis/apiregistration.k8s.io/v1/apiservices',
];

/**
 * Copies everything that tells what happened into a folder: logs, journal, the record without passwords, and the objects of
 * the API while it answers. Resolves to the paths written. Raises ML-LAB-NOT-FOUND, ML-STATE-IO.
 */
export async function exportLogs(ports: LabPorts, lab: string, target: string): Promise<readonly string[]> {
  const record = requireRecord(ports.files, ports.labsDir, lab);
  const paths = labPaths(ports.labsDir, lab);
  const written: string[] = [];
  const write = (name: string, content: string) => {
    const path = join(target, name);
    ports.files.ensureDir(join(path, '..'));
    ports.files.writeAtomic(path, content, 0o600);
    written.push(path);
  };
  copyTree(ports, paths.logs, 'logs', write);
  const journal = ports.files.readText(paths.journal);
  if (journal !== undefined) write('journal.ndjson', journal);
  write('lab.json', `${JSON.stringify(withoutPassword(record), undefined, 2)}\n`);
  write('components.json', `${JSON.stringify(ports.components(paths.dir).list().map(withoutSecrets), undefined, 2)}\n`);
  if (record.cluster !== undefined) await exportObjects(ports, record, record.cluster, write);
  await collectNodeLogs(ports, record, join(target, 'nodes'));
  return written;
}

/** What the machines of a cluster in containers know; what goes wrong is a warning: it must not hide the rest. */
export async function collectNodeLogs(ports: LabPorts, { spec }: LabRecord, folder: string): Promise<void> {
  try {
    const backend = await ports.backend(spec);
    await backend.collectLogs?.(clusterSpecOf(spec, labPaths(ports.labsDir, spec.lab).dir), folder);
  } catch (error) {
    ports.signal.throwIfAborted();
    ports.io.emit({ type: 'warning', text: `logs of the nodes are left out: ${describe(error)}` });
  }
}

async function exportObjects(
  ports: LabPorts,
  record: LabRecord,
  { kubeconfig, podsRunAs }: ClusterHandle,
  write: (name: string, content: string) => void,
): Promise<void> {
  const client = ports.client(kubeconfig);
  try {
    for (const template of OBJECTS) {
      const path = template.replace('{ns}', record.spec.namespace);
      const answer = await client.request('GET', path, undefined, { timeoutMs: 5_000, signal: ports.signal });
      write(`objects/${template.split('/').at(-1) ?? 'objects'}.json`, answer.text);
    }
    if (podsRunAs === 'containers') await exportPodLogs(ports, record, client, write);
  } catch (error) {
    ports.signal.throwIfAborted();
    ports.io.emit({ type: 'warning', text: `objects of the API are left out: ${describe(error)}` });
  } finally {
    client.close();
  }
}

/** Of containers that were started anew the log of the one before, too: it tells why. */
async function exportPodLogs(
  ports: LabPorts,
  { spec }: LabRecord,
  client: KubeClient,
  write: (name: string, content: string) => void,
): Promise<void> {
  for (const { pods } of await podParts(client, spec, ports.signal)) {
    for (const { name, restarted } of pods) {
      for (const previous of restarted ? [false, true] : [false]) {
        const options = { query: { previous }, timeoutMs: 5_000, signal: ports.signal };
        const { text } = await client.request('GET', podLogPath(spec, name), undefined, options);
        write(`logs/pods/${name}${previous ? '.previous' : ''}.log`, text);
      }
    }
  }
}

function copyTree(ports: LabPorts, dir: string, name: string, write: (name: string, content: string) => void): void {
  for (const entry of ports.files.list(dir)) {
    const path = join(dir, entry);
    if (ports.files.isDirectory(path)) copyTree(ports, path, `${name}/${entry}`, write);
    else write(`${name}/${entry}`, ports.files.readText(path) ?? '');
  }
}

function withoutPassword(record: LabRecord): object {
  const { url, ...queue } = record.spec.queue;
  return {
    ...record,
    spec: { ...record.spec, queue: url === undefined ? queue : { ...queue, url: '(not exported)' } },
  };
}

/** The environment of a component may hold secrets: only its names are kept. */
function withoutSecrets({ spec, status }: ReturnType<ReturnType<LabPorts['components']>['list']>[number]): object {
  return { spec: { ...spec, env: Object.keys(spec.env) }, status };
}
