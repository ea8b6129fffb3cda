import type { KubeObject } from '../../contracts/kube-client.ts';
import { sameJson } from '../api/objects.ts';
import { type Fields, fieldsOf, textOf } from '../kinds/fields.ts';
import { specOf, statusOf } from '../kinds/workload.ts';
import { ENDPOINTS, SERVICES } from './client.ts';
import { type Controller, type ControllerContext, splitKey } from './controller.ts';
import { counts, endpointPods, isManaged, portsFor, SERVICE_WATCHES, targetRef } from './service-pods.ts';

const MANAGED = { 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' };

/** pkg/controller/endpoint/endpoints_controller.go */
export const endpointsController: Controller = {
  name: 'endpoints',
  component: 'endpoint-controller',
  account: 'endpoint-controller',
  watches: SERVICE_WATCHES,
  sync,
};

function sync(key: string, { client }: ControllerContext): void {
  const [namespace, name] = splitKey(key);
  const service = client.find(SERVICES, namespace, name);
  const present = client.find(ENDPOINTS, namespace, name);
  if (service === undefined || service.metadata.deletionTimestamp !== undefined) {
    if (present !== undefined && service === undefined) client.delete(ENDPOINTS, present);
    return;
  }
  if (!isManaged(service)) return;
  const subsets = subsetsOf(service, endpointPods(client, service, false));
  const headless = specOf(service)['clusterIP'] === 'None' ? { 'service.kubernetes.io/headless': '' } : {};
  const labels = { ...service.metadata.labels, ...MANAGED, ...headless };
  const wanted = subsets.length === 0 ? {} : { subsets };
  if (present === undefined) {
    const metadata = { name, namespace, labels };
    client.create(ENDPOINTS, { apiVersion: 'v1', kind: 'Endpoints', metadata, ...wanted });
    return;
  }
  if (sameJson(present['subsets'] ?? [], subsets) && sameJson(present.metadata.labels, labels)) return;
  client.update(ENDPOINTS, present, 'main', ({ subsets: _, ...rest }) => ({
    ...(rest as KubeObject),
    metadata: { ...present.metadata, labels },
    ...wanted,
  }));
}

/** One subset for each set of ports, its addresses in order. */
function subsetsOf(service: KubeObject, pods: readonly KubeObject[]): readonly Fields[] {
  const byPorts = new Map<
    string,
    { readonly ports: readonly Fields[]; readonly ready: Fields[]; readonly not: Fields[] }
  >();
  for (const pod of pods) {
    const ports = portsFor(service, pod).map(({ name, ...port }) => (name === '' ? port : { name, ...port }));
    const key = JSON.stringify(ports);
    const group = byPorts.get(key) ?? { ports, ready: [], not: [] };
    byPorts.set(key, group);
    (counts(service, pod) ? group.ready : group.not).push(addressOf(pod));
  }
  const sorted = (list: readonly Fields[]) => list.toSorted((a, b) => (textOf(a['ip']) < textOf(b['ip']) ? -1 : 1));
  return [...byPorts.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { ports, ready, not }]) => ({
      ...(ready.length === 0 ? {} : { addresses: sorted(ready) }),
      ...(not.length === 0 ? {} : { notReadyAddresses: sorted(not) }),
      ...(ports.length === 0 ? {} : { ports }),
    }));
}

function addressOf(pod: KubeObject): Fields {
  const { hostname, nodeName } = specOf(pod);
  return {
    ip: statusOf(pod)['podIP'],
    ...(textOf(hostname) === '' || textOf(fieldsOf(pod['spec'])['subdomain']) === '' ? {} : { hostname }),
    nodeName,
    targetRef: targetRef(pod),
  };
}
