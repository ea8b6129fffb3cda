import type { Container, Pod } from './pod.ts';
import type { NodeContext } from './pod-host.ts';
import type { PodRecord } from './records.ts';
import type { ContainerView, Terminated } from './runtime.ts';

/** Where a container stands when its pod is taken up: as the record says, else waiting for its first start. */
export function firstView(
  { node, pod, record }: { readonly node: NodeContext; readonly pod: Pod; readonly record?: PodRecord },
  container: Container,
  init: boolean,
): ContainerView {
  const known = record?.containers.find(({ view }) => view.name === container.name)?.view;
  if (known !== undefined) return afterReaping(known, node.ports.clock.now());
  const initializes = (pod.spec.initContainers ?? []).length > 0;
  const state = { kind: 'waiting', reason: initializes ? 'PodInitializing' : 'ContainerCreating' } as const;
  return { name: container.name, init, image: container.image, state, restartCount: 0, started: false, ready: false };
}

/** A container whose process did not survive the node. */
function afterReaping(view: ContainerView, now: number): ContainerView {
  if (view.state.kind === 'waiting' && view.last !== undefined) return { ...view, state: view.last };
  if (view.state.kind !== 'running') return view;
  const state: Terminated = {
    kind: 'terminated',
    exitCode: 137,
    reason: 'Error',
    message: 'the process node was restarted, and what it ran before was ended',
    startedAt: view.state.startedAt,
    finishedAt: now,
    ...(view.containerID === undefined ? {} : { containerID: view.containerID }),
  };
  return { ...view, state, started: false, ready: false };
}
