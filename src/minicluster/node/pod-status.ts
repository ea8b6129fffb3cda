import { conditionsOf } from './conditions.ts';
import { phaseOf } from './phase.ts';
import type { Pod, PodCondition } from './pod.ts';
import { qosClass } from './qos.ts';
import { type ContainerState, type ContainerView, type PodRuntime, rfc3339, type Terminated } from './runtime.ts';

export interface PodStatus {
  readonly phase: string;
  readonly conditions: readonly PodCondition[];
  readonly [field: string]: unknown;
}

/** The address of the Node, which is also its pods' hostIP. */
export const HOST_IP = '127.0.0.1';

/** The status of a pod as the node reports it. `previous` are the conditions reported last; `now` is epoch ms. */
export function podStatus(pod: Pod, runtime: PodRuntime, previous: readonly PodCondition[], now: number): PodStatus {
  const phase = phaseOf(pod.spec.restartPolicy, runtime);
  const init = runtime.containers.filter((container) => container.init);
  const main = runtime.containers.filter((container) => !container.init);
  return {
    phase,
    ...runtime.failed,
    conditions: conditionsOf(pod, runtime, phase, previous, now),
    hostIP: HOST_IP,
    hostIPs: [{ ip: HOST_IP }],
    ...(runtime.ip === undefined ? {} : { podIP: runtime.ip, podIPs: [{ ip: runtime.ip }] }),
    startTime: pod.status.startTime ?? rfc3339(runtime.startTime),
    qosClass: pod.status.qosClass ?? qosClass(pod),
    ...(init.length === 0 ? {} : { initContainerStatuses: init.map(containerStatus) }),
    containerStatuses: main.map(containerStatus).sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

function containerStatus(container: ContainerView) {
  const { name, image, restartCount, ready, containerID } = container;
  return {
    name,
    state: stateOf(container.state),
    lastState: container.last === undefined ? {} : stateOf(container.last),
    ready: container.init ? container.state.kind === 'terminated' && container.state.exitCode === 0 : ready,
    restartCount,
    image,
    imageID: containerID === undefined ? '' : image,
    ...(containerID === undefined ? {} : { containerID }),
    started: container.state.kind === 'running' && container.started,
  };
}

function stateOf(state: ContainerState): Readonly<Record<string, unknown>> {
  switch (state.kind) {
    case 'waiting':
      return { waiting: { reason: state.reason, ...(state.message === undefined ? {} : { message: state.message }) } };
    case 'running':
      return { running: { startedAt: rfc3339(state.startedAt) } };
    case 'terminated':
      return { terminated: terminatedOf(state) };
  }
}

function terminatedOf(state: Terminated) {
  const { exitCode, signal, reason, message, startedAt, finishedAt, containerID } = state;
  return {
    exitCode,
    ...(signal === undefined ? {} : { signal }),
    reason,
    ...(message === undefined ? {} : { message }),
    ...(startedAt === undefined ? {} : { startedAt: rfc3339(startedAt) }),
    finishedAt: rfc3339(finishedAt),
    ...(containerID === undefined ? {} : { containerID }),
  };
}
