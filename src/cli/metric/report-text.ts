import type { MetricReportValue } from '../../contracts/metrics-admin.ts';

const SHOWN = 3;

/** `12` of one series, `foo=bar 42, foo=baz 43` of several; `none` of none. */
export function valuesText(values: readonly MetricReportValue[], total: number = values.length): string {
  const [first, ...others] = values;
  if (first === undefined) return 'none';
  if (others.length === 0) return first.value;
  const shown = values.slice(0, SHOWN).map(({ of, value }) => (of === '' ? value : `${of} ${value}`));
  return total > SHOWN ? `${shown.join(', ')} and ${total - SHOWN} more` : shown.join(', ');
}
