import type { SimulationSummary } from '../summary.ts';
import type { TimelineEntry } from '../options.ts';

/** How a number is written and printed. */
export type Unit = 'seconds' | 'number';

/** A number of the summary. undefined: the run has none, because its metric came from a trace. null: it never happened. */
export interface SummaryField {
  readonly unit: Unit;
  readonly read: (summary: SimulationSummary) => number | null | undefined;
}

/** A number of every sync. */
export interface SeriesField {
  readonly read: (entry: TimelineEntry) => number | null;
}

const count = (read: SummaryField['read']): SummaryField => ({ unit: 'number', read });
const seconds = (read: SummaryField['read']): SummaryField => ({ unit: 'seconds', read });

/** By their name in lower case without `_`, so that `scale_ups` and `scaleUps` are the same. */
export const SUMMARY_FIELDS: Readonly<Record<string, SummaryField>> = {
  published: count(({ ledger }) => ledger?.published),
  processed: count(({ ledger }) => ledger?.processed),
  lost: count(({ ledger }) => ledger?.lost),
  redelivered: count(({ ledger }) => ledger?.redelivered),
  inflight: count(({ ledger }) => ledger?.inFlight),
  scaleups: count(({ scaleUps }) => scaleUps),
  scaledowns: count(({ scaleDowns }) => scaleDowns),
  flaps: count(({ flaps }) => flaps),
  metricerrors: count(({ metricErrors }) => metricErrors),
  replicaseconds: count(({ replicaSeconds }) => replicaSeconds),
  utilization: count(({ utilization }) => utilization ?? undefined),
  firstreaction: seconds(({ firstReactionSeconds }) => firstReactionSeconds),
  timeatmax: seconds(({ secondsAtMax }) => secondsAtMax),
};

export const WAIT_FUNCTIONS: Readonly<Record<string, SummaryField>> = {
  mean: seconds(({ wait }) => wait?.mean),
  avg: seconds(({ wait }) => wait?.mean),
  p50: seconds(({ wait }) => wait?.p50),
  p90: seconds(({ wait }) => wait?.p90),
  p95: seconds(({ wait }) => wait?.p95),
  p99: seconds(({ wait }) => wait?.p99),
  max: seconds(({ wait }) => wait?.max),
};

export const SERIES_FIELDS: Readonly<Record<string, SeriesField>> = {
  desired: { read: ({ desired }) => desired },
  current: { read: ({ current }) => current },
  ready: { read: ({ ready }) => ready },
  metric: { read: ({ metric }) => metric },
  waiting: { read: ({ waiting }) => waiting },
};
