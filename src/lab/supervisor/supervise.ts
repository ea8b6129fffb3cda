import { dirname } from 'node:path';
import { describe } from '../../errors/lab-error.ts';
import { acquireLock } from '../../platform/lock.ts';
import { readSupervisor, writeSupervisor } from './component-files.ts';
import type { SupervisorPorts } from './ports.ts';
import { Supervisor } from './supervisor.ts';

export interface SuperviseOptions {
  readonly ports: SupervisorPorts;
  /** Aborted: stop everything and return. */
  readonly stop: AbortSignal;
  /** Watches a folder for changes; polling goes on beside it. */
  readonly watchFolder: (
    path: string,
    onName: (name: string) => void,
    onFault: (why: string) => void,
  ) => { close(): void };
  /** Cuts a log that has grown too long; throws what the file system says. */
  readonly capLog: (path: string) => boolean;
}

const READ_EVERY_MS = 1_000;
const CAP_EVERY_MS = 5_000;

/**
 * Supervises one lab until `stop` aborts or the lab's folder is gone; then stops all components, dependents first, and
 * resolves. Raises ML-LOCK-HELD when another supervisor of this lab lives, ML-STATE-IO when it cannot even begin.
 */
export async function supervise(options: SuperviseOptions): Promise<void> {
  const { ports } = options;
  const { files, processes, clock, paths, log } = ports;
  const startedAt = new Date(clock.now()).toISOString();
  using _lock = acquireLock({
    path: paths.lock,
    lab: paths.labDir,
    command: 'supervisor',
    now: startedAt,
    files,
    processes,
    onTakeover: log,
  });
  writeSupervisor(files, paths, { process: processes.self, startedAt });
  log(`supervising ${paths.labDir} as process ${processes.self.pid}`);
  await loop(options);
  const record = files.exists(dirname(paths.record)) ? readSupervisor(files, paths) : undefined;
  if (record?.process.pid === processes.self.pid) files.remove(paths.record);
  log('everything is stopped');
}

async function loop({ ports, stop, watchFolder, capLog }: SuperviseOptions): Promise<void> {
  const { clock, paths, log } = ports;
  const bell = new Bell();
  const supervisor = new Supervisor(ports, () => bell.ring());
  let unread = true;
  const onName = (name: string) => {
    if (name.endsWith('.status.json') || name.endsWith('.tmp')) return; // our own writing
    unread = true;
    bell.ring();
  };
  const watcher = watchFolder(paths.components, onName, (why) => log(`only polling from now on: ${why}`));
  stop.addEventListener('abort', () => bell.ring(), { once: true });
  let [readAt, capAt] = [0, clock.monotonic() + CAP_EVERY_MS];
  while (!supervisor.done) {
    const now = clock.monotonic();
    if (stop.aborted) supervisor.halt('told to');
    if (unread || now >= readAt) {
      unread = false;
      readAt = now + READ_EVERY_MS;
      supervisor.read();
    }
    supervisor.step();
    if (now >= capAt) {
      capAt = now + CAP_EVERY_MS;
      for (const path of new Set([...supervisor.logs, paths.log])) cap(path, capLog, log);
    }
    if (!supervisor.done) await bell.wait(clock, supervisor.pauseMs);
  }
  watcher.close();
}

function cap(path: string, capLog: (path: string) => boolean, log: (line: string) => void): void {
  try {
    if (path !== '' && capLog(path)) log(`${path} was long: its content is now in ${path}.1`);
  } catch (error) {
    log(`error: ${path} cannot be capped: ${describe(error)}`);
  }
}

/** Waiting that can be cut short; a ring while nobody waits shortens the next wait. */
class Bell {
  #rung = false;
  #cut: AbortController | undefined;

  ring(): void {
    this.#rung = true;
    this.#cut?.abort();
  }

  async wait(clock: SupervisorPorts['clock'], ms: number): Promise<void> {
    if (!this.#rung) {
      this.#cut = new AbortController();
      const { signal } = this.#cut;
      await clock.sleep(ms, signal).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    }
    this.#rung = false;
  }
}
