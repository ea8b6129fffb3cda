import type { Clock } from '../../contracts/clock.ts';

/** Repeats something while a consumer lives: signs of life, touching what is held. */
export class Keeper {
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #beat: (signal: AbortSignal) => Promise<void>;
  readonly #stopping = new AbortController();
  #loop: Promise<void> | undefined;

  constructor(clock: Clock, everyMs: number, beat: (signal: AbortSignal) => Promise<void>) {
    this.#clock = clock;
    this.#everyMs = everyMs;
    this.#beat = beat;
  }

  /** Does nothing when it runs already. */
  start(): void {
    this.#loop ??= this.#run(this.#stopping.signal);
  }

  /** Resolves, when the last beat has ended, to whether it ever ran. */
  async stop(): Promise<boolean> {
    this.#stopping.abort();
    await this.#loop;
    return this.#loop !== undefined;
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#clock.sleep(this.#everyMs, signal);
        await this.#beat(signal);
      } catch (error) {
        // Nobody waits for a beat. A fault that stays is raised by the next claim or ack on the same connection.
        if (signal.aborted) return;
        void error;
      }
    }
  }
}

/** Runs `job` for at most `ms`; its signal is aborted then, and what it raises after that is not an error. */
export async function within(clock: Clock, ms: number, job: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const limit = new AbortController();
  const finished = new AbortController();
  const timer = clock.sleep(ms, finished.signal).then(
    () => limit.abort(),
    () => undefined,
  );
  const work = job(limit.signal).catch((error: unknown) => {
    if (!limit.signal.aborted) throw error;
  });
  try {
    await Promise.race([work, timer]);
  } finally {
    finished.abort();
  }
}
