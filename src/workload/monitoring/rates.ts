/** What a pod tells of itself: totals since it was started. */
export interface PodReport {
  readonly namespace: string;
  readonly pod: string;
  /** Services that it stands behind. */
  readonly services: readonly string[];
  /** Of this start of the pod's program: another one counts from zero again. */
  readonly instance: string;
  /** Metric → how often so far. */
  readonly counters: Readonly<Record<string, number>>;
}

export type Grouping = 'namespace' | 'pod' | 'service';
export const GROUPINGS: readonly Grouping[] = ['namespace', 'service', 'pod'];

export interface RateValue {
  readonly namespace: string;
  /** Of the pod or Service; of a namespace none. */
  readonly name?: string;
  /** Per second. */
  readonly value: number;
}

/** Pods report this often. */
export const REPORT_EVERY_MS = 1_000;
/** Rates look at this much time, */
export const WINDOW_MS = 5_000;
/** which ended this long ago: until then every living pod has reported what belongs to it. */
const LAG_MS = 2 * REPORT_EVERY_MS;
/** Without a report for this long a pod is gone. */
const SILENT_MS = 5 * REPORT_EVERY_MS;
/** The first reports only say where the counters stand. */
const WARM_UP_MS = REPORT_EVERY_MS + 500;
const SHORTEST_WINDOW_MS = 1_000;
const MAX_PODS = 10_000;

/** Requests that were counted between two reports. */
interface Span {
  readonly metric: string;
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

interface KnownPod {
  readonly report: PodReport;
  readonly at: number;
  readonly spans: readonly Span[];
}

/**
 * Rates out of the totals that pods report. All groups look at the same window, so that the rate of a Service is that of its
 * requests whichever pods took them, and however many these are: a rate per pod, added up, would be too high while pods come
 * and go. Times are milliseconds of any one clock.
 */
export class Rates {
  readonly #begin: number;
  readonly #pods = new Map<string, KnownPod>();
  #forgottenAt = 0;

  constructor(now: number) {
    this.#begin = now + WARM_UP_MS;
  }

  /** Takes a report; false when there are too many pods. */
  add(report: PodReport, now: number): boolean {
    this.#forget(now);
    const key = `${report.namespace}/${report.pod}`;
    const known = this.#pods.get(key);
    if (known === undefined && this.#pods.size >= MAX_PODS) return false;
    const kept = (known?.spans ?? []).filter(({ to }) => to > now - LAG_MS - WINDOW_MS);
    this.#pods.set(key, { report, at: now, spans: [...kept, ...newSpans(known, report, now)] });
    return true;
  }

  get metrics(): readonly string[] {
    return [...new Set([...this.#pods.values()].flatMap(({ report }) => Object.keys(report.counters)))].sort();
  }

  /** Per second, for every group with a living pod that counts this metric; undefined until enough time was looked at. */
  rates(
    metric: string,
    by: Grouping,
    now: number,
  ): { readonly at: number; readonly values: readonly RateValue[] } | undefined {
    const until = now - LAG_MS;
    const from = Math.max(until - WINDOW_MS, this.#begin);
    if (until - from < SHORTEST_WINDOW_MS) return undefined;
    this.#forget(now);
    const sums = new Map<string, { namespace: string; name: string | undefined; count: number; alive: boolean }>();
    for (const { report, at, spans } of this.#pods.values()) {
      if (report.counters[metric] === undefined) continue;
      const count = countWithin(spans, metric, from, until);
      for (const name of namesOf(report, by)) {
        const key = `${report.namespace}/${name ?? ''}`;
        const sum = sums.get(key) ?? { namespace: report.namespace, name, count: 0, alive: false };
        sums.set(key, { ...sum, count: sum.count + count, alive: sum.alive || at > now - SILENT_MS });
      }
    }
    const seconds = (until - from) / 1000;
    const values = [...sums.values()]
      .filter(({ alive }) => alive)
      .map(({ namespace, name, count }) => ({
        namespace,
        ...(name === undefined ? {} : { name }),
        value: count / seconds,
      }));
    return { at: until, values };
  }

  /** Pods that are gone count for as long as their requests are in the window. */
  #forget(now: number): void {
    if (now - this.#forgottenAt < REPORT_EVERY_MS) return;
    this.#forgottenAt = now;
    for (const [key, { at }] of this.#pods) if (at <= now - LAG_MS - WINDOW_MS - SILENT_MS) this.#pods.delete(key);
  }
}

/** What was counted since the report before. The first one of a pod only says where its counters stand. */
function newSpans(known: KnownPod | undefined, report: PodReport, now: number): readonly Span[] {
  if (known === undefined || now <= known.at) return [];
  const restarted = known.report.instance !== report.instance;
  return Object.entries(report.counters).flatMap(([metric, total]) => {
    const count = restarted ? total : total - (known.report.counters[metric] ?? 0);
    return count > 0 ? [{ metric, from: known.at, to: now, count }] : [];
  });
}

function countWithin(spans: readonly Span[], metric: string, from: number, until: number): number {
  let sum = 0;
  for (const span of spans) {
    if (span.metric !== metric) continue;
    const overlap = Math.min(span.to, until) - Math.max(span.from, from);
    if (overlap > 0) sum += (span.count * overlap) / (span.to - span.from);
  }
  return sum;
}

function namesOf({ pod, services }: PodReport, by: Grouping): readonly (string | undefined)[] {
  if (by === 'namespace') return [undefined];
  return by === 'pod' ? [pod] : services;
}
