import { join } from 'node:path';
import { PROCESS_BACKENDS } from '../../contracts/backend.ts';
import type { LabSpec } from '../../contracts/lab-spec.ts';
import { LabError } from '../../errors/lab-error.ts';
import {
  embeddedQueueServer,
  findQueueServer,
  type QueueServer,
  queueServer,
  wantsEmbeddedQueue,
} from '../../workload/queue-server.ts';
import type { LabPorts } from '../ports.ts';
import type { StepResult } from '../run-steps.ts';
import { portFor } from './program-component.ts';
import { remember, type UpState } from './state.ts';

const PASSWORD_BYTES = 24;

/**
 * Raises ML-QUEUE-NO-REDIS or ML-QUEUE-NO-BEANSTALKD when the lab would have to start a server that is not there, and
 * ML-QUEUE-URL-LOOPBACK for one that pods cannot reach.
 */
export function checkQueueServer({ searchPath, files }: LabPorts, { queue, backend }: LabSpec): void {
  if (PROCESS_BACKENDS.includes(backend)) {
    if (queue.url !== undefined || wantsEmbeddedQueue(queue.kind, searchPath, files.exists)) return;
    findQueueServer(queue.kind, searchPath, files.exists);
    return;
  }
  const host = queue.url === undefined ? '' : new URL(queue.url).hostname;
  if (host === 'localhost' || host === '[::1]' || host.startsWith('127.'))
    throw new LabError('ML-QUEUE-URL-LOOPBACK', { host, backend });
}

/** A lab stays with the server that it was made with; a new one takes redis-server when it is there. */
function isEmbedded({ ports: { searchPath, files }, spec: { queue }, record }: UpState): boolean {
  const before = record.queueServer ?? (record.ports.queue === undefined ? undefined : 'native');
  return before === undefined ? wantsEmbeddedQueue(queue.kind, searchPath, files.exists) : before === 'embedded';
}

/** Starts the lab's own queue server, or notes the URL of the user's. Its URL (0600) is what everything else goes by. */
export async function ensureQueue(state: UpState): Promise<StepResult> {
  const { ports, paths, spec } = state;
  const { files } = ports;
  if (spec.queue.url !== undefined) {
    const changed = files.readText(paths.queueUrl)?.trim() !== spec.queue.url;
    if (changed) files.writeAtomic(paths.queueUrl, `${spec.queue.url}\n`, 0o600);
    return { changed, detail: 'a server that is not the lab’s' };
  }
  const embedded = isEmbedded(state);
  const kept = embedded ? 'embedded' : 'native';
  if (state.record.queueServer !== kept) remember(state, { queueServer: kept });
  const server = serverFor(state, await portFor(state, 'queue'), embedded);
  for (const folder of server.folders) files.ensureDir(folder, 0o700);
  for (const { path, content } of server.files) {
    if (files.readText(path) !== content) files.writeAtomic(path, content, 0o600);
  }
  if (files.readText(paths.queueUrl)?.trim() !== server.url)
    files.writeAtomic(paths.queueUrl, `${server.url}\n`, 0o600);
  const { changed } = await ports.components(paths.dir).ensure(server.component, {
    timeoutMs: state.options.timeoutMs,
    signal: ports.signal,
    onWaiting: (text) => ports.io.emit({ type: 'step.progress', step: 'queue', text }),
  });
  const name = embedded ? 'embedded queue server, in place of redis-server,' : SERVER_NAMES[spec.queue.kind];
  return { changed, detail: `${name} at ${server.component.url ?? ''}` };
}

const SERVER_NAMES = { redis: 'redis-server', 'redis-stream': 'redis-server', beanstalkd: 'beanstalkd' } as const;

function serverFor(state: UpState, port: number, embedded: boolean): QueueServer {
  const { ports, paths, spec } = state;
  const logFile = join(paths.logs, 'queue.log');
  const options = { dir: join(paths.dir, 'queue'), port, password: queuePassword(state), logFile };
  if (embedded) return embeddedQueueServer(ports.program('embedded-queue'), options);
  const program = findQueueServer(spec.queue.kind, ports.searchPath, ports.files.exists);
  return queueServer(spec.queue.kind, { ...options, program });
}

/** Made once for a lab, kept beside the queue's data. */
export function queuePassword({ ports, paths }: UpState): string {
  const path = join(paths.dir, 'queue.password');
  const known = ports.files.readText(path)?.trim();
  if (known !== undefined && known !== '') return known;
  const made = ports.randomToken(PASSWORD_BYTES);
  ports.files.writeAtomic(path, `${made}\n`, 0o600);
  return made;
}
