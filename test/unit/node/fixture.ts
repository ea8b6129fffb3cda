import { type Pod, parsePod } from '../../../src/minicluster/node/pod.ts';
import type { ContainerState, ContainerView, Terminated } from '../../../src/minicluster/node/runtime.ts';

export const NOW: number = Date.UTC(2026, 0, 1);

/** A pod with one container `main`; `spec` is laid over. */
export function podOf(
  spec: Readonly<Record<string, unknown>> = {},
  metadata: Readonly<Record<string, unknown>> = {},
): Pod {
  return parsePod({
    metadata: { name: 'web', namespace: 'default', uid: 'u1', ...metadata },
    spec: { containers: [{ name: 'main', image: 'test/worker' }], ...spec },
  });
}

export function viewOf(changes: Partial<ContainerView> = {}): ContainerView {
  return {
    name: 'main',
    init: false,
    image: 'test/worker',
    state: { kind: 'waiting', reason: 'ContainerCreating' },
    restartCount: 0,
    started: false,
    ready: false,
    ...changes,
  };
}

export function ended(exitCode: number): Terminated {
  const reason = exitCode === 0 ? 'Completed' : 'Error';
  return { kind: 'terminated', exitCode, reason, startedAt: NOW - 1000, finishedAt: NOW };
}

export const RUNNING: ContainerState = { kind: 'running', startedAt: NOW };
