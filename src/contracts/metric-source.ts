/** One value of a metric series, as a source read it. */
export interface MetricSample {
  readonly labels: Readonly<Record<string, string>>;
  /** A Kubernetes quantity in canonical text, e.g. `42`, `1500m`. */
  readonly value: string;
  /** Milliseconds since the epoch at which the value was true. */
  readonly timestampMs: number;
  /** Why this one series has no usable value (NaN, say) while the others have; `value` is then empty. */
  readonly fault?: string;
}

/** Where metric values come from. Polled in the background by the metrics server, never by a query. */
export interface MetricSource {
  /** Stable name for logs and metrics, e.g. `redis:jobs`. No secrets. */
  readonly name: string;
  /** All series of the metric now. Rejects with a LabError whose title is the cause in one sentence. */
  read(signal: AbortSignal): Promise<readonly MetricSample[]>;
  close(): Promise<void>;
}
