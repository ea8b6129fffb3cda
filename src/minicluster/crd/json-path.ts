/** One step of a printer column's JSONPath. */
type Step =
  | { readonly field: string }
  | { readonly index: number }
  | { readonly all: true }
  | { readonly where: string; readonly is: string };

const STEP =
  /\.([A-Za-z0-9_-]+)|\['([^']+)'\]|\[(\d+)\]|\[(\*)\]|\[\?\(@\.([A-Za-z0-9_.-]+)\s*==\s*["']([^"']*)["']\)\]/gy;

/** The first value at a path as CustomResourceDefinitions write it: `.spec.a`, `.x[0]`, `.c[?(@.type=="Ready")].status`. */
export function firstAt(value: unknown, path: string): unknown {
  return valuesAt([value], stepsOf(path))[0];
}

function stepsOf(path: string): readonly Step[] {
  return [...path.matchAll(STEP)].map(([, field, quoted, index, all, where, is]): Step => {
    if (index !== undefined) return { index: Number(index) };
    if (all !== undefined) return { all: true };
    if (where !== undefined) return { where, is: is ?? '' };
    return { field: field ?? quoted ?? '' };
  });
}

function valuesAt(values: readonly unknown[], steps: readonly Step[]): readonly unknown[] {
  const [step, ...rest] = steps;
  if (step === undefined) return values;
  const next = values.flatMap((value) => {
    if (Array.isArray(value)) {
      const items = value as readonly unknown[];
      if ('index' in step) return items.slice(step.index, step.index + 1);
      if ('all' in step) return items;
      if ('where' in step) return items.filter((item) => String(fieldOf(item, step.where)) === step.is);
      return [];
    }
    return 'field' in step ? [fieldOf(value, step.field)] : [];
  });
  return valuesAt(
    next.filter((value) => value !== undefined),
    rest,
  );
}

function fieldOf(value: unknown, path: string): unknown {
  let found = value;
  for (const name of path.split('.')) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = (found as Readonly<Record<string, unknown>>)[name];
  }
  return found;
}
