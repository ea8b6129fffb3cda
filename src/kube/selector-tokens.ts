/** A piece of a selector's text: a word (keys, values, `in`, `notin`), a symbol, or the end. */
export interface Token {
  readonly kind: 'word' | 'symbol' | 'end';
  readonly text: string;
}

/** Ends the parsing of a selector; never leaves `parseSelector`. */
export class ParseFault extends Error {
  override readonly name = 'ParseFault';
  readonly text: string;

  constructor(text: string) {
    super(text);
    this.text = text;
  }
}

const PIECE = /[ \t\r\n]+|==|!=|[=!(),<>]|[^=!(),<> \t\r\n]+/g;
const SYMBOL = /^[=!(),<>]/;

/** The tokens of a selector in order, the end included (selector.go Lexer). */
export function tokens(text: string): readonly Token[] {
  const found: Token[] = [];
  for (const [piece] of text.matchAll(PIECE)) {
    if (/^[ \t\r\n]/.test(piece)) continue;
    found.push({ kind: SYMBOL.test(piece) ? 'symbol' : 'word', text: piece });
  }
  return [...found, { kind: 'end', text: '' }];
}
