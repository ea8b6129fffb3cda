import type { MetricSample } from '../../contracts/metric-source.ts';
import { describe, LabError } from '../../errors/lab-error.ts';
import type { PrometheusApi } from '../../sources/prometheus/api.ts';
import { querySource } from '../../sources/prometheus/query-source.ts';
import { Poll, type PollPorts } from '../polling/poll.ts';

/** A query that nobody asks for any more is dropped: four syncs of an HPA. */
const IDLE_MS = 60_000;
/** The one that was asked for longest ago is dropped beyond this. */
const MOST = 2_000;

export interface WarmQueryTimes {
  readonly pollSeconds: number;
  readonly timeoutSeconds: number;
  readonly maxAgeSeconds: number;
}

/**
 * Expressions that somebody asks for: the first question waits for Prometheus, later ones are answered from memory while the
 * expression is read again in the background. So a Prometheus that hangs costs one question, not each.
 */
export class WarmQueries {
  readonly #api: PrometheusApi;
  readonly #times: WarmQueryTimes;
  readonly #ports: PollPorts;
  readonly #polls = new Map<string, { readonly poll: Poll; lastUse: number }>();
  readonly #stopping = new Set<Promise<void>>();

  constructor(api: PrometheusApi, times: WarmQueryTimes, ports: PollPorts) {
    this.#api = api;
    this.#times = times;
    this.#ports = ports;
  }

  /** The series of an expression. Raises ML-METRIC-UNREAD and ML-METRIC-STALE, which name `metric`. */
  async read(metric: string, expression: string): Promise<readonly MetricSample[]> {
    const { clock } = this.#ports;
    const { state, first } = this.#use(expression);
    if (state().readAt === undefined) await first;
    const { samples, readAt, error } = state();
    const cause = error === undefined ? 'Prometheus has not answered yet' : describe(error);
    if (samples === undefined || readAt === undefined) throw new LabError('ML-METRIC-UNREAD', { metric, cause });
    const ageMs = clock.now() - readAt;
    const limit = this.#times.maxAgeSeconds;
    if (ageMs <= limit * 1000) return samples;
    throw new LabError('ML-METRIC-STALE', { metric, age: Math.round(ageMs / 1000), limit, cause });
  }

  async stop(): Promise<void> {
    for (const expression of this.#polls.keys()) this.#drop(expression);
    await Promise.all(this.#stopping);
  }

  #use(expression: string) {
    const now = this.#ports.clock.monotonic();
    let entry = this.#polls.get(expression);
    if (entry === undefined) {
      this.#makeRoom(now);
      entry = { poll: this.#start(expression), lastUse: now };
    } else this.#polls.delete(expression); // put back behind the others
    entry.lastUse = now;
    this.#polls.set(expression, entry);
    const { poll } = entry;
    return { state: () => poll.state, first: poll.first };
  }

  #start(expression: string): Poll {
    const { pollSeconds, timeoutSeconds } = this.#times;
    const { clock } = this.#ports;
    const source = querySource({ api: this.#api, clock, query: expression, labels: {}, fallback: undefined });
    return new Poll(source, { everyMs: pollSeconds * 1000, timeoutMs: timeoutSeconds * 1000 }, this.#ports);
  }

  #makeRoom(now: number): void {
    for (const [expression, { lastUse }] of this.#polls) {
      if (now - lastUse < IDLE_MS && this.#polls.size < MOST) return; // the others were used later
      this.#drop(expression);
    }
  }

  #drop(expression: string): void {
    const stopping = this.#polls
      .get(expression)
      ?.poll.stop()
      .finally(() => this.#stopping.delete(stopped));
    const stopped = Promise.resolve(stopping);
    this.#stopping.add(stopped);
    this.#polls.delete(expression);
  }
}
