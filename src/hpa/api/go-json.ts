// JSON as Go's encoding/json writes and reads it where JavaScript's differs.

/** A number of a document whose text JavaScript would not give back (`1e3`, `1.0`, `12345678901234567890`). */
export interface GoNumber {
  readonly goNumber: string;
}

export function isGoNumber(value: unknown): value is GoNumber {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 1 && 'goNumber' in value;
}

/** The text of a JSON number; undefined when the value is none. */
export function goNumberText(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return isGoNumber(value) ? value.goNumber : undefined;
}

/** Parses JSON and keeps the text of numbers that matters to Go; undefined when it is no JSON. */
export function parseGoJson(text: string): unknown {
  try {
    return JSON.parse(text, keepNumbers) as unknown;
  } catch {
    return undefined;
  }
}

function keepNumbers(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  if (typeof value !== 'number' || source === undefined || String(value) === source) return value;
  return { goNumber: source } satisfies GoNumber;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/** json.Marshal of a plain value: keys as they stand, and `<`, `>`, `&` escaped for HTML. */
export function goJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => ESCAPES[character] ?? character);
}
