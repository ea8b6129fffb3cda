import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../src/contracts/kube-client.ts';
import { ownedAfterApply, ownedAfterUpdate, type Writing } from '../../../../src/minicluster/apply/field-manager.ts';
import { withOwners } from '../../../../src/minicluster/apply/managed.ts';
import { ConflictError } from '../../../../src/minicluster/apply/updater.ts';
import { merge } from '../../../../src/minicluster/apply/merge.ts';
import { typeErrors } from '../../../../src/minicluster/apply/typed-check.ts';
import { configMap } from '../../../../src/minicluster/kinds/config-map.ts';
import type { Kind } from '../../../../src/minicluster/kinds/kind.ts';
import { keyed, list, set, struct, text } from '../../../../src/minicluster/schema/type.ts';

const [version] = configMap.versions;
if (version === undefined) throw new TypeError('config maps have a version');

const by = (manager: string, now = '2026-01-01T00:00:00Z'): Writing => ({
  kind: configMap as Kind,
  version,
  part: 'main',
  manager,
  now,
});
const map = (data: Readonly<Record<string, string>>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'c' },
  data,
});
const apply = (
  writing: Writing,
  live: KubeObject | undefined,
  data: Readonly<Record<string, string>>,
  force = false,
) => {
  const { object, owners } = ownedAfterApply(writing, live, map(data), force);
  return withOwners((object ?? live) as KubeObject, owners);
};
const ownersOf = ({ metadata }: KubeObject) =>
  ((metadata['managedFields'] ?? []) as readonly Readonly<Record<string, unknown>>[]).map(
    ({ manager, operation, time, fieldsV1 }) => [manager, operation, time === undefined ? '' : 'timed', fieldsV1],
  );

describe('owners of fields', () => {
  it('an apply owns what it says; a field that it says no more and nobody else owns goes', () => {
    const made = apply(by('a'), undefined, { x: '1', y: '2' });
    expect(ownersOf(made)).toEqual([['a', 'Apply', 'timed', { 'f:data': { 'f:x': {}, 'f:y': {} } }]]);
    const shared = apply(by('b'), made, { y: '2' });
    // Who has changed nothing yet has no time, and so comes first.
    expect(ownersOf(shared)[0]).toEqual(['b', 'Apply', '', { 'f:data': { 'f:y': {} } }]);
    expect(apply(by('a'), shared, {})['data']).toEqual({ y: '2' });
  });

  it('a conflict names the owner and the field, and is no conflict with force or with the same value', () => {
    const made = apply(by('a'), undefined, { x: '1', y: '2' });
    expect(() => apply(by('b'), made, { x: '9' })).toThrow(ConflictError);
    expect(ownersOf(apply(by('b'), made, { x: '9' }, true))).toEqual([
      ['a', 'Apply', 'timed', { 'f:data': { 'f:y': {} } }],
      ['b', 'Apply', 'timed', { 'f:data': { 'f:x': {} } }],
    ]);
    expect(apply(by('b'), made, { x: '1' })['data']).toEqual({ x: '1', y: '2' });
  });

  it('an update takes over what it changes, and no more', () => {
    const made = ownedAfterUpdate(by('a'), undefined, map({ x: '1', y: '2' }));
    expect(ownersOf(made)).toEqual([['a', 'Update', 'timed', { 'f:data': { '.': {}, 'f:x': {}, 'f:y': {} } }]]);
    const next = { ...made, ...map({ x: '1', y: '3' }), metadata: made.metadata };
    expect(ownersOf(ownedAfterUpdate(by('b'), made, next))).toEqual([
      ['a', 'Update', 'timed', { 'f:data': { '.': {}, 'f:x': {} } }],
      ['b', 'Update', 'timed', { 'f:data': { 'f:y': {} } }],
    ]);
  });

  it('a write that changes nothing leaves the times', () => {
    const made = apply(by('a'), undefined, { x: '1' });
    expect(ownedAfterUpdate(by('b', '2026-02-02T00:00:00Z'), made, made)).toEqual(made);
  });

  it('are forgotten on request, until somebody applies again', () => {
    const made = apply(by('a'), undefined, { x: '1' });
    const cleared = ownedAfterUpdate(by('b'), made, { ...made, metadata: { name: 'c', managedFields: [{}] } });
    expect(ownersOf(cleared)).toEqual([]);
    expect(ownersOf(ownedAfterUpdate(by('b'), cleared, map({ x: '2' })))).toEqual([]);
    expect(ownersOf(apply(by('a'), cleared, { x: '2' }, true)).map(([manager]) => manager)).toEqual([
      'a',
      'before-first-apply',
    ]);
  });

  it('of more than ten updates the oldest become one', () => {
    const first = ownedAfterUpdate(by('u0'), undefined, map({ x: '0' }));
    const last = Array.from({ length: 14 }, (_, at) => at + 1).reduce((live, at) => {
      const time = `2026-01-01T00:00:${String(at).padStart(2, '0')}Z`;
      const data = { ...(live['data'] as Readonly<Record<string, string>>), [`k${at}`]: '1' };
      return ownedAfterUpdate(by(`u${at}`, time), live, { ...live, data });
    }, first);
    const managers = ownersOf(last).map(([manager]) => manager);
    expect(managers).toHaveLength(10);
    expect(managers).toContain('ancient-changes');
  });
});

describe('what is applied', () => {
  const item = struct('v1.Item', { name: text, value: text });
  const type = struct('v1.T', { keyed: keyed(item, 'name'), set: set(text), whole: list(text) });
  const names = (value: unknown) => (value as { keyed: readonly { name: string }[] }).keyed.map(({ name }) => name);
  const items = (...all: readonly string[]) => ({ keyed: all.map((name) => ({ name })) });

  it.each([
    [
      ['a', 'b', 'c'],
      ['c', 'a'],
      ['b', 'c', 'a'],
    ],
    [['a', 'b'], ['c'], ['a', 'b', 'c']],
    [
      ['a', 'b', 'c'],
      ['b', 'x', 'a'],
      ['b', 'x', 'a', 'c'],
    ],
    [[], ['b', 'a'], ['b', 'a']],
  ])('%j with %j is %j', (live, applied, merged) => {
    const result = merge(type, items(...live), items(...applied));
    expect(new Set(names(result))).toEqual(new Set(merged));
    const order = names(result).filter((name) => applied.includes(name));
    expect(order).toEqual(applied);
  });

  it('joins sets and replaces other lists', () => {
    expect(merge(type, { set: ['a', 'b'], whole: ['a'] }, { set: ['b', 'c'], whole: ['z'] })).toEqual({
      set: ['a', 'b', 'c'],
      whole: ['z'],
    });
  });

  it.each([
    [{ nope: 1 }, '.nope: field not declared in schema'],
    [{ whole: 'x' }, '.whole: expected list, got &{x}'],
    [{ whole: [1] }, '.whole[0]: expected string, got &value.valueUnstructured{Value:1}'],
    [{ set: ['a', 'a'] }, '.set: duplicate entries for key [="a"]'],
    [items('a', 'a'), '.keyed: duplicate entries for key [name="a"]'],
    [{ keyed: [null] }, '.keyed: element 0: associative list with keys may not have a null element'],
    [{ keyed: ['x'] }, '.keyed: element 0: associative list with keys may not have non-map elements'],
  ])('%j is refused: %s', (value, text_) => {
    expect(typeErrors(type, value, false)).toEqual([text_]);
  });
});
