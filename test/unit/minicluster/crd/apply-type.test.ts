import { describe, expect, it } from 'vitest';
import { merge } from '../../../../src/minicluster/apply/merge.ts';
import { typeErrors } from '../../../../src/minicluster/apply/typed-check.ts';
import { fieldSetOf } from '../../../../src/minicluster/apply/walk.ts';
import { toFieldsV1 } from '../../../../src/minicluster/apply/field-set.ts';
import { applyTypeOf } from '../../../../src/minicluster/crd/apply-type.ts';

const type = applyTypeOf({
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        tags: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
        parts: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name', 'proto'],
          items: {
            type: 'object',
            properties: {
              name: { type: 'string' },
              proto: { type: 'string', default: 'TCP' },
              size: { type: 'integer' },
            },
          },
        },
        atom: { type: 'object', 'x-kubernetes-map-type': 'atomic', properties: { a: { type: 'string' } } },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        labels: { type: 'object', additionalProperties: { type: 'string' } },
        port: { 'x-kubernetes-int-or-string': true },
      },
    },
  },
});

describe('a custom resource as server-side apply sees it', () => {
  it('has keys, sets and atoms as its schema says', () => {
    const spec = {
      tags: ['a'],
      parts: [{ name: 'p', size: 1 }],
      atom: { a: '1' },
      free: { x: { y: [1] } },
      labels: { k: 'v' },
      port: '5',
    };
    expect(toFieldsV1(fieldSetOf(type, { spec }))).toEqual({
      'f:spec': {
        'f:tags': { 'v:"a"': {} },
        'f:parts': { 'k:{"name":"p","proto":"TCP"}': { '.': {}, 'f:name': {}, 'f:size': {} } },
        'f:atom': {},
        'f:free': { 'f:x': { '.': {}, 'f:y': {} } },
        'f:labels': { 'f:k': {} },
        'f:port': {},
      },
    });
  });

  it('merges by these', () => {
    const live = { spec: { parts: [{ name: 'p', proto: 'TCP', size: 1 }], free: { x: 1 } } };
    expect(merge(type, live, { spec: { parts: [{ name: 'p', size: 2 }], free: { y: 2 } } })).toEqual({
      spec: { parts: [{ name: 'p', proto: 'TCP', size: 2 }], free: { x: 1, y: 2 } },
    });
  });

  it('knows no other fields', () => {
    expect(typeErrors(type, { spec: { nope: 1, free: { any: 1 } } }, false)).toEqual([
      '.spec.nope: field not declared in schema',
    ]);
  });
});
