import { z } from 'zod';
import { LabError } from '../../errors/lab-error.ts';
import type { HttpAnswer, HttpClient } from '../http-access.ts';

export type SeriesLabels = Readonly<Record<string, string>>;

export interface PrometheusSample {
  /** `__name__` among them. */
  readonly labels: SeriesLabels;
  /** As Prometheus wrote it: `3`, `1e+06`, `NaN`, `+Inf`. */
  readonly value: string;
}

const Failed = z.object({ status: z.literal('error'), errorType: z.string().default(''), error: z.string() });
const Labels = z.record(z.string(), z.string());
const Sample = z.tuple([z.number(), z.string()]);
const Vector = z.object({
  resultType: z.literal('vector'),
  // A native histogram has no `value`.
  result: z.array(z.object({ metric: Labels, value: Sample.optional() })),
});
const Scalar = z.object({ resultType: z.literal('scalar'), result: Sample });
/** A range vector or a text: no metric. */
const Other = z.object({ resultType: z.enum(['matrix', 'string']) });
const Queried = z.object({
  status: z.literal('success'),
  data: z.discriminatedUnion('resultType', [Vector, Scalar, Other]),
});
const Series = z.object({ status: z.literal('success'), data: z.array(Labels) });

/** The HTTP API of a Prometheus, or of what speaks it. Every call raises ML-SOURCE-HTTP and ML-SOURCE-PROMETHEUS with the server's own words. */
export class PrometheusApi {
  readonly #http: HttpClient;

  constructor(http: HttpClient) {
    this.#http = http;
  }

  /** The value of an expression now: its series, or one series without labels for a number. */
  async query(expression: string, signal: AbortSignal): Promise<readonly PrometheusSample[]> {
    const answer = await this.#http.ask('/api/v1/query', { query: expression }, signal);
    const { data } = this.#parsed(Queried, answer);
    if (data.resultType === 'vector')
      return data.result.map(({ metric, value }) => ({ labels: metric, value: value?.[1] ?? 'a native histogram' }));
    if (data.resultType === 'scalar') return [{ labels: {}, value: data.result[1] }];
    throw this.#fault(`the expression gives a ${data.resultType}; a metric needs one value per series at one moment`);
  }

  /** Labels of the series that match a selector and had a sample since `fromMs`. */
  async series(selector: string, fromMs: number, signal: AbortSignal): Promise<readonly SeriesLabels[]> {
    const query = { 'match[]': selector, start: String(fromMs / 1000) };
    return this.#parsed(Series, await this.#http.ask('/api/v1/series', query, signal)).data;
  }

  close(): void {
    this.#http.close();
  }

  #parsed<T>(shape: z.ZodType<T>, { status, text }: HttpAnswer): T {
    const json = parsedJson(text);
    const failed = Failed.safeParse(json);
    if (failed.success) throw this.#fault(`${failed.data.errorType}: ${failed.data.error} (HTTP ${status})`);
    if (status !== 200) throw this.#fault(`HTTP ${status}: ${text.trim().slice(0, 200) || 'no text'}`);
    const parsed = shape.safeParse(json);
    if (parsed.success) return parsed.data;
    throw this.#fault(`its answer is not that of a Prometheus: ${JSON.stringify(text.slice(0, 80))}`);
  }

  #fault(reason: string): LabError {
    return new LabError('ML-SOURCE-PROMETHEUS', { url: this.#http.shown, reason });
  }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
