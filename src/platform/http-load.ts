import autocannon from 'autocannon';
import type { HttpLoadRequest, HttpLoadResult } from '../contracts/http-load.ts';

const TIMEOUT_SECONDS = 10;
/** It connects again at once when a connection fails, so a server that is away costs thousands of errors a second. */
const MOST_ERRORS = 5_000;

/**
 * Sends GETs at a rate with autocannon. Each connection has its share of the rate and one request under way: a server that answers
 * slowly is asked less, and the result shows it.
 */
export async function httpLoad(request: HttpLoadRequest): Promise<HttpLoadResult> {
  const { url, requestsPerSecond, seconds, connections, signal, onProgress } = request;
  const { promise, resolve, reject } = Promise.withResolvers<autocannon.Result>();
  const options = {
    url,
    connections,
    overallRate: requestsPerSecond,
    duration: seconds,
    timeout: TIMEOUT_SECONDS,
    bailout: MOST_ERRORS,
    // Its correction takes the share of a connection in requests per second for one in milliseconds, and so invents short latencies.
    ignoreCoordinatedOmission: true,
  };
  const load = autocannon(options, (error: unknown, result) => (error == null ? resolve(result) : reject(error)));
  const stop = () => load.stop?.();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  let ticks = 0;
  load.on('tick', () => {
    ticks += 1;
    if (ticks <= seconds) onProgress(ticks);
  });
  try {
    return resultOf(await promise, signal.aborted);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function resultOf(result: autocannon.Result, stopped: boolean): HttpLoadResult {
  const { requests, latency, duration, errors, timeouts, statusCodeStats = {} } = result;
  const statuses = Object.fromEntries(
    Object.entries(statusCodeStats).map(([status, { count = 0 }]) => [status, count]),
  );
  const answered = Object.values(statuses).reduce((sum, count) => sum + count, 0);
  return {
    end: stopped ? 'stopped' : errors >= MOST_ERRORS ? 'gave-up' : 'complete',
    seconds: duration,
    sent: requests.sent,
    answered,
    answeredPerSecond: duration > 0 ? Math.round((answered / duration) * 100) / 100 : 0,
    statuses,
    errors,
    timeouts,
    latencyMs:
      answered === 0
        ? null
        : { mean: latency.mean, p50: latency.p50, p90: latency.p90, p99: latency.p99, max: latency.max },
  };
}
