import type { KubeObject } from '../../contracts/kube-client.ts';
import { sameJson } from '../api/objects.ts';
import { type Fields, listOf, textOf } from '../kinds/fields.ts';
import { specOf, statusOf } from '../kinds/workload.ts';
import { ENDPOINT_SLICES, SERVICES } from './client.ts';
import { type Controller, type ControllerContext, splitKey } from './controller.ts';
import { controllerRef, isReady } from './pods.ts';
import { counts, endpointPods, isManaged, portsFor, SERVICE_WATCHES, targetRef } from './service-pods.ts';

const BY = 'endpointslice.kubernetes.io/managed-by';
const US = 'endpointslice-controller.k8s.io';
const SERVICE = 'kubernetes.io/service-name';
/** --max-endpoints-per-slice */
const MAX = 100;

/** pkg/controller/endpointslice: the endpoints of a service in slices of at most a hundred. */
export const endpointSliceController: Controller = {
  name: 'endpointslice',
  component: 'endpoint-slice-controller',
  account: 'endpointslice-controller',
  watches: [
    ...SERVICE_WATCHES,
    {
      resource: ENDPOINT_SLICES,
      keys: ({ object: { metadata } }) =>
        metadata.labels?.[BY] === US ? [`${metadata.namespace ?? ''}/${metadata.labels[SERVICE] ?? ''}`] : [],
    },
  ],
  sync,
};

function sync(key: string, { client }: ControllerContext): void {
  const [namespace, name] = splitKey(key);
  const present = client
    .list(ENDPOINT_SLICES, namespace)
    .filter(({ metadata }) => metadata.labels?.[BY] === US && metadata.labels[SERVICE] === name);
  const service = client.find(SERVICES, namespace, name);
  if (service === undefined || !isManaged(service)) {
    for (const slice of present) client.delete(ENDPOINT_SLICES, slice);
    return;
  }
  if (service.metadata.deletionTimestamp !== undefined) return;
  const wanted = contentsOf(service, endpointPods(client, service, true));
  const free = [...present];
  for (const content of wanted) {
    const same = free.findIndex((slice) => sameJson(slice['ports'], content['ports']));
    const at = same >= 0 ? same : free.length > 0 ? 0 : -1;
    const [slice] = at < 0 ? [] : free.splice(at, 1);
    if (slice === undefined) client.create(ENDPOINT_SLICES, sliceOf(service, content));
    else if (!sameJson(slice['ports'], content['ports']) || !sameJson(slice['endpoints'], content['endpoints'])) {
      client.update(ENDPOINT_SLICES, slice, 'main', (known) => ({ ...known, ...content }));
    }
  }
  for (const slice of free) client.delete(ENDPOINT_SLICES, slice);
}

/** Ports and endpoints of each slice; a service without pods has one slice without either. */
function contentsOf(service: KubeObject, pods: readonly KubeObject[]): readonly Fields[] {
  const byPorts = new Map<string, { readonly ports: readonly Fields[]; readonly endpoints: Fields[] }>();
  for (const pod of pods) {
    const ports = portsFor(service, pod);
    const key = JSON.stringify(ports);
    const group = byPorts.get(key) ?? { ports, endpoints: [] };
    byPorts.set(key, group);
    group.endpoints.push(endpointOf(service, pod));
  }
  if (byPorts.size === 0) return [{ ports: null, endpoints: null }];
  return [...byPorts.values()].flatMap(({ ports, endpoints }) => {
    const slices = Math.ceil(endpoints.length / MAX);
    return Array.from({ length: slices }, (_, at) => ({ ports, endpoints: endpoints.slice(at * MAX, (at + 1) * MAX) }));
  });
}

function endpointOf(service: KubeObject, pod: KubeObject): Fields {
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const publishes = specOf(service)['publishNotReadyAddresses'] === true;
  return {
    addresses: [textOf(statusOf(pod)['podIP'])],
    conditions: { ready: counts(service, pod) && (publishes || !terminating), serving: isReady(pod), terminating },
    targetRef: targetRef(pod),
    nodeName: specOf(pod)['nodeName'],
  };
}

function sliceOf(service: KubeObject, content: Fields): KubeObject {
  const { name, namespace, labels } = service.metadata;
  const headless = specOf(service)['clusterIP'] === 'None' ? { 'service.kubernetes.io/headless': '' } : {};
  const families = listOf(specOf(service)['ipFamilies']) as readonly unknown[];
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: '',
      generateName: `${name}-`,
      ...(namespace === undefined ? {} : { namespace }),
      labels: { ...labels, [BY]: US, [SERVICE]: name, ...headless },
      ownerReferences: [controllerRef(service)],
    },
    addressType: families[0] === 'IPv6' ? 'IPv6' : 'IPv4',
    ...content,
  };
}
