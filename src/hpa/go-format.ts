/** Parts of Go's fmt that the controller's texts depend on. */

const FLAGS = '#0+- ';

const isDigit = (c: string): boolean => c !== '' && c >= '0' && c <= '9';

/** Reads one verb behind its "%" and says what Go prints for it when there is no argument. fmt/print.go doPrintf. */
class VerbReader {
  private readonly format: string;
  private at: number;
  private text = '';
  private badIndex = false;
  private afterIndex = false;

  constructor(format: string, at: number) {
    this.format = format;
    this.at = at;
  }

  /** What is printed, and where the text goes on. */
  read(): { readonly text: string; readonly next: number } {
    const { format } = this;
    while (this.at < format.length && FLAGS.includes(format.charAt(this.at))) this.at += 1;
    this.argumentNumber();
    this.size('%!(BADWIDTH)', true);
    if (format.charAt(this.at) === '.') {
      this.at += 1;
      if (this.afterIndex) this.badIndex = true;
      this.argumentNumber();
      this.size('%!(BADPREC)', false);
    }
    if (!this.afterIndex) this.argumentNumber();
    if (this.at >= format.length) return { text: `${this.text}%!(NOVERB)`, next: this.at };
    const verb = String.fromCodePoint(format.codePointAt(this.at) ?? 0);
    const shown = verb === '%' ? '%' : `%!${verb}(${this.badIndex ? 'BADINDEX' : 'MISSING'})`;
    return { text: this.text + shown, next: this.at + verb.length };
  }

  /** An explicit argument index "[n]"; without arguments each is bad. fmt/print.go argNumber, parseArgNumber. */
  private argumentNumber(): void {
    const { format, at } = this;
    this.afterIndex = false;
    if (format.charAt(at) !== '[') return;
    this.badIndex = true;
    const close = format.length - at < 3 ? -1 : format.indexOf(']', at + 1);
    this.at = close < 0 ? at + 1 : close + 1;
    const inner = close < 0 ? '' : format.slice(at + 1, close);
    this.afterIndex = /^[0-9]+$/.test(inner) && Number(inner) <= 1e6;
  }

  /** A width or a precision: "*" would be an argument, digits behind an index are an error for a width. */
  private size(starText: string, isWidth: boolean): void {
    const { format } = this;
    if (format.charAt(this.at) === '*') {
      this.at += 1;
      this.text += starText;
      this.afterIndex = false;
      return;
    }
    const start = this.at;
    while (isDigit(format.charAt(this.at))) this.at += 1;
    if (isWidth && this.afterIndex && this.at > start) this.badIndex = true;
  }
}

/**
 * fmt.Sprintf(text) without arguments: what happens to an error text that is used as a format ("100% of" → "100%!o(MISSING)f").
 * The controller did this up to 1.31.
 */
export function sprintfWithoutArguments(format: string): string {
  let out = '';
  let i = 0;
  for (;;) {
    const percent = format.indexOf('%', i);
    if (percent < 0) return out + format.slice(i);
    out += format.slice(i, percent);
    const verb = new VerbReader(format, percent + 1).read();
    out += verb.text;
    i = verb.next;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
};

function quoteRune(rune: string): string {
  const known = ESCAPES[rune];
  if (known !== undefined) return known;
  const code = rune.codePointAt(0) ?? 0;
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, '0')}`;
  // strconv.IsPrint: letters, marks, numbers, punctuation, symbols and the ASCII space.
  if (rune === ' ' || /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(rune)) return rune;
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** Go's %q of a string. */
export function quote(text: string): string {
  let out = '"';
  for (const rune of text) out += quoteRune(rune);
  return `${out}"`;
}

/** Go's %.1f of a float64 (decimal expansion of the exact value, halves to even). */
export function fixed1(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const text = value.toFixed(1);
  // toFixed takes the larger of two equally near results, Go the even one; only exact quarters can be that near.
  const tie = Number.isInteger(value * 4) && !Number.isInteger(value * 2) ? Math.abs(value * 10) % 1 === 0.5 : false;
  if (!tie) return text;
  const low = Math.floor(Math.abs(value) * 10);
  const even = low % 2 === 0 ? low : low + 1;
  return `${value < 0 ? '-' : ''}${Math.floor(even / 10)}.${even % 10}`;
}
