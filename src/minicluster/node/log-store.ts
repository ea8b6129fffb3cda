import { statSync, watch } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../contracts/clock.ts';
import type { Files } from '../../contracts/files.ts';
import { describe } from '../../errors/lab-error.ts';
import { ContainerLog } from './container-log.ts';
import { pause } from './node-ports.ts';
import type { Pod } from './pod.ts';

export interface LogStoreOptions {
  readonly dir: string;
  readonly maxBytes: number;
  readonly clock: Clock;
  readonly files: Files;
  readonly log: (line: string) => void;
}

interface Folder {
  readonly path: string;
  readonly uid: string;
  readonly logs: Map<number, ContainerLog>;
  unwatch: () => void;
}

/** Logs of deleted pods are kept this long, and this many folders at most. */
const KEEP_MS = 15 * 60_000;
const KEEP_FOLDERS = 200;
/** As the kubelet: the running incarnation and the one before. */
const KEEP_INCARNATIONS = 2;
const POLL_MS = 1_000;

/** The logs of all containers: `<dir>/<namespace>_<pod>_<uid's beginning>_<container>/<incarnation>.log`. */
export class LogStore {
  readonly #options: LogStoreOptions;
  readonly #folders = new Map<string, Folder>();

  constructor(options: LogStoreOptions) {
    this.#options = options;
    options.files.ensureDir(options.dir);
  }

  /** The log of a new incarnation of a container; the file is made when the child is started. */
  open(pod: Pod, container: string, incarnation: number): ContainerLog {
    const folder = this.#folder(pod, container);
    const log = this.#log(folder, incarnation);
    for (const [number, old] of folder.logs) {
      if (number > incarnation - KEEP_INCARNATIONS) continue;
      folder.logs.delete(number);
      for (const path of [old.path, old.olderPath, old.path.replace(/\.log$/, '.times')])
        this.#options.files.remove(path);
    }
    return log;
  }

  /** The log of the newest incarnation, or of the one before. */
  find(pod: Pod, container: string, previous: boolean): ContainerLog | undefined {
    const folder = this.#folder(pod, container);
    const newest = Math.max(...folder.logs.keys(), -1);
    return folder.logs.get(previous ? newest - 1 : newest);
  }

  /** A pod is gone: its files stay for a while, for who reads the folder. */
  forget(uid: string): void {
    for (const [key, folder] of this.#folders) {
      if (folder.uid !== uid) continue;
      folder.unwatch();
      for (const log of folder.logs.values()) log.end();
      this.#folders.delete(key);
    }
  }

  /** Removes the files of pods that are gone for long. */
  collect(): void {
    const { files, dir, clock } = this.#options;
    const kept = new Set([...this.#folders.values()].map(({ path }) => path));
    const gone = files
      .list(dir)
      .map((name) => join(dir, name))
      .filter((path) => !kept.has(path))
      .map((path) => ({ path, at: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
      .sort((a, b) => b.at - a.at);
    for (const [index, { path, at }] of gone.entries()) {
      if (index >= KEEP_FOLDERS || clock.now() - at > KEEP_MS) files.remove(path);
    }
  }

  close(): void {
    for (const folder of this.#folders.values()) folder.unwatch();
  }

  #folder(pod: Pod, container: string): Folder {
    const { namespace = '', name, uid = '' } = pod.metadata;
    const key = `${uid}/${container}`;
    const known = this.#folders.get(key);
    if (known !== undefined) return known;
    const { dir, files } = this.#options;
    const path = join(dir, `${namespace}_${name}_${uid.slice(0, 8)}_${container}`);
    files.ensureDir(path);
    const folder: Folder = { path, uid, logs: new Map(), unwatch: () => {} };
    this.#folders.set(key, folder);
    for (const file of files.list(path)) {
      const number = /^(\d+)\.log$/.exec(file)?.[1];
      if (number !== undefined) this.#log(folder, Number(number)).end();
    }
    folder.unwatch = this.#watch(folder);
    return folder;
  }

  #log(folder: Folder, incarnation: number): ContainerLog {
    const path = join(folder.path, `${incarnation}.log`);
    const log = folder.logs.get(incarnation) ?? new ContainerLog(path, this.#options);
    folder.logs.set(incarnation, log);
    return log;
  }

  /** Tells the logs of a folder when they grow: by inotify, or once a second where the system has no watches left. */
  #watch(folder: Folder): () => void {
    try {
      const watcher = watch(folder.path, { persistent: false }, (_event, file) => {
        const number = /^(\d+)\.log$/.exec(file ?? '')?.[1];
        if (number !== undefined) folder.logs.get(Number(number))?.note();
      });
      watcher.on('error', (error) => this.#options.log(`watching ${folder.path}: ${describe(error)}`));
      return () => watcher.close();
    } catch (error) {
      this.#options.log(`watching ${folder.path} by looking every second: ${describe(error)}`);
      const stop = new AbortController();
      void this.#poll(folder, stop.signal);
      return () => stop.abort();
    }
  }

  async #poll(folder: Folder, signal: AbortSignal): Promise<void> {
    while (await pause(this.#options.clock, POLL_MS, signal)) for (const log of folder.logs.values()) log.note();
  }
}
