import type { Answered } from './api/handler.ts';
import type { Poll } from './polling/poll.ts';

export interface ProcessUse {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly startSeconds: number;
}

const BUCKETS_MS = [0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 1_000, 5_000] as const;

interface Histogram {
  readonly counts: number[];
  sum: number;
  count: number;
}

/** The server's own metrics in the text format of Prometheus. */
export class OwnMetrics {
  readonly #answers = new Map<string, number>();
  readonly #durations = new Map<string, Histogram>();

  seen({ route, status, ms }: Answered): void {
    const key = `route="${route}",code="${status}"`;
    this.#answers.set(key, (this.#answers.get(key) ?? 0) + 1);
    let histogram = this.#durations.get(route);
    if (histogram === undefined) {
      histogram = { counts: BUCKETS_MS.map(() => 0), sum: 0, count: 0 };
      this.#durations.set(route, histogram);
    }
    const index = BUCKETS_MS.findIndex((bound) => ms <= bound);
    if (index >= 0) histogram.counts[index] = (histogram.counts[index] ?? 0) + 1;
    histogram.sum += ms;
    histogram.count += 1;
  }

  /** `use`: undefined leaves the process out; `nowMs`: for the age of readings. */
  text(use: ProcessUse | undefined, polls: readonly Poll[], nowMs: number): string {
    const lines = [
      ...(use === undefined ? [] : processLines(use)),
      ...family('metrics_lab_requests_total', 'counter', 'Answered requests', [...this.#answers]),
      ...this.#durationLines(),
      ...pollLines(polls, nowMs),
    ];
    return `${lines.join('\n')}\n`;
  }

  #durationLines(): string[] {
    const name = 'metrics_lab_request_duration_seconds';
    const lines = head(name, 'histogram', 'Time from the headers to the answer');
    for (const [route, { counts, sum, count }] of this.#durations) {
      let below = 0;
      BUCKETS_MS.forEach((bound, index) => {
        below += counts[index] ?? 0;
        lines.push(`${name}_bucket{route="${route}",le="${bound / 1000}"} ${below}`);
      });
      lines.push(`${name}_bucket{route="${route}",le="+Inf"} ${count}`);
      lines.push(`${name}_sum{route="${route}"} ${sum / 1000}`, `${name}_count{route="${route}"} ${count}`);
    }
    return lines;
  }
}

function processLines(use: ProcessUse): string[] {
  return [
    ...family('process_cpu_seconds_total', 'counter', 'CPU time of this process', [['', use.cpuSeconds]]),
    ...family('process_resident_memory_bytes', 'gauge', 'Memory of this process', [['', use.residentBytes]]),
    ...family('process_start_time_seconds', 'gauge', 'When this process began', [['', use.startSeconds]]),
  ];
}

function pollLines(polls: readonly Poll[], nowMs: number): string[] {
  const of = (value: (poll: Poll) => number | undefined) =>
    polls.flatMap((poll): [string, number][] => {
      const number = value(poll);
      return number === undefined ? [] : [[`source="${escaped(poll.name)}"`, number]];
    });
  const age = (poll: Poll) => {
    const newest = Math.max(...(poll.state.samples ?? []).map((sample) => sample.timestampMs));
    return Number.isFinite(newest) ? (nowMs - newest) / 1000 : undefined;
  };
  return [
    ...family(
      'metrics_lab_source_reads_total',
      'counter',
      'Good readings',
      of((poll) => poll.state.reads),
    ),
    ...family(
      'metrics_lab_source_failures_total',
      'counter',
      'Failed readings',
      of((poll) => poll.state.failures),
    ),
    ...family(
      'metrics_lab_source_read_seconds',
      'gauge',
      'Duration of the last reading',
      of((poll) => poll.state.lastMs / 1000),
    ),
    ...family(
      'metrics_lab_source_series',
      'gauge',
      'Series of the last good reading',
      of((poll) => poll.state.samples?.length),
    ),
    ...family('metrics_lab_source_age_seconds', 'gauge', 'Age of the newest value', of(age)),
  ];
}

function family(name: string, type: string, help: string, values: readonly (readonly [string, number])[]): string[] {
  return [
    ...head(name, type, help),
    ...values.map(([labels, value]) => `${name}${labels === '' ? '' : `{${labels}}`} ${value}`),
  ];
}

function head(name: string, type: string, help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
