/** What JSON lets stand in a string and a terminal obeys: DEL, C1 controls, changes of the direction of text. */
const UNSAFE = /[\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/g;

/** JSON in which every control character is escaped, also those that JSON itself would let pass. */
export function safeJson(value: unknown, indent?: number): string {
  return escaped(JSON.stringify(value, undefined, indent));
}

/** YAML, likewise. */
export async function safeYaml(value: unknown): Promise<string> {
  const { stringify } = await import('yaml');
  const text = stringify(value, { lineWidth: 0 });
  if (text.search(UNSAFE) < 0) return text;
  // Escapes exist in double quotes only.
  return escaped(stringify(value, { lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'QUOTE_DOUBLE' }));
}

function escaped(text: string): string {
  return text.replaceAll(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
