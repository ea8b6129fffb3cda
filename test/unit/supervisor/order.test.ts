import { expect, test } from 'vitest';
import type { ComponentSpec } from '../../../src/contracts/component.ts';
import { dependentsFirst, longestChainMs } from '../../../src/lab/components/stop-all.ts';
import { backOffMs } from '../../../src/lab/supervisor/back-off.ts';

const entry = (name: string, after: readonly string[], graceSeconds = 1) => ({
  spec: {
    name,
    command: 'x',
    args: [],
    env: {},
    after,
    health: { kind: 'process' },
    graceSeconds,
    logFile: '',
  } satisfies ComponentSpec,
  status: undefined,
});
const names = (entries: readonly { spec: ComponentSpec }[]) => entries.map(({ spec }) => spec.name);

test('back-off doubles from a fifth of a second to half a minute', () => {
  expect([0, 1, 2, 3, 4, 8, 9, 1_000].map(backOffMs)).toEqual([0, 200, 400, 800, 1600, 25_600, 30_000, 30_000]);
});

test('dependents are stopped before what they need', () => {
  const lab = [
    entry('etcd', []),
    entry('kube-apiserver', ['etcd']),
    entry('node', ['kube-apiserver']),
    entry('queue', []),
    entry('metrics-server', ['kube-apiserver', 'queue']),
  ];
  const order = names(dependentsFirst(lab));
  expect(order).toHaveLength(5);
  for (const { spec } of lab) {
    for (const needed of spec.after) expect(order.indexOf(spec.name)).toBeLessThan(order.indexOf(needed));
  }
});

test('a circle, or a name that is not there, hangs nothing', () => {
  const circle = [entry('a', ['b']), entry('b', ['a']), entry('c', ['gone'])];
  expect(names(dependentsFirst(circle)).sort()).toEqual(['a', 'b', 'c']);
  expect(longestChainMs(circle.map(({ spec }) => spec))).toBe(2_000);
});

test('the longest chain counts grace periods one after the other', () => {
  const specs = [entry('etcd', [], 5), entry('api', ['etcd'], 10), entry('node', ['api'], 30), entry('queue', [], 60)];
  expect(longestChainMs(specs.map(({ spec }) => spec))).toBe(60_000);
  expect(longestChainMs(specs.slice(0, 3).map(({ spec }) => spec))).toBe(45_000);
  expect(longestChainMs([])).toBe(0);
});
