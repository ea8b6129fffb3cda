import { describe, expect, it } from 'vitest';
import { type NodeView, refusals, requestsOf, unschedulableText, usedBy } from '../../../src/minicluster/node/fit.ts';
import { qosClass } from '../../../src/minicluster/node/qos.ts';
import { podOf } from './fixture.ts';

const GI = 2 ** 30;
const NODE: NodeView = {
  name: 'node-1',
  labels: { disk: 'ssd' },
  unschedulable: false,
  taints: [],
  allocatable: { cpuMilli: 2000, memoryBytes: GI, pods: 2 },
};
const NOTHING = { cpuMilli: 0, memoryBytes: 0, pods: 0 };
const asking = (cpu: string, memory: string, more = {}) =>
  podOf({ containers: [{ name: 'main', image: 'i', resources: { requests: { cpu, memory } } }], ...more });

describe('requests of a pod', () => {
  it('are the sum of its containers, or the largest init container, and the overhead', () => {
    const container = (cpu: string) => ({ name: cpu, image: 'i', resources: { requests: { cpu } } });
    const spec = { containers: [container('100m'), container('0.2')], overhead: { memory: '1Mi' } };
    expect(requestsOf(podOf(spec))).toEqual({ cpuMilli: 300, memoryBytes: 2 ** 20, pods: 1 });
    expect(requestsOf(podOf({ ...spec, initContainers: [container('1')] })).cpuMilli).toBe(1000);
  });

  it('are limits where there are no requests', () => {
    const resources = { limits: { cpu: '1', memory: '1Gi' } };
    const pod = podOf({ containers: [{ name: 'main', image: 'i', resources }] });
    expect(requestsOf(pod)).toEqual({ cpuMilli: 1000, memoryBytes: GI, pods: 1 });
    expect(qosClass(pod)).toBe('Guaranteed');
  });

  it('of pods that are over do not count', () => {
    const over = { ...asking('1', '1Gi'), status: { phase: 'Succeeded' } };
    expect(usedBy([over, asking('1', '0')])).toEqual({ cpuMilli: 1000, memoryBytes: 0, pods: 1 });
  });
});

describe('why a pod does not fit', () => {
  it.each([
    ['it fits', asking('2', '1Gi'), NODE, NOTHING, undefined],
    ['pods', asking('0', '0'), NODE, { ...NOTHING, pods: 2 }, '1 Too many pods'],
    ['cpu', asking('2001m', '0'), NODE, NOTHING, '1 Insufficient cpu'],
    [
      'everything',
      asking('3', '2Gi'),
      NODE,
      { ...NOTHING, pods: 2 },
      '1 Insufficient cpu, 1 Insufficient memory, 1 Too many pods',
    ],
    ['nothing asked, nothing left', asking('0', '0'), NODE, { ...NOTHING, cpuMilli: 5000 }, undefined],
    ['a cordon', podOf(), { ...NODE, unschedulable: true }, NOTHING, '1 node(s) were unschedulable'],
    [
      'a selector',
      podOf({ nodeSelector: { disk: 'hdd' } }),
      NODE,
      NOTHING,
      "1 node(s) didn't match Pod's node affinity/selector",
    ],
    [
      'a taint',
      podOf(),
      { ...NODE, taints: [{ key: 'gpu', effect: 'NoSchedule' }] },
      NOTHING,
      '1 node(s) had untolerated taint(s)',
    ],
    ['a soft taint', podOf(), { ...NODE, taints: [{ key: 'gpu', effect: 'PreferNoSchedule' }] }, NOTHING, undefined],
    [
      'a tolerated taint',
      podOf({ tolerations: [{ key: 'gpu', operator: 'Exists' }] }),
      { ...NODE, taints: [{ key: 'gpu', value: 'x', effect: 'NoSchedule' }] },
      NOTHING,
      undefined,
    ],
  ])('%s', (_what, pod, node, used, expected) => {
    const why = refusals(pod, node, used);
    if (expected === undefined) expect(why).toEqual([]);
    else expect(unschedulableText([why])).toBe(`0/1 nodes are available: ${expected}.`);
  });

  it('of several nodes is counted by reason', () => {
    const why = [['Insufficient cpu', 'Too many pods'], ['Insufficient cpu'], ['node(s) were unschedulable']];
    expect(unschedulableText(why)).toBe(
      '0/3 nodes are available: 1 Too many pods, 1 node(s) were unschedulable, 2 Insufficient cpu.',
    );
  });
});
