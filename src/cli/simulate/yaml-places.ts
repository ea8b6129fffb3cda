import { type Document, isMap, isNode, isPair, type LineCounter, type Node } from 'yaml';

/** Where things stand in a YAML text. */
export interface Places {
  /** `file:line:col` of a value, or of the nearest thing around it that is there. */
  of(path: readonly (string | number)[]): string;
  /** Offset of the same, to sort by. */
  offsetOf(path: readonly (string | number)[]): number;
  /** `file:line:col` of an offset. */
  at(offset: number): string;
}

/** Places in one document of a file. `base` is the path of the object that paths start from (the items of a List). */
export function placesIn(
  document: Document,
  lines: LineCounter,
  file: string,
  base: readonly (string | number)[] = [],
): Places {
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
  };
  const offsetOf = (path: readonly (string | number)[]) => startOf(document, [...base, ...path]);
  return { at, offsetOf, of: (path) => at(offsetOf(path)) };
}

function startOf(document: Document, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    const key = keyNode(document, path.slice(0, length));
    const start = key?.range?.[0] ?? (isNode(node) ? node.range?.[0] : undefined);
    if (start !== undefined) return start;
  }
  return document.contents?.range?.[0] ?? 0;
}

/** The key of a map entry: an unknown field is at its name, not at its value. */
function keyNode(document: Document, path: readonly (string | number)[]): Node | undefined {
  const last = path.at(-1);
  if (typeof last === 'number') return undefined;
  const parent: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(parent)) return undefined;
  const pair = parent.items.find((item) => isPair(item) && isNode(item.key) && String(item.key) === last);
  return pair !== undefined && isNode(pair.key) ? pair.key : undefined;
}

const MOST_FAULTS = 20;

/** What the YAML library found wrong with a document, each with its place; what follows from the first ones is only counted. */
export function yamlFaults({ errors, warnings }: Document, places: Places): readonly string[] {
  const faults = [...errors, ...warnings].map(({ pos, message }) => {
    // Without the place, which the library adds in its own notation, and without the excerpt.
    const text = (message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '');
    return `${places.at(pos[0])} ${/call stack/.test(text) ? 'nested too deeply' : text}`;
  });
  const more = faults.length - MOST_FAULTS;
  return more > 0 ? [...faults.slice(0, MOST_FAULTS), `and ${more} more of that kind`] : faults;
}
