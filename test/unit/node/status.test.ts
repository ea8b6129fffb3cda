import { describe, expect, it } from 'vitest';
import { conditionsOf } from '../../../src/minicluster/node/conditions.ts';
import { phaseOf } from '../../../src/minicluster/node/phase.ts';
import { podStatus } from '../../../src/minicluster/node/pod-status.ts';
import type { ContainerView, PodRuntime } from '../../../src/minicluster/node/runtime.ts';
import { ended, NOW, podOf, RUNNING, viewOf } from './fixture.ts';

const runtime = (containers: readonly ContainerView[], more: Partial<PodRuntime> = {}): PodRuntime => ({
  containers,
  ip: '10.244.0.2',
  startTime: NOW,
  over: false,
  ...more,
});
const waiting = viewOf();
const running = viewOf({ state: RUNNING, started: true, ready: true });
const crashed = viewOf({ state: { kind: 'waiting', reason: 'CrashLoopBackOff' }, last: ended(1) });
const init = (changes: Partial<ContainerView>) => viewOf({ name: 'first', init: true, ...changes });

describe('the phase of a pod, as getPhase of the kubelet', () => {
  it.each([
    ['nothing has started', 'Always', [waiting], 'Pending'],
    ['it runs', 'Always', [running], 'Running'],
    ['one of two has not started', 'Always', [running, waiting], 'Pending'],
    ['it waits for its next restart', 'Always', [crashed], 'Running'],
    ['it has just ended and will be restarted', 'Always', [viewOf({ state: ended(0) })], 'Running'],
    ['it failed and is tried again', 'OnFailure', [viewOf({ state: ended(1) })], 'Running'],
    ['it is done', 'OnFailure', [viewOf({ state: ended(0) })], 'Succeeded'],
    ['it failed for good', 'Never', [viewOf({ state: ended(1) })], 'Failed'],
    ['one is done, one still runs', 'Never', [viewOf({ state: ended(0) }), running], 'Running'],
    ['an init container runs', 'Always', [init({ state: RUNNING }), waiting], 'Pending'],
    ['an init container crashes', 'Always', [init({ state: crashed.state, last: ended(1) }), waiting], 'Pending'],
    ['an init container failed for good', 'Never', [init({ state: ended(1) }), waiting], 'Failed'],
    ['its init container is done', 'Always', [init({ state: ended(0) }), running], 'Running'],
  ] as const)('when %s (%s)', (_what, policy, containers, phase) => {
    expect(phaseOf(policy, runtime(containers))).toBe(phase);
  });

  it('is Failed when the node refused it, whatever else', () => {
    expect(phaseOf('Always', runtime([waiting], { failed: { reason: 'OutOfcpu', message: '' } }))).toBe('Failed');
  });

  it('of a pod that was ended tells whether all of it succeeded', () => {
    expect(phaseOf('Always', runtime([viewOf({ state: ended(0) })], { over: true }))).toBe('Succeeded');
    expect(phaseOf('Always', runtime([viewOf({ state: ended(143) })], { over: true }))).toBe('Failed');
    expect(phaseOf('Always', runtime([waiting], { over: true }))).toBe('Failed');
  });
});

describe('the conditions of a pod', () => {
  const brief = (views: readonly ContainerView[], phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed', spec = {}) =>
    conditionsOf(podOf(spec), runtime(views), phase, [], NOW).map(({ type, status, reason, message }) =>
      `${type}=${status} ${reason ?? ''} ${message ?? ''}`.trim(),
    );

  it('are all True when everything is ready', () => {
    expect(brief([running], 'Running')).toEqual([
      'PodReadyToStartContainers=True',
      'Initialized=True',
      'Ready=True',
      'ContainersReady=True',
      'PodScheduled=True',
    ]);
  });

  it('name what is not initialized and not ready', () => {
    const views = [init({ state: RUNNING }), viewOf({ name: 'a' }), viewOf({ name: 'b' })];
    expect(brief(views, 'Pending')).toEqual([
      'PodReadyToStartContainers=True',
      'Initialized=False ContainersNotInitialized containers with incomplete status: [first]',
      'Ready=False ContainersNotReady containers with unready status: [a b]',
      'ContainersReady=False ContainersNotReady containers with unready status: [a b]',
      'PodScheduled=True',
    ]);
  });

  it('say how a pod ended', () => {
    expect(brief([viewOf({ state: ended(0) })], 'Succeeded')).toContain('Ready=False PodCompleted');
    expect(brief([viewOf({ state: ended(1) })], 'Failed')).toContain('ContainersReady=False PodFailed');
  });

  it('wait for readiness gates', () => {
    expect(brief([running], 'Running', { readinessGates: [{ conditionType: 'example.com/gate' }] })).toContain(
      'Ready=False ReadinessGatesNotReady corresponding condition of pod readiness gate "example.com/gate" does not exist.',
    );
  });

  it('keep the time of what did not change', () => {
    const first = conditionsOf(podOf(), runtime([waiting]), 'Pending', [], NOW);
    const later = conditionsOf(podOf(), runtime([running]), 'Running', first, NOW + 5000);
    const times = Object.fromEntries(later.map(({ type, lastTransitionTime }) => [type, lastTransitionTime]));
    expect(times['Initialized']).toBe('2026-01-01T00:00:00Z');
    expect(times['Ready']).toBe('2026-01-01T00:00:05Z');
  });
});

describe('the status of a pod', () => {
  it('has addresses, quality of service and containers by name', () => {
    const pod = podOf({
      containers: [
        { name: 'z', image: 'i', resources: { requests: { cpu: '10m' } } },
        { name: 'a', image: 'i' },
      ],
    });
    const views = [
      viewOf({ name: 'z', state: RUNNING, started: true, ready: true }),
      { ...crashed, name: 'a', restartCount: 2 },
    ];
    const status = podStatus(pod, runtime(views), [], NOW);
    expect(status).toMatchObject({
      phase: 'Running',
      hostIP: '127.0.0.1',
      podIP: '10.244.0.2',
      podIPs: [{ ip: '10.244.0.2' }],
      startTime: '2026-01-01T00:00:00Z',
      qosClass: 'Burstable',
      containerStatuses: [
        {
          name: 'a',
          ready: false,
          started: false,
          restartCount: 2,
          state: { waiting: { reason: 'CrashLoopBackOff' } },
          lastState: { terminated: { exitCode: 1, reason: 'Error', finishedAt: '2026-01-01T00:00:00Z' } },
        },
        { name: 'z', ready: true, started: true, state: { running: { startedAt: '2026-01-01T00:00:00Z' } } },
      ],
    });
    expect(status).not.toHaveProperty('initContainerStatuses');
  });

  it('of a refused pod has the reason and no address', () => {
    const failed = { reason: 'OutOfpods', message: 'full' };
    const { ip: _, ...without } = runtime([waiting]);
    const status = podStatus(podOf(), { ...without, failed, over: true }, [], NOW);
    expect(status).toMatchObject({ phase: 'Failed', reason: 'OutOfpods', message: 'full', qosClass: 'BestEffort' });
    expect(status).not.toHaveProperty('podIP');
  });
});
