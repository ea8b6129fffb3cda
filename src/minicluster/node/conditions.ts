import type { Phase } from './phase.ts';
import type { Pod, PodCondition } from './pod.ts';
import { type PodRuntime, rfc3339 } from './runtime.ts';

interface Verdict {
  readonly status: 'True' | 'False';
  readonly reason?: string;
  readonly message?: string;
}

/**
 * The conditions that the node owns (pkg/kubelet/status/generate.go). `previous` keeps the times of what did not change;
 * `now` is epoch ms.
 */
export function conditionsOf(
  pod: Pod,
  runtime: PodRuntime,
  phase: Phase,
  previous: readonly PodCondition[],
  now: number,
): readonly PodCondition[] {
  const containersReady = containersReadyOf(runtime, phase);
  const verdicts: readonly [string, Verdict][] = [
    ['PodReadyToStartContainers', { status: runtime.ip === undefined || runtime.over ? 'False' : 'True' }],
    ['Initialized', initializedOf(runtime, phase)],
    ['Ready', readyOf(pod, containersReady)],
    ['ContainersReady', containersReady],
    ['PodScheduled', { status: 'True' }],
  ];
  return verdicts.map(([type, verdict]) => {
    const before = previous.find((condition) => condition.type === type);
    const same = before?.status === verdict.status && typeof before.lastTransitionTime === 'string';
    return { type, ...verdict, lastTransitionTime: same ? before.lastTransitionTime : rfc3339(now) };
  });
}

function initializedOf(runtime: PodRuntime, phase: Phase): Verdict {
  if (phase === 'Succeeded') return { status: 'True', reason: 'PodCompleted' };
  const incomplete = runtime.containers
    .filter(({ init, state }) => init && !(state.kind === 'terminated' && state.exitCode === 0))
    .map(({ name }) => name);
  if (incomplete.length === 0) return { status: 'True' };
  const message = `containers with incomplete status: [${incomplete.join(' ')}]`;
  return { status: 'False', reason: 'ContainersNotInitialized', message };
}

function containersReadyOf(runtime: PodRuntime, phase: Phase): Verdict {
  if (phase === 'Succeeded') return { status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { status: 'False', reason: 'PodFailed' };
  const unready = runtime.containers.filter(({ init, ready }) => !init && !ready).map(({ name }) => name);
  if (unready.length === 0) return { status: 'True' };
  const message = `containers with unready status: [${unready.join(' ')}]`;
  return { status: 'False', reason: 'ContainersNotReady', message };
}

function readyOf(pod: Pod, containersReady: Verdict): Verdict {
  if (containersReady.status === 'False') return containersReady;
  const closed = (pod.spec.readinessGates ?? []).flatMap(({ conditionType }) => {
    const gate = pod.status.conditions?.find(({ type }) => type === conditionType);
    if (gate?.status === 'True') return [];
    return gate === undefined
      ? [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`]
      : [`the status of pod readiness gate "${conditionType}" is not "True", but ${gate.status}`];
  });
  if (closed.length === 0) return { status: 'True' };
  return { status: 'False', reason: 'ReadinessGatesNotReady', message: closed.join(', ') };
}
