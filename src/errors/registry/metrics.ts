import type { ErrorEntry } from '../entry.ts';

export type MetricsErrorId = never;

/** Metrics server and sources. */
export const METRICS_ERRORS: Readonly<Record<MetricsErrorId, ErrorEntry>> = {};
