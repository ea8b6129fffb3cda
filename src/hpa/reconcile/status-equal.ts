import type { HpaStatus } from '../api/types.ts';
import { compare } from '../quantity/compare.ts';
import { parseQuantity } from '../quantity/parse.ts';
import { parseTime } from '../time.ts';

/** Quantities in a MetricValueStatus; everything else in a status compares as it is. */
const QUANTITIES: ReadonlySet<string> = new Set(['value', 'averageValue']);
const TIMES: ReadonlySet<string> = new Set(['lastScaleTime', 'lastTransitionTime']);

function sameQuantity(a: string, b: string): boolean {
  const left = parseQuantity(a);
  const right = parseQuantity(b);
  return typeof left !== 'string' && typeof right !== 'string' && compare(left, right) === 0;
}

/** An empty list or map, and a plain value's zero, are what is absent. */
function isNothing(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

function sameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (!sameField('', a[i], b[i])) return false;
  return true;
}

function sameField(key: string, a: unknown, b: unknown): boolean {
  if (a === b || (isNothing(a) && isNothing(b))) return true;
  if (typeof a === 'string' && typeof b === 'string') {
    if (QUANTITIES.has(key)) return sameQuantity(a, b);
    return TIMES.has(key) && parseTime(a) === parseTime(b);
  }
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) && Array.isArray(b)) return sameList(a, b);
  const left = a as Readonly<Record<string, unknown>>;
  const right = b as Readonly<Record<string, unknown>>;
  for (const name in left) if (!sameField(name, left[name], right[name])) return false;
  // What only the right one has.
  for (const name in right) if (!(name in left) && !isNothing(right[name])) return false;
  return true;
}

/**
 * Whether two statuses mean the same, so that nothing is written: quantities by value, times by instant, absent lists as empty
 * ones. Upstream: horizontal.go updateStatusIfNeeded (apiequality.Semantic.DeepEqual).
 */
export function statusesEqual(a: HpaStatus, b: HpaStatus): boolean {
  return sameField('', a, b);
}
