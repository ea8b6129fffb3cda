import { join } from 'node:path';
import { z } from 'zod';
import type { Files } from '../../contracts/files.ts';
import type { ProcessIdentity } from '../../contracts/processes.ts';
import type { ContainerView } from './runtime.ts';

/** What is on disk about one pod: enough to find its processes and to go on counting after a crash of the node. */
export interface PodRecord {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly ip: string;
  readonly startTime: number;
  readonly containers: readonly ContainerRecord[];
}
export interface ContainerRecord {
  readonly view: ContainerView;
  readonly process?: ProcessIdentity;
}

const Terminated = z.object({
  kind: z.literal('terminated'),
  exitCode: z.number(),
  signal: z.number().exactOptional(),
  reason: z.string(),
  message: z.string().exactOptional(),
  startedAt: z.number().exactOptional(),
  finishedAt: z.number(),
  containerID: z.string().exactOptional(),
});
const State = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('waiting'), reason: z.string(), message: z.string().exactOptional() }),
  z.object({ kind: z.literal('running'), startedAt: z.number() }),
  Terminated,
]);
const View = z.object({
  name: z.string(),
  init: z.boolean(),
  image: z.string(),
  state: State,
  last: Terminated.exactOptional(),
  restartCount: z.number(),
  started: z.boolean(),
  ready: z.boolean(),
  containerID: z.string().exactOptional(),
});
const Identity = z.object({ pid: z.int(), startTime: z.string() });
const Record: z.ZodType<PodRecord> = z.object({
  uid: z.string(),
  namespace: z.string(),
  name: z.string(),
  ip: z.string(),
  startTime: z.number(),
  containers: z.array(z.object({ view: View, process: Identity.exactOptional() })),
});

/** One file per pod: `<stateDir>/pods/<uid>.json`. */
export class Records {
  readonly #dir: string;
  readonly #files: Files;
  readonly #log: (line: string) => void;

  constructor(stateDir: string, files: Files, log: (line: string) => void) {
    this.#dir = join(stateDir, 'pods');
    this.#files = files;
    this.#log = log;
    files.ensureDir(this.#dir);
  }

  write(record: PodRecord): void {
    this.#files.writeAtomic(this.#path(record.uid), JSON.stringify(record));
  }

  remove(uid: string): void {
    this.#files.remove(this.#path(uid));
  }

  /** All records. One that cannot be read is set aside: its processes are found by their environment instead. */
  readAll(): readonly PodRecord[] {
    return this.#files
      .list(this.#dir)
      .filter((name) => name.endsWith('.json'))
      .flatMap((name) => {
        const path = join(this.#dir, name);
        const record = parse(this.#files.readText(path) ?? '');
        if (record !== undefined) return [record];
        this.#log(`the record ${path} is damaged; set aside`);
        this.#files.rename(path, `${path}.damaged`);
        return [];
      });
  }

  #path(uid: string): string {
    return join(this.#dir, `${uid}.json`);
  }
}

function parse(text: string): PodRecord | undefined {
  try {
    return Record.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
