import { join } from 'node:path';
import type { LabSpec } from '../../contracts/lab-spec.ts';
import { findQueueServer, queueServer } from '../../workload/queue-server.ts';
import type { LabPorts } from '../ports.ts';
import type { StepResult } from '../run-steps.ts';
import { portFor } from './program-component.ts';
import type { UpState } from './state.ts';

const PASSWORD_BYTES = 24;

/** Raises ML-QUEUE-NO-REDIS or ML-QUEUE-NO-BEANSTALKD when the lab would have to start a server that is not there. */
export function checkQueueServer(ports: LabPorts, spec: LabSpec): void {
  if (spec.queue.url === undefined) findQueueServer(spec.queue.kind, ports.searchPath, ports.files.exists);
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
  const port = await portFor(state, 'queue');
  const server = queueServer(spec.queue.kind, {
    program: findQueueServer(spec.queue.kind, ports.searchPath, files.exists),
    dir: join(paths.dir, 'queue'),
    port,
    password: password(state),
    logFile: join(paths.logs, 'queue.log'),
  });
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
  return { changed, ...(server.component.url === undefined ? {} : { detail: server.component.url }) };
}

/** Made once for a lab, kept beside the queue's data. */
function password({ ports, paths }: UpState): string {
  const path = join(paths.dir, 'queue.password');
  const known = ports.files.readText(path)?.trim();
  if (known !== undefined && known !== '') return known;
  const made = ports.randomToken(PASSWORD_BYTES);
  ports.files.writeAtomic(path, `${made}\n`, 0o600);
  return made;
}
