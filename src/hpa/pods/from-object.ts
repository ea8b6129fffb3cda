import { timeOrZero } from '../time.ts';
import type { ContainerView, PodView, Requests } from './pod.ts';

interface ContainerObject {
  readonly name: string;
  readonly restartPolicy?: string;
  readonly resources?: { readonly requests?: Requests };
}

/** The parts of a v1.Pod that the controller reads. */
export interface PodObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string | null;
  };
  readonly spec?: {
    readonly containers?: readonly ContainerObject[];
    readonly initContainers?: readonly ContainerObject[];
    readonly resources?: { readonly requests?: Requests };
    readonly overhead?: Requests;
  };
  readonly status?: {
    readonly phase?: string;
    readonly startTime?: string | null;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly lastTransitionTime?: string | null;
    }[];
  };
}

function containerView(container: ContainerObject): ContainerView {
  return {
    name: container.name,
    restartable: container.restartPolicy === 'Always',
    requests: container.resources?.requests ?? {},
  };
}

function readyOf(pod: PodObject): PodView['ready'] {
  const condition = pod.status?.conditions?.find((c) => c.type === 'Ready');
  return condition === undefined
    ? null
    : { status: condition.status, transitionMs: timeOrZero(condition.lastTransitionTime) };
}

/** A pod object as the calculator reads it. */
export function podView(pod: PodObject): PodView {
  const start = pod.status?.startTime;
  return {
    name: pod.metadata.name,
    labels: pod.metadata.labels ?? {},
    deleted: pod.metadata.deletionTimestamp !== undefined && pod.metadata.deletionTimestamp !== null,
    phase: pod.status?.phase ?? '',
    startMs: start === undefined || start === null ? null : timeOrZero(start),
    ready: readyOf(pod),
    containers: (pod.spec?.containers ?? []).map(containerView),
    initContainers: (pod.spec?.initContainers ?? []).map(containerView),
    podRequests: pod.spec?.resources?.requests ?? null,
    overhead: pod.spec?.overhead ?? null,
  };
}
