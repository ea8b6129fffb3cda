/** Paths at which two plain values differ, with both values; empty when they are equal. Absent and undefined are the same. */
export function differences(expected: unknown, actual: unknown, path = ''): string[] {
  if (Object.is(expected, actual)) return [];
  if (Array.isArray(expected) && Array.isArray(actual)) return arrayDifferences(expected, actual, path);
  if (isPlain(expected) && isPlain(actual)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
    return [...keys].flatMap((key) => differences(expected[key], actual[key], `${path}.${key}`));
  }
  // 0 and -0 are one JSON number.
  if (expected === 0 && actual === 0) return [];
  return [`${path}: expected ${show(expected)}, got ${show(actual)}`];
}

function arrayDifferences(expected: readonly unknown[], actual: readonly unknown[], path: string): string[] {
  const length = Math.max(expected.length, actual.length);
  return Array.from({ length }, (_, i) => differences(expected[i], actual[i], `${path}[${i}]`)).flat();
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? `${v}n` : v));
}
