import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  difference,
  type FieldSet,
  fromFieldsV1,
  intersection,
  isEmpty,
  pathsOf,
  pathText,
  recursiveDifference,
  sameSet,
  setOf,
  toFieldsV1,
  union,
} from '../../../../src/minicluster/apply/field-set.ts';

const element = fc.constantFrom('f:a', 'f:b', 'k:{"name":"c"}', 'v:"x"');
const sets = fc.array(fc.array(element, { minLength: 1, maxLength: 3 }), { maxLength: 6 });
const set = (paths: readonly (readonly string[])[]): FieldSet => setOf(...paths);
const keys = (fields: FieldSet) => new Set(pathsOf(fields).map((path) => path.join(' ')));

describe('sets of fields', () => {
  it('are written as fieldsV1 and read again', () => {
    fc.assert(
      fc.property(sets, (paths) => {
        const fields = set(paths);
        const again = fromFieldsV1(JSON.parse(JSON.stringify(toFieldsV1(fields))));
        expect(again !== undefined && sameSet(fields, again)).toBe(true);
      }),
    );
  });

  it('are joined, cut and subtracted by their members', () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        const [left, right] = [set(a), set(b)];
        const [x, y] = [keys(left), keys(right)];
        expect(keys(union(left, right))).toEqual(new Set([...x, ...y]));
        expect(keys(intersection(left, right))).toEqual(new Set([...x].filter((path) => y.has(path))));
        expect(keys(difference(left, right))).toEqual(new Set([...x].filter((path) => !y.has(path))));
        expect(isEmpty(difference(left, left))).toBe(true);
      }),
    );
  });

  it('lose what is below a member too when asked for', () => {
    const fields = setOf(['f:status', 'f:replicas'], ['f:spec', 'f:a'], ['f:spec']);
    expect(toFieldsV1(recursiveDifference(fields, setOf(['f:status'])))).toEqual({ 'f:spec': { '.': {}, 'f:a': {} } });
  });

  it('refuse what is no fieldsV1', () => {
    for (const bad of [null, 7, [], { 'x:a': {} }, { 'f:a': 1 }]) expect(fromFieldsV1(bad)).toBeUndefined();
  });

  it('name paths as upstream does', () => {
    expect(pathText(['f:spec', 'f:ports', 'k:{"port":80,"protocol":"TCP"}', 'f:name'])).toBe(
      '.spec.ports[port=80,protocol="TCP"].name',
    );
    expect(pathText(['f:metadata', 'f:finalizers', 'v:"a/b"'])).toBe('.metadata.finalizers[="a/b"]');
  });
});
