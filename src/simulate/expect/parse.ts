import { LabError } from '../../errors/lab-error.ts';
import { secondsOf } from '../durations.ts';
import {
  SERIES_FIELDS,
  SUMMARY_FIELDS,
  type SeriesField,
  type SummaryField,
  type Unit,
  WAIT_FUNCTIONS,
} from './fields.ts';

export type Operator = '<' | '<=' | '>' | '>=' | '==' | '!=';

const OPERATORS: Readonly<Record<Operator, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
};

interface Comparison {
  readonly text: string;
  readonly operator: Operator;
  readonly value: number;
  readonly unit: Unit;
}
/** Over the whole run. */
export type SummaryExpectation = Comparison & { readonly kind: 'summary'; readonly field: SummaryField };
/** The least, greatest or last value of a series. */
export type SeriesExpectation = Comparison & {
  readonly kind: 'series';
  readonly field: SeriesField;
  readonly pick: 'min' | 'max' | 'last';
};
/** True at some sync until `within` seconds after the start. */
export type WithinExpectation = Comparison & {
  readonly kind: 'within';
  readonly field: SeriesField;
  readonly within: number;
};
export type Expectation = SummaryExpectation | SeriesExpectation | WithinExpectation;

const SHAPE =
  /^\s*(?:([a-z]\w*|p\(\d+\))\s*\(\s*([a-z_]+)\s*\)|([a-z_]+))\s*(<=|>=|==|!=|<|>)\s*(\S+?)(?:\s+within\s+(\S+))?\s*$/i;

/** Whether a comparison holds. */
export function holds(operator: Operator, actual: number, value: number): boolean {
  return OPERATORS[operator](actual, value);
}

/**
 * Reads `p95(wait) < 30s`, `lost == 0`, `desired >= 5 within 60s`, `max(desired) <= 10`, or a bare series such as `desired == 0`,
 * which speaks of the last sync. Raises ML-SIM-EXPECT.
 */
export function parseExpectation(text: string): Expectation {
  const fail: Fail = (reason) => {
    throw new LabError('ML-SIM-EXPECT', { text, reason });
  };
  const match = SHAPE.exec(text);
  if (match === null)
    return fail('it has the form FIELD < VALUE, FUNCTION(FIELD) < VALUE or FIELD >= VALUE within DURATION');
  const [, rawFunction, inner, bare, operator = '', value = '', within] = match;
  const call = rawFunction?.toLowerCase().replace(/^p\((\d+)\)$/, 'p$1');
  const written: Written = { text: text.trim(), operator: operator as Operator, value };
  const name = inner ?? bare ?? '';
  const field = nameOf(name);
  const series = SERIES_FIELDS[field];
  if (within !== undefined) {
    if (series === undefined || call !== undefined)
      return fail(`\`within\` goes with ${Object.keys(SERIES_FIELDS).join(', ')}`);
    const seconds = secondsOf(within) ?? fail(`"${within}" is not a duration with its unit, such as 60s`);
    return { ...comparison(written, 'number', fail), kind: 'within', field: series, within: seconds };
  }
  if (series !== undefined) {
    if (call !== undefined && call !== 'min' && call !== 'max') return fail(`of ${field} there are min and max`);
    return { ...comparison(written, 'number', fail), kind: 'series', field: series, pick: call ?? 'last' };
  }
  const summary = field === 'wait' ? waitField(call, fail) : summaryField(field, name, call, fail);
  return { ...comparison(written, summary.unit, fail), kind: 'summary', field: summary };
}

type Fail = (reason: string) => never;

interface Written {
  readonly text: string;
  readonly operator: Operator;
  readonly value: string;
}

function comparison({ text, operator, value: raw }: Written, unit: Unit, fail: Fail): Comparison {
  const value = unit === 'seconds' ? secondsOf(raw) : plainNumber(raw);
  const what = unit === 'seconds' ? 'a duration with its unit, such as 30s' : 'a number';
  return { text, operator, unit, value: value ?? fail(`"${raw}" is not ${what}`) };
}

function waitField(call: string | undefined, fail: Fail): SummaryField {
  const functions = Object.keys(WAIT_FUNCTIONS).join(', ');
  return WAIT_FUNCTIONS[call ?? ''] ?? fail(`of waits there are ${functions}, for example p95(wait)`);
}

function summaryField(field: string, name: string, call: string | undefined, fail: Fail): SummaryField {
  const found = SUMMARY_FIELDS[field] ?? fail(`there is no field "${name}": ${FIELD_NAMES.join(', ')}`);
  return call === undefined ? found : fail(`${name} is one number: write it without ${call}()`);
}

const FIELD_NAMES: readonly string[] = ['wait', ...Object.keys(SERIES_FIELDS), ...Object.keys(SUMMARY_FIELDS)];

function nameOf(written: string): string {
  return written.toLowerCase().replaceAll('_', '');
}

function plainNumber(text: string): number | undefined {
  return /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}
