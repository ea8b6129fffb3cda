import { LabError } from '../../errors/lab-error.ts';
import { parseTraceTime } from './trace-time.ts';
import type { Trace } from './trace.ts';

const MOST_ROWS = 1_000_000;
const MOST_PROBLEMS = 20;
const LONGEST_SECONDS = 10 * 365 * 86_400;
/** The controller counts in thousandths in an int64. */
const LARGEST = { value: 9_000_000_000_000_000, rate: 1_000_000 } as const;
/** A first time beyond this (1973) is Unix time, not seconds from the start. */
const UNIX_TIME = 100_000_000;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

interface Cell {
  readonly text: string;
  /** From 1. */
  readonly column: number;
}

/** Collects problems as `file:line:column what`. */
class Problems {
  readonly #file: string;
  readonly #lines: string[] = [];
  #count = 0;

  constructor(file: string) {
    this.#file = file;
  }
  add(line: number, column: number, what: string): void {
    this.#count += 1;
    if (this.#lines.length < MOST_PROBLEMS) this.#lines.push(`${this.#file}:${line}:${column} ${what}`);
  }
  throwIfAny(): void {
    if (this.#count === 0) return;
    const more = this.#count > this.#lines.length ? [`and ${this.#count - this.#lines.length} more`] : [];
    throw new LabError('ML-SIM-TRACE', { file: this.#file, problems: [...this.#lines, ...more].join('\n') });
  }
}

/**
 * Reads a trace: a header with `time` and either `value` or `rate`, then rows in rising time. All problems at once, with
 * file:line:column. Raises ML-SIM-TRACE.
 */
export function parseTraceCsv(text: string, file: string): Trace {
  const problems = new Problems(file);
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  while (lines.at(-1)?.trim() === '') lines.pop();
  const header = readHeader(lines[0], problems);
  if (lines.length - 1 > MOST_ROWS) problems.add(MOST_ROWS + 2, 1, `more than ${MOST_ROWS} rows`);
  if (lines.length === 1) problems.add(1, 1, 'there is no row below the header');
  problems.throwIfAny();
  if (header === undefined) throw new LabError('ML-INTERNAL', { text: 'a trace without header passed' });

  const times: number[] = [];
  const numbers: number[] = [];
  let first: { readonly raw: number; readonly kind: 'seconds' | 'date' } | undefined;
  for (let at = 1; at < lines.length; at += 1) {
    const row = readRow(lines[at] ?? '', at + 1, header, problems);
    if (row === undefined) continue;
    first ??= { raw: row.time, kind: row.timeKind };
    if (row.timeKind !== first.kind) {
      problems.add(
        at + 1,
        row.timeColumn,
        `a ${row.timeKind === 'date' ? 'date' : 'number of seconds'} among times of the other kind`,
      );
      continue;
    }
    const zero = first.kind === 'date' || first.raw >= UNIX_TIME ? first.raw : 0;
    const time = row.time - zero;
    const problem = timeProblem(time, times.at(-1));
    if (problem !== undefined) problems.add(at + 1, row.timeColumn, problem);
    else {
      times.push(time);
      numbers.push(row.number);
    }
  }
  problems.throwIfAny();
  return { kind: header.kind, times, numbers };
}

function timeProblem(time: number, before: number | undefined): string | undefined {
  if (time > LONGEST_SECONDS) return 'more than ten years after the start';
  if (before === undefined || time > before) return undefined;
  return time === before ? 'the same time as the row before' : 'earlier than the row before';
}

interface Header {
  readonly kind: Trace['kind'];
  readonly time: number;
  readonly number: number;
  readonly cells: number;
}

function readHeader(line: string | undefined, problems: Problems): Header | undefined {
  if (line === undefined || line.trim() === '') {
    problems.add(1, 1, 'the file is empty');
    return undefined;
  }
  const cells = cellsOf(line);
  const names = cells.map(({ text }) => text.toLowerCase());
  const time = names.indexOf('time');
  const kinds = (['value', 'rate'] as const).filter((kind) => names.includes(kind));
  const [kind] = kinds;
  if (time < 0)
    problems.add(1, 1, `there is no column "time"${line.includes(';') ? ' (columns are separated by commas)' : ''}`);
  else if (kind === undefined) problems.add(1, 1, 'there is no column "value" or "rate"');
  else if (kinds.length > 1)
    problems.add(1, 1, 'there are both "value" and "rate": a trace is the metric or the arrivals, not both');
  else return { kind, time, number: names.indexOf(kind), cells: cells.length };
  return undefined;
}

function readRow(line: string, at: number, header: Header, problems: Problems) {
  if (line.trim() === '') {
    problems.add(at, 1, 'an empty line');
    return undefined;
  }
  const cells = cellsOf(line);
  if (cells.length !== header.cells) {
    problems.add(at, 1, `${cells.length} columns, but the header has ${header.cells}`);
    return undefined;
  }
  const timeCell = cells[header.time];
  const numberCell = cells[header.number];
  if (timeCell === undefined || numberCell === undefined) return undefined;
  const time = parseTraceTime(timeCell.text);
  if ('problem' in time) problems.add(at, timeCell.column, time.problem);
  const number = readNumber(numberCell, header.kind);
  if (typeof number === 'string') problems.add(at, numberCell.column, number);
  if ('problem' in time || typeof number === 'string') return undefined;
  return { time: time.seconds, timeKind: time.kind, timeColumn: timeCell.column, number };
}

/** The number of a cell, or what is wrong with it. */
function readNumber({ text }: Cell, kind: Trace['kind']): number | string {
  if (text === '') return `the ${kind} is missing`;
  if (!NUMBER.test(text)) return `"${text.slice(0, 40)}" is not a number`;
  const number = Number(text);
  if (number < 0) return `a ${kind} cannot be negative`;
  return number <= LARGEST[kind] ? number : `${text.slice(0, 40)} is too large: at most ${LARGEST[kind]}`;
}

/** The cells of a line; quotes around a cell are taken off (no cell of a trace holds a comma). */
function cellsOf(line: string): readonly Cell[] {
  let column = 1;
  return line.split(',').map((raw) => {
    const cell = {
      text: raw
        .trim()
        .replace(/^"(.*)"$/, '$1')
        .trim(),
      column: column + (raw.length - raw.trimStart().length),
    };
    column += raw.length + 1;
    return cell;
  });
}
