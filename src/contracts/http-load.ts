export interface HttpLoadRequest {
  readonly url: string;
  /** Whole; together, not per connection. */
  readonly requestsPerSecond: number;
  /** Whole seconds. */
  readonly seconds: number;
  readonly connections: number;
  /** Ends the load early; the result then says so. */
  readonly signal: AbortSignal;
  readonly onProgress: (seconds: number) => void;
}

/** What a load of HTTP requests came to, whole or ended early. */
export interface HttpLoadResult {
  readonly end: 'complete' | 'stopped' | 'gave-up';
  readonly seconds: number;
  readonly sent: number;
  readonly answered: number;
  /** Answers per second of the time that it took. */
  readonly answeredPerSecond: number;
  /** How often each HTTP status was answered. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Connections that failed or broke, time-outs included. */
  readonly errors: number;
  readonly timeouts: number;
  /** From the sending of a request to its whole answer, of all answers; null when there was none. */
  readonly latencyMs: {
    readonly mean: number;
    readonly p50: number;
    readonly p90: number;
    readonly p99: number;
    readonly max: number;
  } | null;
}

/** Sends HTTP GETs at a rate. Resolves whatever the answers are. */
export type HttpLoad = (request: HttpLoadRequest) => Promise<HttpLoadResult>;
