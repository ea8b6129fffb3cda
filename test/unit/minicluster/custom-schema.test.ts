import { describe, expect, test } from 'vitest';
import { errorText } from '../../../src/hpa/api/field-error.ts';
import { firstAt } from '../../../src/minicluster/crd/json-path.ts';
import { byPriority } from '../../../src/minicluster/crd/definition.ts';
import { pruned, type Schema, withDefaults } from '../../../src/minicluster/crd/schema.ts';
import { schemaErrors } from '../../../src/minicluster/crd/validate.ts';
import { QUIRKS } from '../../../src/minicluster/kubernetes-version.ts';

const schema: Schema = {
  type: 'object',
  required: ['queue'],
  properties: {
    queue: { type: 'string', minLength: 2, pattern: '^[a-z]+$' },
    replicas: { type: 'integer', minimum: 0, default: 1 },
    nested: { type: 'object', default: {}, properties: { on: { type: 'boolean', default: true } } },
    free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    size: { 'x-kubernetes-int-or-string': true },
    opt: { type: 'string', nullable: true },
    tags: { type: 'array', maxItems: 2, items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
  },
};
const texts = (value: unknown) => schemaErrors(schema, value, '').map((error) => errorText(error, QUIRKS));

describe('a structural schema', () => {
  test('fills in defaults, deep ones too, and in place of a null that may not be', () => {
    expect(withDefaults(schema, { queue: 'a', replicas: null, opt: null })).toEqual({
      queue: 'a',
      opt: null,
      replicas: 1,
      nested: { on: true },
    });
  });

  test('leaves out and names what it does not know', () => {
    const given = { queue: 'a', x: 1, nested: { y: 2 }, free: { z: { a: [1] } } };
    expect(pruned(schema, given)).toEqual({
      value: { queue: 'a', nested: {}, free: { z: { a: [1] } } },
      unknown: ['nested.y', 'x'],
    });
  });

  test("complains in upstream's words", () => {
    expect(texts({ queue: 'ab', opt: null, size: '5%' })).toEqual([]);
    expect(texts({ replicas: -1, size: true, tags: ['a', 'a', 'b'] })).toEqual([
      'queue: Required value',
      'replicas: Invalid value: -1: replicas in body should be greater than or equal to 0',
      'size: Invalid value: "boolean": size in body must be of type integer,string: "boolean"',
      'tags: Too many: 3: must have at most 2 items',
      'tags[1]: Duplicate value: "a"',
    ]);
    expect(texts({ queue: 'A' })).toEqual(['queue: Invalid value: "A": queue in body should be at least 2 chars long']);
  });
});

test.each([
  ['.spec.a', 1],
  ['.spec.list[1]', 'y'],
  ['.status.conditions[?(@.type=="Ready")].status', 'True'],
  ['.spec.none.deeper', undefined],
])('JSONPath %s', (path, expected) => {
  const conditions = [
    { type: 'Other', status: 'False' },
    { type: 'Ready', status: 'True' },
  ];
  expect(firstAt({ spec: { a: 1, list: ['x', 'y'] }, status: { conditions } }, path)).toBe(expected);
});

test('versions are sorted as discovery prefers them', () => {
  const names = ['v1alpha1', 'foo', 'v2', 'v1', 'v1beta2', 'v10', 'v2beta1'];
  expect(names.toSorted(byPriority)).toEqual(['v10', 'v2', 'v1', 'v2beta1', 'v1beta2', 'v1alpha1', 'foo']);
});
