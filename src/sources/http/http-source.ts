import type { Clock } from '../../contracts/clock.ts';
import type { MetricSample, MetricSource } from '../../contracts/metric-source.ts';
import { LabError } from '../../errors/lab-error.ts';
import type { HttpClient } from '../http-access.ts';
import { found, type Location } from './location.ts';
import { foreignQuantity } from './reading.ts';

type Labels = Readonly<Record<string, string>>;

/** Where the values stand in the answer. */
export interface Places {
  /** One series per entry that stands there. */
  readonly items: Location;
  /** From an item on. */
  readonly value: Location;
  /** When an item was true, from it on; undefined: when it was read. */
  readonly timestamp: Location | undefined;
  /** Label → where its text stands, from an item on. An item without one of them is left out. */
  readonly labels: Readonly<Record<string, Location>>;
}

export interface HttpSourceOptions {
  readonly http: HttpClient;
  /** Below the client's URL, with the query. */
  readonly path: string;
  /** Undefined: the whole body is the value. */
  readonly places: Places | undefined;
  readonly labels: Labels;
  readonly clock: Clock;
}

/**
 * Values out of the answer of an HTTP endpoint. An item without a usable value is told as such and costs the others nothing; an
 * answer that is not 200, or not the JSON that was announced, is an error with the beginning of the answer in it.
 */
export function httpSource({ http, path, places, labels, clock }: HttpSourceOptions): MetricSource {
  const fault = (reason: string) => new LabError('ML-SOURCE-ANSWER', { url: http.shown, reason });
  return {
    name: `http:${http.shown}`,
    read: async (signal) => {
      const timestampMs = clock.now();
      const { status, text } = await http.ask(path, {}, signal);
      if (status !== 200) throw fault(`HTTP ${status}: ${beginning(text) || 'no text'}`);
      if (places === undefined) {
        const read = foreignQuantity(text);
        if ('problem' in read) throw fault(read.problem);
        return [{ labels, value: read.quantity, timestampMs }];
      }
      const document = parsed(text);
      if (document === undefined) throw fault(`it is not JSON: ${JSON.stringify(beginning(text))}`);
      return found(document, places.items).flatMap((item) => sampleOf(item, places, labels, timestampMs));
    },
    close: async () => http.close(),
  };
}

function sampleOf(item: unknown, places: Places, fixed: Labels, timestampMs: number): readonly MetricSample[] {
  const labels: Record<string, string> = {};
  for (const [name, place] of Object.entries(places.labels)) {
    const [text] = found(item, place);
    if (typeof text !== 'string' && typeof text !== 'number') return [];
    labels[name] = String(text);
  }
  const at = timestampOf(item, places, timestampMs);
  const common = { labels: { ...labels, ...fixed }, timestampMs: at ?? timestampMs };
  if (at === undefined) return [{ ...common, value: '', fault: 'its timestamp is not one of RFC 3339' }];
  const [value, ...others] = found(item, places.value);
  const read: ReturnType<typeof foreignQuantity> =
    others.length > 0 ? { problem: `there are ${others.length + 1} values in its place` } : foreignQuantity(value);
  return ['quantity' in read ? { ...common, value: read.quantity } : { ...common, value: '', fault: read.problem }];
}

/** Undefined when what stands there is no time. One that is to come counts as now: clocks differ, and no value is fresher than that. */
function timestampOf(item: unknown, { timestamp }: Places, now: number): number | undefined {
  if (timestamp === undefined) return now;
  const [text] = found(item, timestamp);
  const ms = typeof text === 'string' && RFC_3339.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? undefined : Math.min(ms, now);
}

const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/i;

function beginning(text: string): string {
  return text.trim().slice(0, 120);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
