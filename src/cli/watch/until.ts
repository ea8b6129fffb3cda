import { LabError } from '../../errors/lab-error.ts';
import { type HpaView, metricNumber } from './model.ts';

export const UNTIL_FIELDS = ['current', 'desired', 'ready', 'metric', 'min', 'max'] as const;
export type UntilField = (typeof UNTIL_FIELDS)[number];
const OPERATORS: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '>=': (left, right) => left >= right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '<': (left, right) => left < right,
};
const EXPRESSION = /^\s*([A-Za-z]+)\s*(==|!=|>=|<=|>|<)\s*([+-]?\d+(?:\.\d+)?)\s*$/;

/** A condition such as `desired==5`. */
export interface Until {
  readonly text: string;
  readonly field: UntilField;
  readonly operator: string;
  readonly value: number;
}

/** Raises ML-USAGE-UNTIL. */
export function parseUntil(text: string): Until {
  const fail = (reason: string) =>
    new LabError('ML-USAGE-UNTIL', { text, reason, fields: UNTIL_FIELDS.join(', '), operators: '== != >= <= > <' });
  const match = EXPRESSION.exec(text);
  if (match === null) throw fail('it is not <field><operator><number>');
  const [, name = '', operator = '', value = ''] = match;
  const field = UNTIL_FIELDS.find((known) => known === name);
  if (field === undefined) throw fail(`there is no field "${name}"`);
  return { text: text.trim(), field, operator, value: Number(value) };
}

/** What a field is now; undefined = unknown, which fulfils no condition, `!=` neither. */
export function fieldOf(view: HpaView, field: UntilField): number | undefined {
  if (field === 'metric') return metricNumber(view);
  if (field === 'ready') return view.ready;
  return view.summary[field];
}

/** Whether every HPA fulfils the condition (as kubectl wait with several objects); no HPA fulfils none. */
export function isMet(until: Until, hpas: readonly HpaView[]): boolean {
  const compare = OPERATORS[until.operator];
  return (
    hpas.length > 0 &&
    hpas.every((view) => {
      const value = fieldOf(view, until.field);
      return value !== undefined && compare?.(value, until.value) === true;
    })
  );
}

/** The values that a condition did not like, for messages: `consumer: current 1, desired 4, …`. */
export function presentValues(hpas: readonly HpaView[]): string {
  if (hpas.length === 0) return 'there is no HorizontalPodAutoscaler';
  return hpas
    .map(
      (view) =>
        `${view.summary.name}: ${UNTIL_FIELDS.map((field) => `${field} ${fieldOf(view, field) ?? 'unknown'}`).join(', ')}`,
    )
    .join('; ');
}
