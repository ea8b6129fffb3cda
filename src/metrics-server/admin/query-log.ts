import { z } from 'zod';
import type { MetricReportValue, QueryReport } from '../../contracts/metrics-admin.ts';
import type { Answered } from '../api/handler.ts';
import type { PollState } from '../polling/poll.ts';
import { labelText, reportValues } from './report-values.ts';

/** The reading that an answer came from. */
export interface Reading {
  readonly source: string;
  readonly state: PollState;
}

interface Entry {
  readonly seen: Answered;
  readonly timeMs: number;
  readonly body: string | undefined;
  readonly reading: Reading | undefined;
}

/** Longer answers are not kept: the log has to stay small whatever is asked. */
const LONGEST_BODY = 8_192;
/** Readings of more series are not kept alive by the log. */
const MOST_SERIES = 100;

const Item = z.object({
  value: z.string(),
  metricLabels: z.record(z.string(), z.string()).optional(),
  describedObject: z.object({ name: z.string() }).optional(),
});
const List = z.object({ items: z.array(Item) });
const Status = z.object({ message: z.string() });

/** The last questions for metrics: a ring. Adding costs one object; what an answer holds is looked at when somebody asks. */
export class QueryLog {
  readonly #entries: Entry[] = [];
  readonly #size: number;
  #count = 0;

  constructor(size = 1000) {
    this.#size = size;
  }

  add(seen: Answered, timeMs: number, reading: Reading | undefined): void {
    const { body } = seen;
    const kept = typeof body === 'string' && body.length <= LONGEST_BODY ? body : undefined;
    const small = (reading?.state.samples?.length ?? 0) <= MOST_SERIES;
    this.#entries[this.#count % this.#size] = {
      seen: { ...seen, body: '' },
      timeMs,
      body: kept,
      reading: small ? reading : undefined,
    };
    this.#count += 1;
  }

  /** Those after a number, oldest first; `metric` undefined = of all. */
  after(number: number, metric: string | undefined): readonly QueryReport[] {
    const reports: QueryReport[] = [];
    for (let at = Math.max(number, this.#count - this.#size, 0); at < this.#count; at += 1) {
      const entry = this.#entries[at % this.#size];
      const report = entry === undefined ? undefined : reportOf(entry, at + 1);
      if (report !== undefined && (metric === undefined || report.metric === metric)) reports.push(report);
    }
    return reports;
  }
}

function reportOf({ seen, timeMs, body, reading }: Entry, number: number): QueryReport | undefined {
  const { target } = seen;
  if (target?.kind !== 'external' && target?.kind !== 'custom') return undefined;
  const { values, message } = answerOf(body);
  return {
    number,
    time: new Date(timeMs).toISOString(),
    user: seen.user ?? '',
    api: target.kind,
    metric: target.metric,
    namespace: target.namespace ?? null,
    object: target.kind === 'custom' ? `${target.resource}/${target.name}` : null,
    selector: selectorOf(seen.url),
    status: seen.status,
    ms: Math.round(seen.ms * 1000) / 1000,
    values,
    message,
    source: reading === undefined ? null : sourceOf(reading, timeMs),
    faulty: seen.faulty,
  };
}

function answerOf(body: string | undefined): Pick<QueryReport, 'values' | 'message'> {
  if (body === undefined) return { values: null, message: null };
  const json: unknown = JSON.parse(body);
  const list = List.safeParse(json);
  if (!list.success) return { values: null, message: Status.safeParse(json).data?.message ?? null };
  const values = list.data.items.map(
    ({ value, metricLabels = {}, describedObject }): MetricReportValue => ({
      of: describedObject?.name ?? labelText(metricLabels),
      value,
    }),
  );
  return { values, message: null };
}

function sourceOf({ source, state }: Reading, timeMs: number): QueryReport['source'] {
  const times = (state.samples ?? []).map(({ timestampMs }) => timestampMs);
  return {
    name: source,
    values: reportValues(state.samples ?? []),
    ageSeconds: times.length === 0 ? null : (timeMs - Math.max(...times)) / 1000,
    error: state.error?.message ?? null,
  };
}

function selectorOf(url: string): string {
  const question = url.indexOf('?');
  if (question < 0) return '';
  const query = new URLSearchParams(url.slice(question + 1));
  const parts = [query.get('labelSelector') ?? '', query.get('metricLabelSelector') ?? ''];
  return parts.filter((part) => part !== '').join('; metric: ');
}
