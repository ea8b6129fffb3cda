/** Where a value stands in a JSON document: names and indexes from the top; null is every entry of an array or object. */
export type Location = readonly (string | number | null)[];

const STEP = /\.([A-Za-z_$][\w$-]*)|\[(?:(\d{1,9})|(\*)|'([^']*)'|"([^"]*)")\]/y;
const LONGEST = 64;

/**
 * Parses the part of JSONPath (RFC 9535) that names places: `$.data[0].value`, `$['net.http.request.count']`, `$.items[*]`. No
 * filters, no slices, no descendants: what a place means then never depends on the document. Undefined when it is none of these.
 */
export function parseLocation(text: string): Location | undefined {
  if (!text.startsWith('$')) return undefined;
  const steps: (string | number | null)[] = [];
  STEP.lastIndex = 1;
  while (STEP.lastIndex < text.length) {
    const step = STEP.exec(text);
    if (step === null || steps.length === LONGEST) return undefined;
    const [, name, index, every, single, double] = step;
    if (every !== undefined) steps.push(null);
    else if (index !== undefined) steps.push(Number(index));
    else steps.push(name ?? single ?? double ?? '');
  }
  return steps;
}

/** Everything that stands at a location, in the order of the document; nothing where it leads nowhere. */
export function found(document: unknown, location: Location): readonly unknown[] {
  let here: readonly unknown[] = [document];
  for (const step of location) here = here.flatMap((value) => below(value, step));
  return here;
}

function below(value: unknown, step: Location[number]): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  if (step === null) return Object.values(value);
  if (typeof step === 'number') return Array.isArray(value) && step < value.length ? [value[step]] : [];
  if (Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([name, entry]) => (name === step ? [entry] : []));
}
