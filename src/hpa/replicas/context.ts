import type { Int64 } from '../go-numbers.ts';
import type { RecordInt64, Trace } from '../record.ts';
import type { Rules } from '../rules.ts';
import type { Tolerances } from './tolerance.ts';

/** What every calculation of a cycle shares. The caller may keep and refill one. */
export interface CalcContext {
  rules: Rules;
  tolerances: Tolerances;
  nowMs: number;
  /** --horizontal-pod-autoscaler-cpu-initialization-period. */
  cpuInitializationPeriodMs: number;
  /** --horizontal-pod-autoscaler-initial-readiness-delay. */
  initialReadinessDelayMs: number;
  /** Index and name of the metric that is being computed, for the record. */
  metric: number;
  metricName: string;
  trace: Trace;
}

/** Result of a calculation. The caller owns it, so that a decision allocates nothing. */
export interface Proposal {
  /** int32. Meaningless when there is an error, as the rest. */
  replicas: number;
  /** What the status shows: milli-units. */
  usage: Int64;
  /** Percent, for Utilization targets. */
  utilization: number;
  error: string | null;
}

export function newProposal(): Proposal {
  return { replicas: 0, usage: 0, utilization: 0, error: null };
}

export function failed(out: Proposal, error: string): void {
  out.replicas = 0;
  out.usage = 0;
  out.utilization = 0;
  out.error = error;
}

export function proposed(out: Proposal, replicas: number, usage: Int64, utilization: number): void {
  out.replicas = replicas;
  out.usage = usage;
  out.utilization = utilization;
  out.error = null;
}

/** A pod's value from a metrics API. */
export interface PodMetric {
  readonly value: Int64;
  readonly timestampMs: number;
  readonly windowMs: number;
}

/** Values by pod name. */
export type PodMetrics = ReadonlyMap<string, PodMetric>;

/** What the metrics client gave: a value, or its error. */
export type Answer<T> = { readonly ok: T } | { readonly error: string };

export function recordInt64(value: Int64): RecordInt64 {
  return typeof value === 'number' ? value : String(value);
}
