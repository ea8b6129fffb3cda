import type { ContainerView, PodRuntime } from './runtime.ts';

export type Phase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

/** A pod's phase (pkg/kubelet/kubelet_pods.go getPhase). */
export function phaseOf(restartPolicy: string, runtime: PodRuntime): Phase {
  if (runtime.failed !== undefined) return 'Failed';
  const init = runtime.containers.filter((container) => container.init);
  const main = runtime.containers.filter((container) => !container.init);
  if (restartPolicy === 'Never' && init.some(hasFailed)) return 'Failed';
  if (runtime.over) return overPhase(init, main);
  if (init.some((container) => !hasSucceeded(container))) return 'Pending';
  if (main.some((container) => container.state.kind === 'waiting' && container.last === undefined)) return 'Pending';
  if (main.some((container) => container.state.kind === 'running')) return 'Running';
  if (restartPolicy === 'Always') return 'Running';
  if (main.every(hasSucceeded)) return 'Succeeded';
  return restartPolicy === 'Never' ? 'Failed' : 'Running';
}

/** A pod that was ended before everything in it ran did not succeed. */
function overPhase(init: readonly ContainerView[], main: readonly ContainerView[]): Phase {
  return [...init, ...main].every(hasSucceeded) ? 'Succeeded' : 'Failed';
}

function hasSucceeded({ state }: ContainerView): boolean {
  return state.kind === 'terminated' && state.exitCode === 0;
}

function hasFailed({ state }: ContainerView): boolean {
  return state.kind === 'terminated' && state.exitCode !== 0;
}
