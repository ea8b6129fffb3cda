export type TokenKind =
  | 'error'
  | 'end'
  | 'word'
  | ')'
  | ','
  | '!'
  | '=='
  | '='
  | '>'
  | 'in'
  | '<'
  | '!='
  | 'notin'
  | '(';

export interface ParsedToken {
  readonly kind: TokenKind;
  readonly text: string;
}

const SYMBOLS: ReadonlySet<string> = new Set([')', ',', '!', '==', '=', '>', '<', '!=', '(']);
const isSpecial = (c: string): boolean => '=!(),><'.includes(c);
const isBlank = (c: string): boolean => ' \t\r\n'.includes(c);

/** labels/selector.go scanSpecialSymbol: the longest symbol, or an error once nothing fits. */
function scanSymbol(text: string, start: number): { readonly token: ParsedToken; readonly next: number } {
  let i = start;
  let buffer = '';
  let found = '';
  while (i < text.length && isSpecial(text.charAt(i))) {
    buffer += text.charAt(i);
    if (SYMBOLS.has(buffer)) found = buffer;
    else if (found !== '') break;
    i += 1;
  }
  if (found === '') return { token: { kind: 'error', text: `error expected: keyword found '${buffer}'` }, next: i };
  return { token: { kind: found as TokenKind, text: found }, next: i };
}

/** Tokens of a selector's text, the last one of kind `end`. Upstream: labels/selector.go Lexer. */
export function scan(source: string): readonly ParsedToken[] {
  // The lexer takes a zero byte for the end.
  const zero = source.indexOf('\0');
  const text = zero < 0 ? source : source.slice(0, zero);
  const tokens: ParsedToken[] = [];
  let i = 0;
  for (;;) {
    while (i < text.length && isBlank(text.charAt(i))) i += 1;
    if (i >= text.length) return [...tokens, { kind: 'end', text: '' }];
    if (isSpecial(text.charAt(i))) {
      const symbol = scanSymbol(text, i);
      tokens.push(symbol.token);
      i = symbol.next;
      continue;
    }
    const start = i;
    while (i < text.length && !isSpecial(text.charAt(i)) && !isBlank(text.charAt(i))) i += 1;
    const word = text.slice(start, i);
    tokens.push({ kind: word === 'in' || word === 'notin' ? word : 'word', text: word });
  }
}
