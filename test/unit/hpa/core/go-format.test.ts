import { describe, expect, it } from 'vitest';
import { fixed1, quote, sprintfWithoutArguments } from '../../../../src/hpa/go-format.ts';

describe('text used as a printf format', () => {
  // Each right-hand side is what Go 1.26 prints for fmt.Sprintf(left).
  it.each([
    ['plain', 'plain'],
    ['100% of limit, %d', '100%!o(MISSING)f limit, %!d(MISSING)'],
    ['100%', '100%!(NOVERB)'],
    ['50%% done', '50% done'],
    ['%5.2f', '%!f(MISSING)'],
    ['%*d', '%!(BADWIDTH)%!d(MISSING)'],
    ['%.*d', '%!(BADPREC)%!d(MISSING)'],
    ['%[1]d', '%!d(BADINDEX)'],
    ['%[x]d', '%!d(BADINDEX)'],
    ['%[d', '%!d(BADINDEX)'],
    ['%é', '%!é(MISSING)'],
    ['a %-+ 05z', 'a %!z(MISSING)'],
  ])('%j', (format, printed) => {
    expect(sprintfWithoutArguments(format)).toBe(printed);
  });
});

describe('Go formats', () => {
  it.each([
    ['plain', '"plain"'],
    ['a"b\\c\n', '"a\\"b\\\\c\\n"'],
    ['\x01é\u00a0', '"\\x01é\\u00a0"'],
  ])('quotes %j', (text, quoted) => {
    expect(quote(text)).toBe(quoted);
  });

  it.each([
    [10, '10.0'],
    [57.00000000000001, '57.0'],
    [0.25, '0.2'],
    [0.75, '0.8'],
    [-0.25, '-0.2'],
    [5e-5, '0.0'],
  ])('prints %d with one decimal as %s', (value, text) => {
    expect(fixed1(value)).toBe(text);
  });
});
