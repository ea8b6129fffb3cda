import type { Clock } from '../../contracts/clock.ts';
import { describe } from '../../errors/lab-error.ts';
import { type PodReport, REPORT_EVERY_MS } from '../monitoring/rates.ts';

export interface ReporterOptions {
  /** Of the monitoring backend. */
  readonly url: string;
  readonly key: string;
  readonly report: () => PodReport;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

const ANSWER_MS = 5_000;

/**
 * Tells the monitoring backend the pod's totals every second until told to stop, and once more then. A backend that is away costs
 * the pod nothing: totals lose nothing by a report that was missed. Trouble is logged when it begins and when it ends.
 */
export async function reportUntil(stop: AbortSignal, options: ReporterOptions): Promise<void> {
  const { clock, log } = options;
  let trouble: string | undefined;
  for (;;) {
    const last = stop.aborted;
    const now = await send(options);
    if (now !== undefined && trouble === undefined) log(`error: the monitoring backend cannot be told: ${now}`);
    if (now === undefined && trouble !== undefined) log('the monitoring backend answers again');
    trouble = now;
    if (last) return;
    await clock.sleep(REPORT_EVERY_MS, stop).catch(() => undefined);
  }
}

/** Undefined, or what went wrong. */
async function send({ url, key, report }: ReporterOptions): Promise<string | undefined> {
  try {
    const answer = await fetch(`${url}/api/v1/reports`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(report()),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const text = await answer.text();
    return answer.ok ? undefined : `HTTP ${answer.status}: ${text.slice(0, 200).trim()}`;
  } catch (error) {
    // fetch hides what happened ("fetch failed") in the cause.
    return describe(error instanceof Error && error.cause instanceof Error ? error.cause : error);
  }
}
