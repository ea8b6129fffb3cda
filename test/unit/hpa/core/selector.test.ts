import { describe, expect, it } from 'vitest';
import { labelSelectorAsSelector, labelSelectorGoText } from '../../../../src/hpa/labels/label-selector.ts';
import { parseSelector } from '../../../../src/hpa/labels/parse.ts';
import { selectorMatches, selectorText } from '../../../../src/hpa/labels/requirement.ts';
import { rulesOf } from '../../../../src/hpa/index.ts';

const rules = (minor: number) => rulesOf({ minor, arch: 'amd64', gates: {} });

function parsed(text: string, minor = 36): string {
  const selector = parseSelector(text, rules(minor));
  return 'error' in selector ? selector.error : selectorText(selector.ok);
}

describe('a selector as text', () => {
  // What labels.Parse of apimachinery v0.36.3 says.
  it.each([
    ['app=web', 'app=web'],
    ['b in (y, x),a!=1,!c,d', 'a!=1,b in (x,y),!c,d'],
    ['a in ()', 'a in ()'],
    ['in in (in)', 'in in (in)'],
    ['a in (b', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['a,', "found '', expected: identifier after ','"],
    [',', "found ',', expected: !, identifier, or 'end of string'"],
    ['a=(b)', "unable to parse requirement: found '(', expected: identifier"],
  ])('%j', (text, result) => {
    expect(parsed(text)).toBe(result);
  });

  it('takes two commas for an empty value from 1.35 on', () => {
    expect(parsed('a in (b,,)')).toBe('a in (,b)');
    expect(parsed('a in (b,,)', 34)).toBe("unable to parse requirement: found ')', expected: ',', or identifier");
  });

  it('matches as the API does', () => {
    const selector = parseSelector('a=1,b notin (x),!c,d>3', rules(36));
    const matches = (labels: Record<string, string>): boolean =>
      'ok' in selector && selectorMatches(selector.ok, labels);
    expect(matches({ a: '1', d: '4' })).toBe(true);
    expect(matches({ a: '1', d: '3' })).toBe(false);
    expect(matches({ a: '1', d: '4', b: 'x' })).toBe(false);
    expect(matches({ a: '1', d: '4', c: '' })).toBe(false);
    expect(matches({ d: '4' })).toBe(false);
  });
});

describe('a LabelSelector', () => {
  const selector = {
    matchLabels: { z: '2', a: '1' },
    matchExpressions: [
      { key: 'env', operator: 'NotIn', values: ['dev', 'ci'] },
      { key: 'x', operator: 'Exists' },
      { key: 'y', operator: 'DoesNotExist' },
    ],
  };

  it('becomes a selector with sorted keys', () => {
    const result = labelSelectorAsSelector(selector, rules(36));
    expect('ok' in result && selectorText(result.ok)).toBe('a=1,env notin (ci,dev),x,!y,z=2');
  });

  it('selects nothing when absent, everything when empty', () => {
    const nothing = labelSelectorAsSelector(undefined, rules(36));
    const everything = labelSelectorAsSelector({}, rules(36));
    expect('ok' in nothing && selectorMatches(nothing.ok, { a: '1' })).toBe(false);
    expect('ok' in everything && selectorMatches(everything.ok, { a: '1' })).toBe(true);
  });

  it('prints as Go prints the pointer', () => {
    expect(labelSelectorGoText(undefined)).toBe('nil');
    expect(labelSelectorGoText(selector)).toBe(
      '&LabelSelector{MatchLabels:map[string]string{a: 1,z: 2,},MatchExpressions:[]LabelSelectorRequirement{' +
        'LabelSelectorRequirement{Key:env,Operator:NotIn,Values:[dev ci],},' +
        'LabelSelectorRequirement{Key:x,Operator:Exists,Values:[],},' +
        'LabelSelectorRequirement{Key:y,Operator:DoesNotExist,Values:[],},},}',
    );
  });

  it.each([
    [33, "values: Invalid value: []string(nil): for 'in', 'notin' operators, values set can't be empty"],
    [34, "values: Invalid value: null: for 'in', 'notin' operators, values set can't be empty"],
  ])('prints an empty value set as 1.%d does', (minor, error) => {
    const bad = { matchExpressions: [{ key: 'a', operator: 'In' }] };
    expect(labelSelectorAsSelector(bad, rules(minor))).toEqual({ error });
  });
});
