import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../../src/contracts/kube-client.ts';
import { deletionStep } from '../../../src/minicluster/api/deletion.ts';
import { configMap } from '../../../src/minicluster/kinds/config-map.ts';
import { pod } from '../../../src/minicluster/kinds/pod.ts';

const NOW = Date.parse('2026-01-02T03:04:05Z');
const object = (metadata: object, spec: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'X',
  metadata: { name: 'x', ...metadata },
  spec,
});

describe('a deletion', () => {
  test('removes what nothing holds', () => {
    expect(deletionStep(configMap, object({}), {}, NOW)).toEqual({ object: object({}), over: true });
  });

  test('marks what a finalizer holds, and waits', () => {
    const held = object({ finalizers: ['a/b'], generation: 3 });
    const step = deletionStep(configMap, held, {}, NOW);
    expect(step.over).toBe(false);
    expect(step.object.metadata).toMatchObject({
      deletionTimestamp: '2026-01-02T03:04:05Z',
      deletionGracePeriodSeconds: 0,
      generation: 4,
    });
    expect(deletionStep(configMap, step.object, {}, NOW)).toEqual({ object: step.object, over: false });
  });

  test.each([
    ['Foreground', ['foregroundDeletion']],
    ['Orphan', ['orphan']],
  ] as const)('policy %s becomes a finalizer, which Background takes away again', (propagationPolicy, finalizers) => {
    const step = deletionStep(configMap, object({}), { propagationPolicy }, NOW);
    expect(step.object.metadata.finalizers).toEqual(finalizers);
    expect(step.over).toBe(false);
    expect(deletionStep(configMap, step.object, { propagationPolicy: 'Background' }, NOW).over).toBe(true);
  });

  test('gives a pod on a node its grace; it can be shortened, not made longer', () => {
    const bound = object({ generation: 1 }, { nodeName: 'n', terminationGracePeriodSeconds: 30 });
    const marked = deletionStep(pod, bound, {}, NOW).object;
    expect(marked.metadata).toMatchObject({
      deletionTimestamp: '2026-01-02T03:04:35Z',
      deletionGracePeriodSeconds: 30,
    });
    expect(deletionStep(pod, marked, { gracePeriodSeconds: 50 }, NOW).object).toEqual(marked);
    const shorter = deletionStep(pod, marked, { gracePeriodSeconds: 5 }, NOW).object.metadata;
    expect(shorter).toMatchObject({ deletionGracePeriodSeconds: 5, generation: 2 });
    expect(deletionStep(pod, marked, { gracePeriodSeconds: 0 }, NOW).over).toBe(true);
  });

  test('a pod without a node goes at once', () => {
    const free = object({}, { terminationGracePeriodSeconds: 30 });
    expect(deletionStep(pod, free, { gracePeriodSeconds: 10 }, NOW).over).toBe(true);
  });
});
