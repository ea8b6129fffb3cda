import { describe, expect, it } from 'vitest';
import { applyJsonPatch } from '../../../src/minicluster/patch/json-patch.ts';
import { applyMergePatch } from '../../../src/minicluster/patch/merge-patch.ts';
import { applyStrategicMerge } from '../../../src/minicluster/patch/strategic-merge.ts';
import { keyed, struct, text, texts } from '../../../src/minicluster/schema/type.ts';
import { object } from '../../../src/minicluster/types/meta.ts';
import { podTemplate } from '../../../src/minicluster/types/pod.ts';

const strategy = struct('v1.DeploymentStrategy', { type: text, rollingUpdate: texts });
const conditions = keyed(struct('v1.DeploymentCondition', { type: text, status: text }), 'type');
const type = object('v1.Deployment', {
  spec: struct('v1.DeploymentSpec', { template: podTemplate, strategy: { type: strategy, retainKeys: true } }),
  status: struct('v1.DeploymentStatus', { conditions }),
});
const containers = (...list: object[]) => ({ spec: { template: { spec: { containers: list } } } });
const env = (...names: string[]) => names.map((name) => ({ name, value: name }));

describe('strategic merge patch, as kube-apiserver 1.36.3 answered', () => {
  it.each([
    [
      'env by name',
      [
        { name: 'B', value: '3' },
        { name: 'C', value: '4' },
      ],
      [
        { name: 'A', value: 'A' },
        { name: 'B', value: '3' },
        { name: 'C', value: '4' },
      ],
    ],
    ['delete', [{ name: 'A', $patch: 'delete' }], env('B')],
    ['replace', [{ $patch: 'replace' }, { name: 'Z', value: 'z' }], [{ name: 'Z', value: 'z' }]],
  ])('%s', (_, patch, expected) => {
    const before = containers({ name: 'c', image: 'i', env: env('A', 'B') });
    const after = containers({ name: 'c', image: 'i', env: expected });
    expect(applyStrategicMerge(type, before, containers({ name: 'c', env: patch }))).toEqual(after);
  });

  it('orders by $setElementOrder', () => {
    const before = containers({ name: 'c', env: env('B', 'C') });
    const order = containers({ name: 'c', '$setElementOrder/env': [{ name: 'C' }, { name: 'B' }] });
    expect(applyStrategicMerge(type, before, order)).toEqual(containers({ name: 'c', env: env('C', 'B') }));
    const second = {
      spec: {
        template: {
          spec: { '$setElementOrder/containers': [{ name: 'c' }, { name: 'd' }], containers: [{ name: 'd' }] },
        },
      },
    };
    expect(applyStrategicMerge(type, containers({ name: 'c' }), second)).toEqual(
      containers({ name: 'c' }, { name: 'd' }),
    );
  });

  it('puts what is new before what only the server has', () => {
    const before = { status: { conditions: [{ type: 'Available' }] }, metadata: { finalizers: ['a'] } };
    const patch = { status: { conditions: [{ type: 'Progressing' }] }, metadata: { finalizers: ['b'] } };
    expect(applyStrategicMerge(type, before, patch)).toEqual({
      status: { conditions: [{ type: 'Progressing' }, { type: 'Available' }] },
      metadata: { finalizers: ['b', 'a'] },
    });
    const less = { metadata: { '$deleteFromPrimitiveList/finalizers': ['a'] } };
    expect(applyStrategicMerge(type, { metadata: { finalizers: ['b', 'a'] } }, less)).toEqual({
      metadata: { finalizers: ['b'] },
    });
  });

  it('keeps only what $retainKeys names', () => {
    const before = { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '1' } } } };
    const patch = { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } };
    expect(applyStrategicMerge(type, before, patch)).toEqual({ spec: { strategy: { type: 'Recreate' } } });
  });

  it('refuses with upstream’s words', () => {
    const before = containers({ name: 'n' });
    expect(() => applyStrategicMerge(type, before, containers({ image: 'x' }))).toThrow(
      'map: map[image:x] does not contain declared merge key: name',
    );
    expect(() => applyStrategicMerge(type, before, containers({ name: 'n', $patch: 'explode' }))).toThrow(
      'unknown patch type: explode in map: map[$patch:explode name:n]',
    );
  });
});

describe('JSON patch and merge patch', () => {
  it('adds, replaces, removes, moves, copies; the original stays', () => {
    const before = { data: { a: '1', d: '3' }, list: ['x'] };
    const after = applyJsonPatch(before, [
      { op: 'add', path: '/data/x~1y', value: '9' },
      { op: 'replace', path: '/data/none', value: '1' },
      { op: 'copy', from: '/data/a', path: '/data/copy' },
      { op: 'move', from: '/data/d', path: '/data/moved' },
      { op: 'add', path: '/list/-', value: 'y' },
      { op: 'test', path: '/data/a', value: '1' },
    ]);
    expect(after).toEqual({ data: { a: '1', 'x/y': '9', none: '1', copy: '1', moved: '3' }, list: ['x', 'y'] });
    expect(before).toEqual({ data: { a: '1', d: '3' }, list: ['x'] });
  });

  it.each([
    { op: 'test', path: '/data/a', value: 'no' },
    { op: 'remove', path: '/data/none' },
    { op: 'mangle', path: '/data/a' },
    { op: 'add', path: '/nothing/here', value: 1 },
    { op: 'add', path: '/list/7', value: 1 },
    { path: '/data' },
  ])('refuses %j', (operation) => {
    expect(() => applyJsonPatch({ data: { a: '1' }, list: [] }, [operation])).toThrow();
  });

  it('null removes in a merge patch', () => {
    expect(applyMergePatch({ a: 1, b: { c: 1, d: 2 } }, { a: null, b: { c: null }, e: [1] })).toEqual({
      b: { d: 2 },
      e: [1],
    });
  });
});
