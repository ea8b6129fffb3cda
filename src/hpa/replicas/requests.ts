import { add64, type Int64, int64 } from '../go-numbers.ts';
import { milliOrZero } from '../milli.ts';
import type { ContainerView, PodView } from '../pods/pod.ts';
import { add, compare } from '../quantity/compare.ts';
import { parseQuantity } from '../quantity/parse.ts';
import { type Quantity, ZERO } from '../quantity/types.ts';
import { milliValue } from '../quantity/values.ts';
import type { Rules } from '../rules.ts';
import type { Answer } from './context.ts';

/** Requests in milli-units by pod name. */
export type PodRequests = ReadonlyMap<string, Int64>;

const isPodLevelResource = (name: string): boolean =>
  name === 'cpu' || name === 'memory' || name.startsWith('hugepages-');

/** component-helpers/resource/helpers.go IsPodLevelRequestsSet. */
function hasPodLevelRequests(pod: PodView): boolean {
  return pod.podRequests !== null && Object.keys(pod.podRequests).some(isPodLevelResource);
}

const quantity = (text: string): Quantity => {
  const parsed = parseQuantity(text);
  return typeof parsed === 'string' ? ZERO : parsed;
};

/** Sum of quantities of which some may be absent; undefined when all are. helpers.go addResourceList, for one resource. */
function sum(a: Quantity | undefined, b: Quantity | undefined): Quantity | undefined {
  if (a === undefined) return b;
  return b === undefined ? a : add(a, b);
}

/** helpers.go maxResourceList, for one resource. */
function larger(a: Quantity | undefined, b: Quantity | undefined): Quantity | undefined {
  if (a === undefined) return b;
  return b !== undefined && compare(b, a) > 0 ? b : a;
}

/** component-helpers/resource/helpers.go AggregateContainerRequests, for one resource. */
function aggregateContainerRequests(pod: PodView, resource: string): Quantity | undefined {
  const requestOf = (container: ContainerView): Quantity | undefined => {
    const text = container.requests[resource];
    return text === undefined ? undefined : quantity(text);
  };
  let total: Quantity | undefined;
  for (const container of pod.containers) total = sum(total, requestOf(container));
  let sidecars: Quantity | undefined;
  let init: Quantity | undefined;
  for (const container of pod.initContainers) {
    const request = requestOf(container);
    if (container.restartable) {
      total = sum(total, request);
      sidecars = sum(sidecars, request);
      init = larger(init, sidecars);
    } else {
      init = larger(init, sum(request, sidecars));
    }
  }
  return larger(total, init);
}

/** Upstream: replica_calculator.go calculatePodLevelRequests, helpers.go PodRequests. */
function calculatePodLevelRequests(pod: PodView, resource: string): Answer<Int64> {
  const own = isPodLevelResource(resource) ? pod.podRequests?.[resource] : undefined;
  const base = own === undefined ? aggregateContainerRequests(pod, resource) : quantity(own);
  const overhead = pod.overhead?.[resource];
  const request = sum(base, overhead === undefined ? undefined : quantity(overhead));
  if (request === undefined) return { error: `missing pod-level request for ${resource} in Pod ${pod.name}` };
  return { ok: int64(milliValue(request)) };
}

/** Upstream: replica_calculator.go calculatePodRequestsFromContainers; up to 1.34 an absent container gives 0. */
function calculateFromContainers(pod: PodView, container: string, resource: string, rules: Rules): Answer<Int64> {
  const sidecars = rules.restartableInitRequests ? pod.initContainers.filter((c) => c.restartable) : [];
  let request: Int64 = 0;
  for (const c of [...pod.containers, ...sidecars]) {
    if (container !== '' && container !== c.name) continue;
    const text = c.requests[resource];
    if (text === undefined) {
      return { error: `missing request for ${resource} in container ${c.name} of Pod ${pod.name}` };
    }
    request = add64(request, milliOrZero(text));
    if (rules.containerRequestMustExist && container === c.name) return { ok: request };
  }
  if (rules.containerRequestMustExist && container !== '') {
    return { error: `container ${container} not found in Pod ${pod.name}` };
  }
  return { ok: request };
}

/**
 * The request of every listed pod; the first pod without one fails them all, whatever its phase.
 * Upstream: replica_calculator.go calculateRequests (calculatePodRequests up to 1.33).
 *
 * @param container "" for the whole pod
 */
export function calculateRequests(
  pods: readonly PodView[],
  container: string,
  resource: string,
  rules: Rules,
): Answer<PodRequests> {
  const requests = new Map<string, Int64>();
  for (const pod of pods) {
    const podLevel = rules.podLevelRequests && container === '' && hasPodLevelRequests(pod);
    const request = podLevel
      ? calculatePodLevelRequests(pod, resource)
      : calculateFromContainers(pod, container, resource, rules);
    if ('error' in request) return request;
    requests.set(pod.name, request.ok);
  }
  return { ok: requests };
}
