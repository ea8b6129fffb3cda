import type { Clock } from '../../contracts/clock.ts';
import { pause } from './node-ports.ts';
import type { SessionUse } from './process-use.ts';

export interface Usage {
  /** Over the window, billionths of a core. */
  readonly cpuNanoCores: number;
  readonly memoryBytes: number;
  /** CPU time since the process began, nanoseconds. */
  readonly cpuNanosTotal: number;
  /** Epoch ms of the window's end. */
  readonly at: number;
  readonly windowMs: number;
}

interface Sample {
  readonly at: number;
  readonly monotonic: number;
  readonly use: SessionUse;
}

const SAMPLE_MS = 10_000;
/** A shorter window says little at 10 ms per tick. */
const SHORTEST_MS = 5_000;

export interface UsageSamplerOptions {
  readonly clock: Clock;
  /** Key of a running process (with its start time, so that a restart begins anew) → pid of its session's leader. */
  readonly targets: () => ReadonlyMap<string, number>;
  readonly read: (leaders: ReadonlySet<number>) => ReadonlyMap<number, SessionUse>;
}

/** Measures what containers use, every 10 s. What has not run through a whole window has no usage yet, as in metrics-server. */
export class UsageSampler {
  readonly #options: UsageSamplerOptions;
  readonly #samples = new Map<string, { readonly before?: Sample; readonly last: Sample }>();

  constructor(options: UsageSamplerOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    do this.sample();
    while (await pause(this.#options.clock, SAMPLE_MS, signal));
  }

  sample(): void {
    const { clock, targets, read } = this.#options;
    const wanted = targets();
    const uses = read(new Set(wanted.values()));
    for (const key of this.#samples.keys()) if (!wanted.has(key)) this.#samples.delete(key);
    for (const [key, pid] of wanted) {
      const use = uses.get(pid);
      if (use === undefined) continue;
      const last = { at: clock.now(), monotonic: clock.monotonic(), use };
      const before = this.#samples.get(key)?.last;
      this.#samples.set(key, before === undefined ? { last } : { before, last });
    }
  }

  usage(key: string): Usage | undefined {
    const { before, last } = this.#samples.get(key) ?? {};
    if (before === undefined || last === undefined) return undefined;
    const windowMs = last.monotonic - before.monotonic;
    if (windowMs < SHORTEST_MS) return undefined;
    const cpuNanos = Math.max(0, last.use.cpuNanos - before.use.cpuNanos);
    return {
      cpuNanoCores: Math.round(cpuNanos / (windowMs / 1000)),
      memoryBytes: last.use.memoryBytes,
      cpuNanosTotal: last.use.cpuNanos,
      at: last.at,
      windowMs,
    };
  }
}
