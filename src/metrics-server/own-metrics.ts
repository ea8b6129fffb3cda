import type { ActiveFault } from '../contracts/metrics-admin.ts';
import type { ConfigState } from './config-state.ts';
import type { Answered } from './api/handler.ts';
import type { Poll } from './polling/poll.ts';

export interface ProcessUse {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly heapBytes: number;
  /** Outside the heap: buffers, TLS. */
  readonly externalBytes: number;
  readonly startSeconds: number;
}

const BUCKETS_MS = [0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 1_000, 5_000] as const;

const MOST_ERROR_LINES = 10_000;

export interface OwnMetricsInput {
  /** Undefined leaves the process out. */
  readonly use?: ProcessUse;
  readonly polls?: readonly Poll[];
  /** Epoch ms, for the age of readings. */
  readonly now: number;
  readonly state?: ConfigState;
  readonly faults?: readonly ActiveFault[];
}

interface Histogram {
  readonly counts: number[];
  sum: number;
  count: number;
}

/** The server's own metrics in the text format of Prometheus. */
export class OwnMetrics {
  readonly #answers = new Map<string, number>();
  readonly #durations = new Map<string, Histogram>();
  readonly #errors = new Map<string, number>();

  seen({ target, status, ms, fault }: Answered): void {
    if (fault !== undefined) this.#failed(target, fault.id);
    const route = target?.kind ?? 'none';
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

  text({ use, polls = [], now, state, faults = [] }: OwnMetricsInput): string {
    const lines = [
      ...(use === undefined ? [] : processLines(use)),
      ...(state === undefined ? [] : configLines(state)),
      ...family('metrics_lab_requests_total', 'counter', 'Answered requests', [...this.#answers]),
      ...this.#durationLines(),
      ...family('metrics_lab_query_errors_total', 'counter', 'Queries without a value, by cause', [...this.#errors]),
      ...family(
        'metrics_lab_fault_active',
        'gauge',
        'Faults on demand',
        faults.map(({ metric }) => [`metric="${escaped(metric)}"`, 1]),
      ),
      ...pollLines(polls, now),
    ];
    return `${lines.join('\n')}\n`;
  }

  /** Only metrics that are configured can fail, so that nobody makes this grow by asking for others. */
  #failed(target: Answered['target'], cause: string): void {
    const metric = target?.kind === 'external' || target?.kind === 'custom' ? target.metric : '';
    const key = `metric="${escaped(metric)}",cause="${cause}"`;
    if (this.#errors.size < MOST_ERROR_LINES || this.#errors.has(key))
      this.#errors.set(key, (this.#errors.get(key) ?? 0) + 1);
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

function configLines(state: ConfigState): string[] {
  const name = 'metrics_lab_config_reloads_total';
  return [
    ...family(name, 'counter', 'Changed configurations', [
      ['result="taken"', state.taken],
      ['result="refused"', state.refused],
    ]),
    ...family('metrics_lab_config_current', 'gauge', 'Whether the configuration file is the one that is used', [
      ['', Number(state.report().error === null)],
    ]),
  ];
}

function processLines(use: ProcessUse): string[] {
  return [
    ...family('process_cpu_seconds_total', 'counter', 'CPU time of this process', [['', use.cpuSeconds]]),
    ...family('process_resident_memory_bytes', 'gauge', 'Memory of this process', [['', use.residentBytes]]),
    ...family('nodejs_heap_size_used_bytes', 'gauge', 'Heap in use', [['', use.heapBytes]]),
    ...family('nodejs_external_memory_bytes', 'gauge', 'Buffers and the like', [['', use.externalBytes]]),
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
      'Failed readings, by cause',
      polls.flatMap((poll) =>
        [...poll.state.causes].map(([cause, count]): [string, number] => [
          `source="${escaped(poll.name)}",cause="${cause}"`,
          count,
        ]),
      ),
    ),
    ...family(
      'metrics_lab_source_up',
      'gauge',
      'Whether the last reading succeeded',
      of((poll) => (poll.state.endedAtMs === undefined ? undefined : Number(poll.state.error === undefined))),
    ),
    ...family(
      'metrics_lab_source_poll_age_seconds',
      'gauge',
      'Since the last reading ended, well or not',
      of((poll) => (poll.state.endedAtMs === undefined ? undefined : (nowMs - poll.state.endedAtMs) / 1000)),
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
