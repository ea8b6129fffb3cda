import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type ColorWhen, isCi, useColor } from '../../../src/cli/text/color.ts';
import { columns } from '../../../src/cli/text/columns.ts';
import { safeJson, safeYaml } from '../../../src/cli/text/json.ts';
import { escapeControls, paint, toTerminal } from '../../../src/cli/text/paint.ts';
import { visibleWidth, wrap } from '../../../src/cli/text/wrap.ts';
import { FakeOut } from '../../helpers/fake-streams.ts';

describe('colour', () => {
  it.each<[ColorWhen, Record<string, string>, boolean, boolean]>([
    ['auto', {}, true, true],
    ['auto', {}, false, false],
    ['auto', { TERM: 'dumb' }, true, false],
    ['auto', { NO_COLOR: '1' }, true, false],
    ['auto', { NO_COLOR: '' }, true, true],
    ['auto', { FORCE_COLOR: '1', NO_COLOR: '1', TERM: 'dumb' }, false, true],
    ['auto', { FORCE_COLOR: '0' }, true, false],
    ['auto', { CI: '1' }, false, false],
    ['always', { NO_COLOR: '1' }, false, true],
    ['never', { FORCE_COLOR: '1' }, true, false],
  ])('--color %s with %j on a terminal: %s', (when, env, isTTY, expected) => {
    expect(useColor(when, env, new FakeOut({ isTTY }))).toBe(expected);
  });

  it.each([
    [{}, false],
    [{ CI: '' }, false],
    [{ CI: 'false' }, false],
    [{ CI: 'true' }, true],
  ])('%j is CI: %s', (env, expected) => {
    expect(isCi(env)).toBe(expected);
  });
});

const CONTROL = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/;
const anyText = fc.string({ unit: 'binary' });

describe('foreign text', () => {
  it('shows control characters', () => {
    expect(escapeControls('a\u001B[2Jb\r\nc\rd\u009Be\u202Ef\tg')).toBe('a\\x1b[2Jb\nc\\x0dd\\x9be\\u202ef\tg');
  });

  it('never brings a control character to the terminal', () => {
    fc.assert(fc.property(anyText, (text) => !CONTROL.test(toTerminal(paint('red', text), false))));
  });

  it('brings only our colours there, when these are on', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const without = toTerminal(paint('bold', text), true).replaceAll(/\u001B\[\d+m/g, '');
        return !CONTROL.test(without);
      }),
    );
  });

  it('survives JSON and YAML, escaped', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        const [json, yaml] = [safeJson({ text }), await safeYaml({ text })];
        expect(JSON.parse(json)).toEqual({ text });
        expect(parse(yaml)).toEqual({ text });
        expect(json).not.toMatch(CONTROL);
        expect(yaml).not.toMatch(CONTROL);
      }),
    );
  });
});

describe('layout', () => {
  it('wraps at blanks and indents', () => {
    expect(wrap('  do  one two three four five six seven', 26, 6)).toBe(
      '  do  one two three four\n      five six seven',
    );
  });

  it('keeps every word, and short words within the width', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,10}$/), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(words, fc.integer({ min: 30, max: 100 }), (list, width) => {
        const lines = wrap(list.join(' '), width, 4).split('\n');
        expect(lines.join(' ').split(/\s+/)).toEqual(list);
        expect(lines.every((line) => visibleWidth(line) <= width)).toBe(true);
      }),
    );
  });

  it('aligns columns, painted or not, and keeps a record on its line', () => {
    const rows = [
      [paint('red', 'ab'), 'x\ny'],
      ['a', ''],
    ];
    expect(toTerminal(columns(['N', 'TEXT'], rows), false)).toBe('N   TEXT\nab  x y\na');
  });
});
