import type { MetricIdentifier, MetricStatus } from '../api/types.ts';
import type { Int64 } from '../go-numbers.ts';
import type { MetricAnswer } from '../metrics/answers.ts';
import type { PodView } from '../pods/pod.ts';
import { canonicalQuantity, milliText } from '../quantity/milli.ts';
import type { CalcContext } from '../replicas/context.ts';

/** What Go's controller dies with when it follows a nil quantity. */
export const NIL_POINTER = 'runtime error: invalid memory address or nil pointer dereference';

/** What one metric gave. `reason` null: it failed without an event and with an empty condition. */
export type MetricOutcome =
  | { readonly kind: 'value'; readonly replicas: number; readonly name: string; readonly status: MetricStatus }
  | { readonly kind: 'failed'; readonly reason: string | null; readonly event: string; readonly error: string }
  | { readonly kind: 'panic'; readonly text: string };

/** What a metric is computed from. */
export interface MetricInput {
  readonly ctx: CalcContext;
  readonly namespace: string;
  readonly specReplicas: number;
  readonly statusReplicas: number;
  readonly pods: readonly PodView[];
  readonly answer: MetricAnswer | undefined;
}

/** Stands for an answer that the caller did not give although the metric asks for it. */
export const UNANSWERED: { readonly error: string } = { error: 'the answer of this metrics API was not given' };

/** A status value as the API server stores it: printed by the controller, then read and printed again. */
export function statusText(milli: Int64, binary: boolean): string {
  // The decimal form of what is no giant is canonical already; a binary one without a suffix comes back as a decimal one.
  if (!binary && typeof milli === 'number') return milliText(milli, 'DecimalSI');
  return canonicalQuantity(milliText(milli, binary ? 'BinarySI' : 'DecimalSI'));
}

/** `event` is the text of the event and, behind a prefix, of the condition; `error` what the cycle returns of it. */
export function failure(reason: string, event: string, error: string): MetricOutcome {
  return { kind: 'failed', reason, event, error };
}

/** A metric's name and selector as the status repeats them. */
export const identifier = ({ name, selector }: MetricIdentifier): MetricIdentifier =>
  selector === undefined ? { name } : { name, selector };
