/** The pieces of a quantity's text (quantity.go:parseQuantityString). */
export interface QuantityParts {
  readonly positive: boolean;
  /** Sign, digits and point as written. */
  readonly value: string;
  /** Digits before the point without leading zeros, '0' when none is left. */
  readonly num: string;
  /** Digits after the point. */
  readonly denom: string;
  readonly suffix: string;
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const skipDigits = (text: string, from: number): number => {
  let at = from;
  while (at < text.length && isDigit(text.charCodeAt(at))) at++;
  return at;
};
const SUFFIX_LETTERS = 'eEinumkKMGTP';

/** The pieces of `text`; undefined = upstream's ErrFormatWrong. Accepts what upstream accepts, e.g. `5.`, `.5`, `k`. */
export function scanQuantity(text: string): QuantityParts | undefined {
  const positive = text[0] !== '-';
  let at = text[0] === '-' || text[0] === '+' ? 1 : 0;
  while (text[at] === '0') at++;
  if (at >= text.length) return { positive, value: '0', num: '0', denom: '', suffix: '' };
  const numEnd = skipDigits(text, at);
  const num = text.slice(at, numEnd) || '0';
  at = numEnd;
  let denom = '';
  if (text[at] === '.') {
    const end = skipDigits(text, at + 1);
    denom = text.slice(at + 1, end);
    at = end;
  }
  const suffix = scanSuffix(text, at);
  return suffix === undefined ? undefined : { positive, value: text.slice(0, at), num, denom, suffix };
}

function scanSuffix(text: string, start: number): string | undefined {
  let at = start;
  while (at < text.length && SUFFIX_LETTERS.includes(text.charAt(at))) at++;
  if (at < text.length && (text[at] === '-' || text[at] === '+')) at++;
  return skipDigits(text, at) === text.length ? text.slice(start) : undefined;
}
