/** A template that cannot be read or carried out; the text says why. */
export class TemplateFault extends Error {}

export type Token =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
  /** `.A.B` as names; `.` alone has none. */
  | { readonly kind: 'field'; readonly names: readonly string[] }
  /** `$x.A`: the variable `x` and names. */
  | { readonly kind: 'variable'; readonly name: string; readonly names: readonly string[] }
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'symbol'; readonly text: string };

const PATTERNS: readonly (readonly [RegExp, (match: RegExpExecArray) => Token | undefined])[] = [
  [/\s+/y, () => undefined],
  [/"(?:[^"\\\n]|\\.)*"/y, ([text]) => ({ kind: 'string', value: unquoted(text) })],
  [/`[^`]*`/y, ([text]) => ({ kind: 'string', value: text.slice(1, -1) })],
  [/[+-]?\d+(?:\.\d+)?/y, ([text]) => ({ kind: 'number', value: Number(text) })],
  [/\$(\w*)((?:\.\w+)*)/y, ([, name = '', path = '']) => ({ kind: 'variable', name, names: namesIn(path) })],
  [/\.\w+(?:\.\w+)*|\./y, ([text]) => ({ kind: 'field', names: namesIn(text) })],
  [/[A-Za-z_]\w*/y, ([text]) => ({ kind: 'word', text })],
  [/:=|[()|,=]/y, ([text]) => ({ kind: 'symbol', text })],
];

/** What stands between `<<` and `>>`. Raises TemplateFault. */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const [match, make] = matchAt(text, at);
    at += match[0].length;
    const token = make(match);
    if (token !== undefined) tokens.push(token);
  }
  return tokens;
}

function matchAt(text: string, at: number): [RegExpExecArray, (match: RegExpExecArray) => Token | undefined] {
  for (const [pattern, make] of PATTERNS) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) return [match, make];
  }
  throw new TemplateFault(`unexpected ${JSON.stringify(text.slice(at, at + 10))} in <<${text}>>`);
}

function namesIn(path: string): readonly string[] {
  return path.split('.').filter((name) => name !== '');
}

/** A quoted text of Go; the escapes that it shares with JSON. */
function unquoted(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) throw new TemplateFault(`${text} has an unknown escape`);
    throw error;
  }
}
