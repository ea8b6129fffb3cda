/** Parts of Go's fmt that the controller's texts depend on. */

const FLAGS = '#0+- ';

interface ArgumentNumber {
  readonly next: number;
  readonly found: boolean;
  readonly bad: boolean;
}

const isDigit = (c: string | undefined): boolean => c !== undefined && c >= '0' && c <= '9';

/** Skips "[n]" (an explicit argument index): with no arguments every index is bad. fmt/print.go argNumber, parseArgNumber. */
function argumentNumber(format: string, at: number): ArgumentNumber {
  if (format[at] !== '[') return { next: at, found: false, bad: false };
  const close = format.length - at < 3 ? -1 : format.indexOf(']', at + 1);
  if (close < 0) return { next: at + 1, found: false, bad: true };
  const inner = format.slice(at + 1, close);
  return { next: close + 1, found: /^[0-9]+$/.test(inner) && Number(inner) <= 1e6, bad: true };
}

function skipDigits(format: string, at: number): number {
  let i = at;
  while (isDigit(format[i])) i += 1;
  return i;
}

/** One verb, `at` behind its "%": what Go prints for it without arguments, and where the text goes on. */
function verbWithoutArgument(format: string, at: number): { readonly text: string; readonly next: number } {
  let i = at;
  let text = '';
  while (i < format.length && FLAGS.includes(format.charAt(i))) i += 1;
  let index = argumentNumber(format, i);
  let bad = index.bad;
  let afterIndex = index.found;
  i = index.next;
  if (format[i] === '*') {
    i += 1;
    text += '%!(BADWIDTH)';
    afterIndex = false;
  } else {
    const end = skipDigits(format, i);
    if (afterIndex && end > i) bad = true;
    i = end;
  }
  if (format[i] === '.' && i + 1 <= format.length) {
    i += 1;
    if (afterIndex) bad = true;
    index = argumentNumber(format, i);
    bad ||= index.bad;
    afterIndex = index.found;
    i = index.next;
    if (format[i] === '*') {
      i += 1;
      text += '%!(BADPREC)';
      afterIndex = false;
    } else {
      i = skipDigits(format, i);
    }
  }
  if (!afterIndex) {
    index = argumentNumber(format, i);
    bad ||= index.bad;
    i = index.next;
  }
  if (i >= format.length) return { text: `${text}%!(NOVERB)`, next: i };
  const verb = String.fromCodePoint(format.codePointAt(i) ?? 0);
  const shown = verb === '%' ? '%' : `%!${verb}(${bad ? 'BADINDEX' : 'MISSING'})`;
  return { text: text + shown, next: i + verb.length };
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
    const verb = verbWithoutArgument(format, percent + 1);
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
