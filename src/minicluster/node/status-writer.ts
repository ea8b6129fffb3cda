import type { Clock } from '../../contracts/clock.ts';
import type { KubeClient } from '../../contracts/kube-client.ts';
import { describe } from '../../errors/lab-error.ts';
import { isStatus } from '../../kube/client.ts';
import type { Pod } from './pod.ts';
import type { PodStatus } from './pod-status.ts';

/** Requests at a time: a storm of pods must not flood the API server. */
const PARALLEL = 4;
const RETRY_MS = { first: 250, most: 5_000 } as const;

interface Entry {
  readonly pod: Pod;
  compute: () => PodStatus;
  dirty: boolean;
  writing: boolean;
  last: string;
  failures: number;
  readonly waiting: ((outcome: 'written' | 'gone' | 'failed') => void)[];
}

export interface StatusWriterOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: (line: string) => void;
  /** Told of every status as written, for the conditions' times. */
  readonly onWritten: (uid: string, status: PodStatus) => void;
}

/** Reports pods' statuses: many changes of one pod become one request with the newest status. */
export class StatusWriter {
  readonly #options: StatusWriterOptions;
  readonly #entries = new Map<string, Entry>();
  #active = 0;

  constructor(options: StatusWriterOptions) {
    this.#options = options;
  }

  /** Says that a pod's status may have changed; `compute` is called when it is sent. */
  put(pod: Pod, compute: () => PodStatus): void {
    const uid = pod.metadata.uid ?? '';
    const known = this.#entries.get(uid);
    if (known !== undefined) {
      known.compute = compute;
      known.dirty = true;
    } else {
      this.#entries.set(uid, { pod, compute, dirty: true, writing: false, last: '', failures: 0, waiting: [] });
    }
    // Changes that belong together come in one turn of the event loop.
    setImmediateOnce(() => this.#pump(), this);
  }

  /** Resolves when the newest status is written, or the pod is gone, or the API refuses it for good. */
  flush(pod: Pod): Promise<'written' | 'gone' | 'failed'> {
    const entry = this.#entries.get(pod.metadata.uid ?? '');
    if (entry === undefined || !(entry.dirty || entry.writing)) return Promise.resolve('written');
    return new Promise((resolve) => entry.waiting.push(resolve));
  }

  /** Sends a status again although it did not change: somebody else has overwritten it. */
  repeat(pod: Pod, compute: () => PodStatus): void {
    const entry = this.#entries.get(pod.metadata.uid ?? '');
    if (entry !== undefined) entry.last = '';
    this.put(pod, compute);
  }

  forget(uid: string): void {
    const entry = this.#entries.get(uid);
    this.#entries.delete(uid);
    for (const tell of entry?.waiting ?? []) tell('gone');
  }

  #pump(): void {
    for (const [uid, entry] of this.#entries) {
      if (this.#active >= PARALLEL) return;
      if (!entry.dirty || entry.writing) continue;
      entry.writing = true;
      this.#active += 1;
      void this.#write(uid, entry).then((outcome) => {
        entry.writing = false;
        this.#active -= 1;
        if (outcome === 'gone') this.forget(uid);
        else if (!entry.dirty) for (const tell of entry.waiting.splice(0)) tell(outcome);
        this.#pump();
      });
    }
  }

  async #write(uid: string, entry: Entry): Promise<'written' | 'gone' | 'failed'> {
    const { client, clock, log, onWritten } = this.#options;
    entry.dirty = false;
    const status = entry.compute();
    const text = JSON.stringify(status);
    if (text === entry.last) return 'written';
    const { namespace = '', name } = entry.pod.metadata;
    const path = `/api/v1/namespaces/${namespace}/pods/${name}/status`;
    try {
      await client.patch(path, 'strategic', { metadata: { uid }, status });
      entry.last = text;
      entry.failures = 0;
      onWritten(uid, status);
      return 'written';
    } catch (error) {
      // 409: a new pod of this name. Both mean that the one reported is no more.
      if (isStatus(error, 404) || isStatus(error, 409)) return 'gone';
      log(`status of pod ${namespace}/${name}: ${describe(error)}`);
      // Only a status that the API calls invalid is given up; a 403 may come from a server that has just started.
      if (isStatus(error, 400) || isStatus(error, 422)) return 'failed';
      entry.dirty = true;
      entry.failures += 1;
      await clock.sleep(Math.min(RETRY_MS.first * 2 ** entry.failures, RETRY_MS.most));
      return 'failed';
    }
  }
}

const scheduled = new WeakSet<object>();

/** Runs once at the end of this turn of the event loop, however often it was asked for. */
function setImmediateOnce(run: () => void, key: object): void {
  if (scheduled.has(key)) return;
  scheduled.add(key);
  queueMicrotask(() => {
    scheduled.delete(key);
    run();
  });
}
