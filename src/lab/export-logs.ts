import { join } from 'node:path';
import type { LabRecord } from '../contracts/lab-record.ts';
import { describe } from '../errors/lab-error.ts';
import { labPaths, requireRecord } from './lab-store.ts';
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
  if (record.cluster !== undefined) await exportObjects(ports, record, record.cluster.kubeconfig, write);
  return written;
}

async function exportObjects(
  ports: LabPorts,
  record: LabRecord,
  kubeconfig: string,
  write: (name: string, content: string) => void,
): Promise<void> {
  const client = ports.client(kubeconfig);
  try {
    for (const template of OBJECTS) {
      const path = template.replace('{ns}', record.spec.namespace);
      const answer = await client.request('GET', path, undefined, { timeoutMs: 5_000, signal: ports.signal });
      write(`objects/${template.split('/').at(-1) ?? 'objects'}.json`, answer.text);
    }
  } catch (error) {
    ports.signal.throwIfAborted();
    ports.io.emit({ type: 'warning', text: `objects of the API are left out: ${describe(error)}` });
  } finally {
    client.close();
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
