import type { PodFacts } from './env.ts';
import type { Container, Pod, ResourceFieldRef } from './pod.ts';
import { parseQuantity } from './quantity.ts';

/** The value of a downward API field (podFieldSelectorRuntimeValue), or undefined for a path that is not supported. */
export function fieldValue(pod: Pod, path: string, facts: PodFacts): string | undefined {
  const [, map, key = ''] = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path) ?? [];
  if (map === 'labels') return pod.metadata.labels?.[key] ?? '';
  if (map === 'annotations') return pod.metadata.annotations?.[key] ?? '';
  const values: Readonly<Record<string, string | undefined>> = {
    'metadata.name': pod.metadata.name,
    'metadata.namespace': pod.metadata.namespace,
    'metadata.uid': pod.metadata.uid,
    'spec.nodeName': pod.spec.nodeName ?? '',
    'spec.serviceAccountName': pod.spec.serviceAccountName ?? '',
    'status.hostIP': facts.hostIP,
    'status.hostIPs': facts.hostIP,
    'status.podIP': facts.podIP,
    'status.podIPs': facts.podIP,
  };
  return values[path];
}

/** The value of a resourceFieldRef: the amount over the divisor, rounded up; a missing limit counts as all of the node. */
export function resourceValue(pod: Pod, own: Container, ref: ResourceFieldRef, facts: PodFacts): string | undefined {
  const [kind, resource] = ref.resource.split('.', 2);
  if ((kind !== 'limits' && kind !== 'requests') || (resource !== 'cpu' && resource !== 'memory')) return undefined;
  const all = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
  const container = ref.containerName === undefined ? own : all.find(({ name }) => name === ref.containerName);
  const fallback = kind === 'limits' ? facts.allocatable[resource] : '0';
  const amount = parseQuantity(container?.resources?.[kind]?.[resource] ?? fallback) ?? 0;
  const divisor = parseQuantity(ref.divisor ?? '1') ?? 1;
  return String(Math.ceil(Number((amount / (divisor === 0 ? 1 : divisor)).toPrecision(15))));
}
