import type { Clock } from '../../contracts/clock.ts';
import type { MetricSample, MetricSource } from '../../contracts/metric-source.ts';
import { asLabError, LabError } from '../../errors/lab-error.ts';
import { readQuantity } from '../../kube/quantity.ts';

export interface PollPorts {
  readonly clock: Clock;
  /** 0 <= x < 1. */
  readonly random: () => number;
  /** Told of every change between working and failing, and of every new cause. */
  readonly onState: (source: string, error: LabError | undefined) => void;
}

export interface PollTimes {
  readonly everyMs: number;
  readonly timeoutMs: number;
}

/** What is known of a source at this moment. */
export interface PollState {
  /** The last good reading. */
  readonly samples: readonly MetricSample[] | undefined;
  /** When the last good reading began, in ms since the epoch. */
  readonly readAt: number | undefined;
  /** Why the last attempt failed; undefined when it succeeded. */
  readonly error: LabError | undefined;
  readonly reads: number;
  readonly failures: number;
  /** Failed attempts by the ID of their error. */
  readonly causes: ReadonlyMap<string, number>;
  /** Duration of the last finished attempt. */
  readonly lastMs: number;
  /** Epoch ms at which the last attempt ended; undefined before. */
  readonly endedAtMs: number | undefined;
}

/** A failing source is asked less often, but still within one sync of the HPA. */
const MAX_BACK_OFF_MS = 15_000;
const JITTER = 0.1;

/** Reads one source again and again in the background; never two readings at once. */
export class Poll {
  readonly name: string;
  readonly #source: MetricSource;
  readonly #ports: PollPorts;
  readonly #times: PollTimes;
  readonly #stopped = new AbortController();
  readonly #done: Promise<void>;
  readonly #first = Promise.withResolvers<void>();
  #state: PollState = {
    samples: undefined,
    readAt: undefined,
    error: undefined,
    reads: 0,
    failures: 0,
    causes: new Map(),
    lastMs: 0,
    endedAtMs: undefined,
  };
  #inRow = 0;

  constructor(source: MetricSource, times: PollTimes, ports: PollPorts) {
    this.name = source.name;
    this.#source = source;
    this.#times = times;
    this.#ports = ports;
    this.#done = this.#run();
  }

  /** Resolves when there is a first reading, or its failure is known. */
  get first(): Promise<void> {
    return this.#first.promise;
  }

  get state(): PollState {
    return this.#state;
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#first.resolve();
    await this.#done;
    await this.#source.close();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    const { clock, random } = this.#ports;
    while (!signal.aborted) {
      await this.#once();
      const pause = Math.min(this.#times.everyMs * 2 ** this.#inRow, Math.max(this.#times.everyMs, MAX_BACK_OFF_MS));
      const jitter = 1 + JITTER * (2 * random() - 1);
      await clock.sleep(pause * jitter, signal).catch(() => signal.aborted);
    }
  }

  async #once(): Promise<void> {
    const { clock } = this.#ports;
    const begun = clock.monotonic();
    const readAt = clock.now();
    try {
      const samples = (await this.#read()).map(checked);
      this.#inRow = 0;
      this.#finish({ samples, readAt, error: undefined }, begun);
    } catch (error) {
      if (this.#stopped.signal.aborted) return;
      this.#inRow = Math.min(this.#inRow + 1, 10);
      this.#finish({ ...this.#state, error: asLabError(error) }, begun);
    }
  }

  /** A reading that is given up is still waited for before the next one: one flight per source. */
  async #read(): Promise<readonly MetricSample[]> {
    const { timeoutMs } = this.#times;
    const finished = new AbortController();
    const limit = new AbortController();
    const flight = this.#source.read(AbortSignal.any([this.#stopped.signal, limit.signal]));
    const late = new LabError('ML-METRIC-SLOW-SOURCE', { source: this.name, seconds: timeoutMs / 1000 });
    const timer = this.#ports.clock.sleep(timeoutMs, finished.signal).then(
      () => {
        limit.abort(late);
        if (this.#state.error?.id !== late.id) this.#finish({ ...this.#state, error: late });
      },
      () => undefined, // the reading was quicker
    );
    try {
      return await orStopped(flight, this.#stopped.signal);
    } finally {
      finished.abort();
      await timer;
    }
  }

  #finish({ samples, readAt, error }: Pick<PollState, 'samples' | 'readAt' | 'error'>, begun?: number): void {
    const before = this.#state;
    this.#state = {
      samples,
      readAt,
      error,
      reads: before.reads + (error === undefined ? 1 : 0),
      failures: before.failures + (error === undefined ? 0 : 1),
      causes: error === undefined ? before.causes : counted(before.causes, error.id),
      endedAtMs: this.#ports.clock.now(),
      lastMs: begun === undefined ? before.lastMs : this.#ports.clock.monotonic() - begun,
    };
    this.#first.resolve();
    const changed = before.error?.message !== error?.message || before.reads + before.failures === 0;
    if (changed) this.#ports.onState(this.name, error);
  }
}

function counted(causes: ReadonlyMap<string, number>, id: string): ReadonlyMap<string, number> {
  return new Map(causes).set(id, (causes.get(id) ?? 0) + 1);
}

/** What a promise gives, unless the signal is first: a source that never answers must not keep anybody from stopping. */
async function orStopped<T>(flight: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([flight, stopped]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** A sample whose value is a quantity as the API prints it. Raises ML-METRIC-VALUE for anything else (NaN, Inf, text). */
function checked(sample: MetricSample): MetricSample {
  if (sample.fault !== undefined) return sample;
  const read = readQuantity(sample.value);
  if ('problem' in read)
    throw new LabError('ML-METRIC-VALUE', { value: sample.value.slice(0, 80), reason: read.problem });
  return { ...sample, value: read.quantity };
}
