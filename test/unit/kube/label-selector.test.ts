import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSelector, type Selector } from '../../../src/kube/label-selector.ts';

function parsed(text: string): Selector {
  const selector = parseSelector(text);
  if (typeof selector === 'string') throw new Error(`${text}: ${selector}`);
  return selector;
}

describe('selectors', () => {
  it.each<[string, string, Record<string, string>[], Record<string, string>[]]>([
    ['', '', [{}, { a: 'b' }], []],
    ['a=b', 'a=b', [{ a: 'b' }], [{}, { a: 'c' }]],
    ['a==b', 'a==b', [{ a: 'b' }], [{ a: 'c' }]],
    [' a = b ', 'a=b', [{ a: 'b' }], [{ a: ' b' }]],
    ['a=', 'a=', [{ a: '' }], [{}, { a: 'b' }]],
    ['a!=b', 'a!=b', [{}, { a: 'c' }], [{ a: 'b' }]],
    ['a in (c,b,c)', 'a in (b,c)', [{ a: 'b' }], [{}, { a: 'd' }]],
    ['a in (,b)', 'a in (,b)', [{ a: '' }, { a: 'b' }], [{ a: 'c' }]],
    ['a in ()', 'a in ()', [{ a: '' }], [{}, { a: 'c' }]],
    ['a notin (b)', 'a notin (b)', [{}, { a: 'c' }], [{ a: 'b' }]],
    ['a', 'a', [{ a: '' }], [{}]],
    ['!a', '!a', [{}], [{ a: '' }]],
    ['a>5', 'a>5', [{ a: '6' }], [{}, { a: '5' }, { a: 'x' }]],
    ['a<-1', 'error', [], []],
    ['a<5', 'a<5', [{ a: '-6' }, { a: '4' }], [{ a: '5' }]],
    ['b=1,a=2', 'a=2,b=1', [{ a: '2', b: '1' }], [{ a: '2' }]],
    ['in in (in,notin)', 'in in (in,notin)', [{ in: 'in' }], [{}]],
    ['constructor', 'constructor', [{ constructor: 'x' }], [{}]],
    [
      'x in (foo,,baz),y,z notin ()',
      'x in (,baz,foo),y,z notin ()',
      [{ x: '', y: '', z: 'q' }],
      [{ x: '', y: '', z: '' }],
    ],
  ])('%j', (text, canonical, yes, no) => {
    if (canonical === 'error') {
      expect(parseSelector(text)).toBeTypeOf('string');
      return;
    }
    const selector = parsed(text);
    expect(selector.text).toBe(canonical);
    for (const labels of yes) expect(selector.matches(labels), JSON.stringify(labels)).toBe(true);
    for (const labels of no) expect(selector.matches(labels), JSON.stringify(labels)).toBe(false);
  });

  // Texts of k8s.io/apimachinery pkg/labels/selector.go.
  it.each([
    ['foo=bar,', "found '', expected: identifier after ','"],
    [',foo=bar', "found ',', expected: !, identifier, or 'end of string'"],
    ['foo===bar', "unable to parse requirement: found '=', expected: identifier"],
    ['foo in (bar', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['foo in bar', "unable to parse requirement: found 'bar' expected: '('"],
    ['foo in (=)', "unable to parse requirement: found '=', expected: ',', ')' or identifier"],
    ['foo in (a,=)', "unable to parse requirement: found '=', expected: ',', or identifier"],
    ['!foo=bar', "found '=', expected: ',' or 'end of string'"],
    ['!', "unable to parse requirement: found '', expected: identifier"],
    ['foo bar', "unable to parse requirement: found 'bar', expected: in, notin, =, ==, !=, gt, lt"],
    ['foo=bar!', "found '!', expected: ',' or 'end of string'"],
    [
      'foo>x',
      "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer",
    ],
    [
      'foo>9223372036854775808',
      "unable to parse requirement: values[0]: Invalid value: \"9223372036854775808\": for 'Gt', 'Lt' operators, the value must be an integer",
    ],
    [
      `foo=${'a'.repeat(64)}`,
      `unable to parse requirement: values[0][foo]: Invalid value: "${'a'.repeat(64)}": must be no more than 63 bytes`,
    ],
    [
      `${'k'.repeat(64)}=v`,
      `unable to parse requirement: <nil>: Invalid value: "${'k'.repeat(64)}": name part must be no more than 63 bytes`,
    ],
    [
      '-foo=bar',
      /^unable to parse requirement: <nil>: Invalid value: "-foo": name part must consist of alphanumeric characters, '-', '_' or '\.', .*\(e\.g\. 'MyName', {2}or 'my\.name', {2}or '123-abc', regex/,
    ],
    [
      'a/b/c=v',
      /a valid label key must consist of .* with an optional DNS subdomain prefix and '\/' \(e\.g\. 'example\.com\/MyName'\)$/,
    ],
    ['Lab.Example/zone=z', /prefix part a lowercase RFC 1123 subdomain must consist of/],
    ['/zone=z', /prefix part must be non-empty/],
    ['a in (-,=', /^unable to parse requirement: found '=', expected/],
    [
      'a in (-b,c-)',
      /^unable to parse requirement: \[values\[0\]\[a\]: Invalid value: "-b": .*, values\[1\]\[a\]: Invalid value: "c-"/,
    ],
  ])('refuses %j', (text, expected) => {
    const problem = parseSelector(text);
    if (typeof expected === 'string') expect(problem).toBe(expected);
    else expect(problem).toMatch(expected);
  });

  it('reads its own text again, with the same meaning', () => {
    const word = fc.stringMatching(/^[a-z0-9]([-a-z0-9_.]{0,5}[a-z0-9])?$/);
    const one = fc.oneof(
      fc.tuple(word, fc.constantFrom('=', '==', '!='), word).map((parts) => parts.join('')),
      fc
        .tuple(word, fc.constantFrom('in', 'notin'), fc.array(word, { minLength: 1 }))
        .map(([key, op, list]) => `${key} ${op} (${list.join(',')})`),
      word,
      word.map((key) => `!${key}`),
    );
    fc.assert(
      fc.property(fc.array(one, { maxLength: 4 }), fc.dictionary(word, word), (requirements, labels) => {
        const first = parsed(requirements.join(','));
        const second = parsed(first.text);
        expect(second.text).toBe(first.text);
        expect(second.matches(labels)).toBe(first.matches(labels));
      }),
    );
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const result = parseSelector(text);
        expect(typeof result === 'string' || typeof result.text === 'string').toBe(true);
      }),
    );
  });
});
