import { z } from 'zod';
import type { Clock } from '../../contracts/clock.ts';
import type { ActiveFault, MetricFault } from '../../contracts/metrics-admin.ts';

const seconds = z.number().positive().max(86_400);
const FaultSchema: z.ZodType<MetricFault> = z
  .strictObject({
    delaySeconds: z.number().positive().max(600).exactOptional(),
    status: z.number().int().min(400).max(599).exactOptional(),
    empty: z.literal(true).exactOptional(),
    staleSeconds: seconds.exactOptional(),
    text: z.string().max(200).exactOptional(),
    flapSeconds: seconds.exactOptional(),
    forSeconds: seconds.exactOptional(),
  })
  .refine(({ forSeconds: _, ...fault }) => Object.keys(fault).length > 0, 'name at least one fault')
  .refine(
    ({ status, empty, staleSeconds, text }) =>
      [status, empty, staleSeconds, text].filter((one) => one !== undefined).length <= 1,
    'only one of status, empty, staleSeconds and text at a time',
  );

/** Faults on demand, by metric. They live as long as the process: whoever restarts the server gets it well. */
export class Faults {
  readonly #clock: Clock;
  readonly #active = new Map<string, { readonly fault: MetricFault; readonly sinceMs: number }>();
  static readonly maxFaults = 1000;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Undefined, or why it is not taken. */
  set(metric: string, foreign: unknown): string | undefined {
    const parsed = FaultSchema.safeParse(foreign);
    if (!parsed.success)
      return parsed.error.issues.map(({ path, message }) => [...path, message].join(': ')).join('; ');
    if (!this.#active.has(metric) && this.#active.size >= Faults.maxFaults)
      return `there are ${Faults.maxFaults} already`;
    this.#active.set(metric, { fault: parsed.data, sinceMs: this.#clock.now() });
    return undefined;
  }

  /** True when there was one. */
  clear(metric: string): boolean {
    return this.#active.delete(metric);
  }

  /** What the metric does at this moment; undefined = it is well. */
  now(metric: string): MetricFault | undefined {
    if (this.#active.size === 0) return undefined;
    const active = this.#active.get(metric);
    if (active === undefined) return undefined;
    const { flapSeconds, forSeconds = Number.POSITIVE_INFINITY, ...rest } = active.fault;
    const seconds = (this.#clock.now() - active.sinceMs) / 1000;
    if (seconds >= forSeconds) {
      this.#active.delete(metric);
      return undefined;
    }
    if (flapSeconds === undefined) return rest;
    const phase = Math.floor(seconds / flapSeconds);
    if (phase % 2 === 1) return undefined;
    return Object.keys(rest).length === 0 ? { status: 503 } : rest;
  }

  list(): readonly ActiveFault[] {
    for (const metric of this.#active.keys()) this.now(metric); // forgets what is over
    return [...this.#active].map(([metric, { fault, sinceMs }]) => ({
      metric,
      fault,
      since: new Date(sinceMs).toISOString(),
    }));
  }
}
