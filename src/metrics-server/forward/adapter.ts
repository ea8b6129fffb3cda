import { z } from 'zod';
import type { Clock } from '../../contracts/clock.ts';
import { describe, LabError } from '../../errors/lab-error.ts';
import { readQuantity } from '../../kube/quantity.ts';
import { HttpClient } from '../../sources/http-access.ts';
import type { ForwardConfig } from './config.ts';

const Failure = z.object({ kind: z.literal('Status'), message: z.string().default('') });

const Resources = z.object({ resources: z.array(z.object({ name: z.string() })) });
export const EXTERNAL_PATH = '/apis/external.metrics.k8s.io/v1beta1';
export const CUSTOM_PATH = '/apis/custom.metrics.k8s.io/v1beta2';

/** Another metrics adapter, asked in the words of the metrics APIs. */
export class Adapter {
  readonly config: ForwardConfig;
  readonly #http: HttpClient;
  readonly #clock: Clock;

  constructor(config: ForwardConfig, readFile: (path: string) => string | undefined, clock: Clock) {
    this.config = config;
    this.#http = new HttpClient(config, readFile);
    this.#clock = clock;
  }

  /** The items of its answer; undefined for a 404. Raises ML-METRIC-FORWARD with the other adapter's own words. */
  async items<T>(
    metric: string,
    path: string,
    query: Readonly<Record<string, string>>,
    item: z.ZodType<T>,
  ): Promise<readonly T[] | undefined> {
    const fail = (reason: string, cause?: unknown) =>
      new LabError(
        'ML-METRIC-FORWARD',
        { metric, url: this.#http.shown, reason },
        cause === undefined ? {} : { cause },
      );
    const used = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''));
    const answer = await this.#ask(path, used, fail);
    const json = parsed(answer.text);
    if (answer.status === 404) return undefined;
    const failure = Failure.safeParse(json);
    if (answer.status !== 200) {
      const said = failure.success ? failure.data.message : answer.text.trim().slice(0, 200);
      throw fail(`HTTP ${answer.status}: ${said}`);
    }
    const list = z.object({ items: z.array(item).nullish() }).safeParse(json);
    if (list.success) return list.data.items ?? [];
    throw fail(`its answer is no list of values: ${z.prettifyError(list.error).replaceAll('\n', '; ').slice(0, 200)}`);
  }

  /** Names of the resources in its discovery: metrics, or `pods/<metric>`. Raises ML-METRIC-FORWARD. */
  async resources(): Promise<readonly string[]> {
    const path = this.config.api === 'external' ? EXTERNAL_PATH : CUSTOM_PATH;
    const metric = this.config.metrics.join(', ');
    const fail = (reason: string, cause?: unknown) =>
      new LabError('ML-METRIC-FORWARD', { metric, url: this.#http.shown, reason }, { cause });
    const answer = await this.#ask(path, {}, fail);
    const list = Resources.safeParse(parsed(answer.text));
    if (answer.status !== 200 || !list.success) throw fail(`HTTP ${answer.status} and no list of resources`);
    return list.data.resources.map(({ name }) => name);
  }

  close(): void {
    this.#http.close();
  }

  async #ask(
    path: string,
    query: Readonly<Record<string, string>>,
    fail: (reason: string, cause?: unknown) => LabError,
  ): Promise<{ readonly status: number; readonly text: string }> {
    const { timeoutSeconds } = this.config;
    const finished = new AbortController();
    const late = new AbortController();
    this.#clock.sleep(timeoutSeconds * 1000, finished.signal).then(
      () => late.abort(),
      () => undefined, // it answered in time
    );
    try {
      return await this.#http.ask(path, query, late.signal);
    } catch (error) {
      if (late.signal.aborted) throw fail(`no answer within ${timeoutSeconds} s`);
      throw fail(describe(error), error);
    } finally {
      finished.abort();
    }
  }
}

/** The value of an item as it is passed on: a quantity, and a time. */
export const ForwardedValue: {
  readonly value: z.ZodType<string>;
  readonly timestamp: z.ZodType<number>;
} = {
  value: z.string().transform((text, context) => {
    const read = readQuantity(text);
    if ('quantity' in read) return read.quantity;
    context.addIssue({ code: 'custom', message: `${JSON.stringify(text.slice(0, 40))}: ${read.problem}` });
    return z.NEVER;
  }),
  timestamp: z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
