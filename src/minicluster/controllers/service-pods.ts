import type { KubeObject } from '../../contracts/kube-client.ts';
import { type Fields, fieldsOf, listOf, numberOf, textOf } from '../kinds/fields.ts';
import { specOf, statusOf } from '../kinds/workload.ts';
import { type ControllerClient, PODS, SERVICES } from './client.ts';
import { type Watched, keyOf } from './controller.ts';
import { isOver, isReady } from './pods.ts';

/** The services whose selector chooses a pod now or chose it before. */
export const SERVICE_WATCHES: readonly Watched[] = [
  { resource: SERVICES, keys: ({ object }) => [keyOf(object)] },
  {
    resource: PODS,
    keys: ({ object, previous }, { client }) =>
      client
        .list(SERVICES, object.metadata.namespace)
        .filter((service) => chooses(service, object) || (previous !== undefined && chooses(service, previous)))
        .map(keyOf),
  },
];

function chooses(service: KubeObject, { metadata }: KubeObject): boolean {
  const selector = Object.entries(fieldsOf(specOf(service)['selector']));
  return selector.length > 0 && selector.every(([name, value]) => metadata.labels?.[name] === value);
}

/** A service whose endpoints somebody else keeps: no selector, or only another name. */
export function isManaged(service: KubeObject): boolean {
  const spec = specOf(service);
  return Object.keys(fieldsOf(spec['selector'])).length > 0 && spec['type'] !== 'ExternalName';
}

/** Pods that may be endpoints: with an address, not over; those on their way out when asked for. */
export function endpointPods(client: ControllerClient, service: KubeObject, leaving: boolean): readonly KubeObject[] {
  return client
    .list(PODS, service.metadata.namespace)
    .filter(
      (pod) =>
        chooses(service, pod) &&
        textOf(statusOf(pod)['podIP']) !== '' &&
        !isOver(pod) &&
        (leaving || pod.metadata.deletionTimestamp === undefined),
    );
}

export function counts(service: KubeObject, pod: KubeObject): boolean {
  return isReady(pod) || specOf(service)['publishNotReadyAddresses'] === true;
}

/** The service's ports as numbers of this pod; one whose name the pod does not have is left out (FindPort). */
export function portsFor(service: KubeObject, pod: KubeObject): readonly Fields[] {
  return listOf(specOf(service)['ports']).flatMap((port) => {
    const number = targetOf(port, pod);
    if (number === undefined) return [];
    const { name = '', protocol = 'TCP', appProtocol } = port;
    return [{ name, port: number, protocol, ...(appProtocol === undefined ? {} : { appProtocol }) }];
  });
}

function targetOf({ targetPort, port, protocol = 'TCP' }: Fields, pod: KubeObject): number | undefined {
  if (typeof targetPort === 'number' && targetPort !== 0) return targetPort;
  if (typeof targetPort !== 'string' || targetPort === '') return numberOf(port);
  const all = listOf(specOf(pod)['containers']).flatMap((container) => listOf(container['ports']));
  const found = all.find((each) => each['name'] === targetPort && (each['protocol'] ?? 'TCP') === protocol);
  return found === undefined ? undefined : numberOf(found['containerPort']);
}

export function targetRef({ metadata }: KubeObject): Fields {
  const { namespace, name, uid } = metadata;
  return { kind: 'Pod', namespace, name, uid };
}
