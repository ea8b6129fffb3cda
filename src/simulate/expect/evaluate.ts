import type { TimelineEntry } from '../options.ts';
import type { SimulationSummary } from '../summary.ts';
import { type Expectation, holds, type SeriesExpectation, type WithinExpectation } from './parse.ts';

/** What became of one expectation. */
export interface ExpectationResult {
  readonly expectation: string;
  readonly passed: boolean;
  /** The number that was compared; null when there was none. */
  readonly actual: number | null;
  /** One line for people. */
  readonly detail: string;
}

interface SeriesState {
  seen: number | null;
  /** When a `within` came true. */
  at: number | null;
}

/** Follows a run and judges it. Memory does not grow with the run. */
export class Expectations {
  readonly #all: readonly Expectation[];
  readonly #states: readonly SeriesState[];

  constructor(all: readonly Expectation[]) {
    this.#all = all;
    this.#states = all.map(() => ({ seen: null, at: null }));
  }

  observe(entry: TimelineEntry): void {
    for (let at = 0; at < this.#all.length; at += 1) {
      const expectation = this.#all[at];
      const state = this.#states[at];
      if (expectation === undefined || state === undefined || expectation.kind === 'summary') continue;
      const value = expectation.field.read(entry);
      if (value === null) continue;
      if (expectation.kind === 'series') follow(expectation, state, value);
      else watch(expectation, state, value, entry.time);
    }
  }

  results(summary: SimulationSummary): readonly ExpectationResult[] {
    return this.#all.map((expectation, at) =>
      judge(expectation, this.#states[at] ?? { seen: null, at: null }, summary),
    );
  }
}

function follow({ pick }: SeriesExpectation, state: SeriesState, value: number): void {
  if (state.seen === null || pick === 'last') state.seen = value;
  else state.seen = pick === 'min' ? Math.min(state.seen, value) : Math.max(state.seen, value);
}

function watch(
  { within, operator, value: limit }: WithinExpectation,
  state: SeriesState,
  value: number,
  time: number,
): void {
  if (state.at !== null || time > within) return;
  state.seen = value;
  if (holds(operator, value, limit)) state.at = time;
}

function judge(expectation: Expectation, state: SeriesState, summary: SimulationSummary): ExpectationResult {
  const { text, operator, value, unit } = expectation;
  if (expectation.kind === 'within') {
    const detail =
      state.at === null
        ? `it was ${state.seen ?? 'unknown'} by then`
        : `it was ${state.seen} after ${shown(state.at, 'seconds')}`;
    return { expectation: text, passed: state.at !== null, actual: state.seen, detail };
  }
  const actual = expectation.kind === 'series' ? state.seen : expectation.field.read(summary);
  if (actual === undefined) {
    return {
      expectation: text,
      passed: false,
      actual: null,
      detail: 'the metric came from a trace, there is no queue to measure',
    };
  }
  if (actual === null) return { expectation: text, passed: false, actual, detail: 'it never happened' };
  return { expectation: text, passed: holds(operator, actual, value), actual, detail: `it was ${shown(actual, unit)}` };
}

function shown(value: number, unit: 'seconds' | 'number'): string {
  const rounded = Number(value.toPrecision(value >= 1000 ? 15 : 4));
  return unit === 'seconds' ? `${rounded}s` : String(rounded);
}
