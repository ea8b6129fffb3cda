/** What somebody wants a metric to do instead of answering as it is. At most one of status, empty, staleSeconds and text. */
export interface MetricFault {
  /** The answer is held back for so long; beside any other. */
  readonly delaySeconds?: number;
  /** HTTP status of the answer, with a Status as its body. */
  readonly status?: number;
  /** No series (of a named object: 404). */
  readonly empty?: true;
  /** The values as they are, with times that lie so far back. */
  readonly staleSeconds?: number;
  /** In the place of every value; need not be a quantity. */
  readonly text?: string;
  /** Faulty for so long, well for so long, and so on; alone: 503 while faulty. */
  readonly flapSeconds?: number;
  /** It ends by itself after so long. */
  readonly forSeconds?: number;
}

export interface ActiveFault {
  readonly metric: string;
  readonly fault: MetricFault;
  /** RFC 3339. */
  readonly since: string;
}

/** One metric as the metrics server knows it. */
export interface MetricReport {
  readonly api: 'external' | 'custom';
  readonly metric: string;
  /** Where it can be read: namespaces, `*` for all, or the object (`services/web in shop`). */
  readonly scope: string;
  /** Name of the polled source; null for what was written or configured. */
  readonly source: string | null;
  /** Series that there are; null when nothing was ever read. */
  readonly series: number | null;
  /** The first few of them. */
  readonly values: readonly MetricReportValue[];
  /** Seconds since the newest value was true; null without one. */
  readonly ageSeconds: number | null;
  /** Why the last reading failed. */
  readonly error: string | null;
}

export interface MetricReportValue {
  /** Labels as a selector, or the object. */
  readonly of: string;
  readonly value: string;
}

/** One answered question of the query log. */
export interface QueryReport {
  /** Grows by one with each question. */
  readonly number: number;
  /** RFC 3339 with milliseconds: when it was answered. */
  readonly time: string;
  readonly user: string;
  readonly api: 'external' | 'custom';
  readonly metric: string;
  readonly namespace: string | null;
  /** Of custom metrics: `services/web`, `pods/*`. */
  readonly object: string | null;
  /** As it was asked; empty = everything. */
  readonly selector: string;
  readonly status: number;
  readonly ms: number;
  /** What was answered; null when it was no list of values, or too long to be kept. */
  readonly values: readonly MetricReportValue[] | null;
  /** Message of an answer that is no list. */
  readonly message: string | null;
  /** The reading that the answer came from; null for what was written. */
  readonly source: {
    readonly name: string;
    readonly values: readonly MetricReportValue[];
    readonly ageSeconds: number | null;
    readonly error: string | null;
  } | null;
  /** A fault was active. */
  readonly faulty: boolean;
}

export interface MetricsServerReport {
  readonly metrics: readonly MetricReport[];
  readonly faults: readonly ActiveFault[];
  readonly config: {
    /** RFC 3339: of the configuration that is used. */
    readonly readAt: string;
    /** Why a newer one is not used; null when there is none. */
    readonly error: string | null;
  };
}

/** Path of the metrics server's own API, below which stand `report`, `queries` and `faults/<metric>`. */
export const ADMIN_PATH = '/metrics-lab/v1';
