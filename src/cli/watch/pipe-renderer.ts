import type { MetricSummary } from '../../kube/hpa.ts';
import type { OutStream } from '../streams.ts';
import { observedDecision, plainSelectors } from './decision.ts';
import { linesFor, type WatchLine } from './lines.ts';
import { plainQuantity } from './quantity-number.ts';
import type { WatchEnd, WatchRenderer } from './renderer.ts';
import { stamp, wallClock } from './times.ts';

export interface PipeOptions {
  readonly stdout: OutStream;
  readonly stderr: OutStream;
  /** `json`: one object per line. */
  readonly format: 'text' | 'json';
  readonly utc: boolean;
  /** Neither header nor notes. */
  readonly quiet: boolean;
}

/** One line per change on stdout, written at once; the header, once, and notes on stderr. A reader that goes away ends the watch quietly. */
export function pipeRenderer({ stdout, stderr, format, utc, quiet }: PipeOptions): WatchRenderer {
  const { promise: ended, resolve: end, reject: fail } = Promise.withResolvers<WatchEnd>();
  const onError = (error: NodeJS.ErrnoException) => (error.code === 'EPIPE' ? end('quit') : fail(error));
  stdout.on('error', onError);
  const text = textLines(utc);
  let begun = false;
  return {
    show: (previous, next) => {
      const lines = linesFor(previous, next, observedDecision);
      if (lines.length > 0 && !begun) {
        begun = true;
        const header = text.header(lines);
        if (!quiet && format === 'text') stderr.write(`${header}\n`);
      }
      for (const line of lines) stdout.write(`${format === 'json' ? JSON.stringify(line) : text.line(line)}\n`);
    },
    note: (message) => {
      if (!quiet) stderr.write(`${message}\n`);
    },
    // The listener stays: an EPIPE of the last lines may come later than this.
    close: () => new Promise((resolve) => stdout.write('', () => resolve())),
    ended,
  };
}

interface TextLines {
  /** The header, and from now on columns as wide as these lines need. */
  header(lines: readonly WatchLine[]): string;
  line(line: WatchLine): string;
}

function textLines(utc: boolean): TextLines {
  const names = ['TIME', 'HPA', 'METRIC', 'TARGET', 'CURRENT', 'DESIRED', 'READY', 'REASON'];
  let widths = names.map((name) => name.length);
  const row = (cells: readonly string[]) =>
    cells
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd();
  /** With room for the moments at which nothing is known. */
  const widest = (line: WatchLine) => {
    const unknown = line.metrics.map((metric) => ({ ...metric, current: null, artefact: '' }));
    const cells = cellsOf({ ...line, metrics: unknown, live: [] }, utc).map(({ length }) => length);
    return cellsOf(line, utc).map(({ length }, index) => Math.max(length, cells[index] ?? 0));
  };
  return {
    header: (lines) => {
      const needed = lines.map(widest);
      widths = names.map((name, index) =>
        index === names.length - 1 ? 0 : Math.max(name.length, ...needed.map((cells) => cells[index] ?? 0)),
      );
      return row(names);
    },
    line: (line) => row(cellsOf(line, utc)),
  };
}

function cellsOf(line: WatchLine, utc: boolean): string[] {
  return [
    stamp(Date.parse(line.time), utc),
    line.name,
    line.metrics.map((metric, index) => `${metric.name}=${liveText(line, metric, index)}`).join(',') || '<none>',
    line.metrics.map(targetText).join(',') || '<none>',
    String(line.current),
    String(line.desired),
    line.ready === null ? '-' : String(line.ready),
    reasonText(line, utc),
  ];
}

function liveText(line: WatchLine, metric: MetricSummary, index: number): string {
  const live = line.live[index];
  if (live !== undefined && 'value' in live) return plainQuantity(live.value);
  if (live !== undefined && 'failure' in live) return '<unknown>';
  return metric.current === null ? '<unknown>' : plainQuantity(metric.current);
}

/** As kubectl's TARGETS, without blanks; what is no value is not shown as one. */
function targetText({ current, artefact, target, targetType }: MetricSummary): string {
  const shown = current === null ? (artefact === undefined ? '<unknown>' : '<undefined>') : plainQuantity(current);
  return `${shown}/${plainQuantity(target)}${targetType === 'AverageValue' ? '(avg)' : ''}`;
}

/** The decision, then in brackets why a value is missing, where the decision does not say so itself. */
function reasonText(line: WatchLine, utc: boolean): string {
  const remarks = line.metrics.flatMap((metric, index) => {
    const live = line.live[index];
    const missing =
      live !== undefined && 'failure' in live ? [`${metric.name} now: ${plainSelectors(live.failure)}`] : [];
    if (metric.artefact !== undefined) return [`${metric.name} ${metric.raw}: ${metric.artefact}`, ...missing];
    const reason = metric.reason === undefined ? '' : plainSelectors(metric.reason);
    return reason === '' || line.reason.includes(reason) ? missing : [`${metric.name}: ${reason}`, ...missing];
  });
  const stale = line.staleSince === undefined ? '' : `STALE since ${wallClock(Date.parse(line.staleSince), utc)}; `;
  return `${stale}${line.reason}${remarks.map((remark) => ` [${remark.replaceAll(/\s+/g, ' ')}]`).join('')}`;
}
