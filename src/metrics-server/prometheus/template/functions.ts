import { TemplateFault } from './tokens.ts';

export type Value = string | number | boolean | undefined | readonly Value[] | { readonly [key: string]: Value };

/** As `fmt.Print` shows it. */
export function printed(value: Value): string {
  if (value === undefined) return '<no value>';
  if (typeof value !== 'object') return String(value);
  if (isList(value)) return `[${value.map(printed).join(' ')}]`;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([key, one]) => `${key}:${printed(one)}`).join(' ')}]`;
}

/** Neither false, 0, empty nor nothing. */
export function isTrue(value: Value): boolean {
  if (typeof value !== 'object') return Boolean(value);
  return (isList(value) ? value : Object.keys(value)).length > 0;
}

const FUNCTIONS: Readonly<Record<string, (args: readonly Value[]) => Value>> = {
  and: (args) => args.find((one) => !isTrue(one)) ?? args.at(-1),
  or: (args) => args.find(isTrue) ?? args.at(-1),
  not: ([value]) => !isTrue(value),
  eq: ([first, ...others]) => others.includes(first),
  ne: ([a, b]) => a !== b,
  lt: ([a, b]) => compare(a, b) < 0,
  le: ([a, b]) => compare(a, b) <= 0,
  gt: ([a, b]) => compare(a, b) > 0,
  ge: ([a, b]) => compare(a, b) >= 0,
  len: ([value]) => lengthOf(value),
  index: ([value, ...keys]) => keys.reduce(indexed, value),
  slice: ([value, from, to]) => sliced(value, from, to),
  print: (args) => args.map(printed).join(''),
  println: (args) => `${args.map(printed).join(' ')}\n`,
  printf: ([format, ...args]) => formatted(printed(format), args),
};

/** Calls one of Go's template functions. Raises TemplateFault for one that there is not. */
export function callFunction(name: string, args: readonly Value[]): Value {
  const call = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (call === undefined)
    throw new TemplateFault(`there is no function ${name}; there are ${Object.keys(FUNCTIONS).join(', ')}`);
  return call(args);
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

function compare(a: Value, b: Value): number {
  if ((typeof a === 'number' && typeof b === 'number') || (typeof a === 'string' && typeof b === 'string'))
    return a < b ? -1 : a > b ? 1 : 0;
  throw new TemplateFault(`${printed(a)} and ${printed(b)} cannot be compared`);
}

function lengthOf(value: Value): number {
  if (typeof value === 'string' || isList(value)) return value.length;
  if (typeof value === 'object') return Object.keys(value).length;
  throw new TemplateFault(`${printed(value)} has no length`);
}

/** A key that a map has not gives the empty text, as in a Go map of strings. */
function indexed(value: Value, key: Value): Value {
  if (isList(value)) {
    if (typeof key === 'number' && key in value) return value[key];
    throw new TemplateFault(`index ${printed(key)} is out of range`);
  }
  if (typeof value !== 'object') throw new TemplateFault(`${printed(value)} cannot be indexed`);
  const name = printed(key);
  return Object.hasOwn(value, name) ? value[name] : '';
}

function sliced(value: Value, from: Value, to: Value): Value {
  if (typeof value !== 'string' && !isList(value)) throw new TemplateFault(`${printed(value)} cannot be sliced`);
  const bound = (one: Value, otherwise: number) => (typeof one === 'number' ? one : otherwise);
  return value.slice(bound(from, 0), bound(to, value.length));
}

function formatted(format: string, args: readonly Value[]): string {
  let next = 0;
  return format.replaceAll(/%(.)/g, (whole, verb: string) => {
    if (verb === '%') return '%';
    const value = args[next];
    next += 1;
    if (verb === 'q') return JSON.stringify(printed(value));
    if ('svd'.includes(verb)) return printed(value);
    throw new TemplateFault(`printf knows %s, %q, %d and %v, not ${whole}`);
  });
}
