import type { KubeObject } from '../../contracts/kube-client.ts';
import { fieldsOf, listOf, numberOf, textOf } from '../kinds/fields.ts';
import { availableOf } from '../kinds/api-service.ts';

/** An APIService that somebody else serves. */
export interface Remote {
  readonly name: string;
  readonly group: string;
  readonly version: string;
  readonly service: { readonly namespace: string; readonly name: string; readonly port: number };
  readonly skipVerify: boolean;
  /** PEM, if there is one. */
  readonly ca: string | undefined;
  readonly available: boolean;
  readonly object: KubeObject;
}

/** Undefined for a local one. */
export function remoteOf(object: KubeObject): Remote | undefined {
  const { service, group, version, caBundle, insecureSkipTLSVerify } = fieldsOf(object['spec']);
  if (service === undefined) return undefined;
  const { namespace, name, port } = fieldsOf(service);
  const bundle = textOf(caBundle);
  return {
    name: object.metadata.name,
    group: textOf(group),
    version: textOf(version),
    service: { namespace: textOf(namespace), name: textOf(name), port: numberOf(port) },
    skipVerify: insecureSkipTLSVerify === true,
    ca: bundle === '' ? undefined : Buffer.from(bundle, 'base64').toString('utf8'),
    available: availableOf(object)?.status === 'True',
    object,
  };
}

/** Reads the objects that say where a service is. */
export interface ServiceLookup {
  readonly service: (namespace: string, name: string) => KubeObject | undefined;
  readonly slices: (namespace: string, service: string) => readonly KubeObject[];
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Why a service cannot be reached, with the reason and words of the availability controller. */
export interface Unreachable {
  readonly reason: string;
  readonly message: string;
}

/**
 * Where requests for a service go (apiserver pkg/util/proxy, kube-aggregator available_controller.go): the name of an
 * ExternalName service; else a ready endpoint, as nothing routes cluster addresses here.
 */
export function resolve({ service: wanted }: Remote, lookup: ServiceLookup): Address | Unreachable {
  const { namespace, name, port } = wanted;
  const where = `service/${name} in ${JSON.stringify(namespace)}`;
  const service = lookup.service(namespace, name);
  if (service === undefined) return { reason: 'ServiceNotFound', message: `${where} is not present` };
  const spec = fieldsOf(service['spec']);
  if (spec['type'] === 'ExternalName') return { host: textOf(spec['externalName']), port };
  const servicePort = listOf(spec['ports']).find((each) => each['port'] === port);
  if (servicePort === undefined) {
    return { reason: 'ServicePortError', message: `${where} is not listening on port ${port}` };
  }
  const slices = lookup.slices(namespace, name);
  if (slices.length === 0) return { reason: 'EndpointsNotFound', message: `cannot find endpointslices for ${where}` };
  const portName = textOf(servicePort['name']);
  for (const slice of slices) {
    const target = listOf(slice['ports']).find((each) => textOf(each['name']) === portName);
    const ready = listOf(slice['endpoints']).find(({ conditions }) => fieldsOf(conditions)['ready'] !== false);
    const [host] = (ready?.['addresses'] ?? []) as readonly string[];
    if (target !== undefined && host !== undefined) return { host, port: numberOf(target['port']) };
  }
  const message = `endpointslices for ${where} have no addresses with port name ${JSON.stringify(portName)}`;
  return { reason: 'MissingEndpoints', message };
}
