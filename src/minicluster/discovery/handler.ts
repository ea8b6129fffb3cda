import { methodNotAllowed, noResource } from '../api/failure.ts';
import { PageNotFound } from '../api/route.ts';
import type { KindRegistry } from '../kinds/registry.ts';
import type { PathHandler } from '../server/api-server.ts';
import type { Exchange } from '../server/exchange.ts';
import { groupDiscovery, groupDocument, groupsOf, type RemoteVersion, resourceList } from './documents.ts';

export interface DiscoveryPorts {
  readonly registry: KindRegistry;
  /** Group versions of APIServices, and what is known of their resources. */
  readonly remote: () => readonly RemoteVersion[];
  readonly remoteDiscovery: (group: string, version: string) => Readonly<Record<string, unknown>> | undefined;
  /** `host:port` under which clients reach the server. */
  readonly address: () => string;
}

const AGGREGATED =
  /application\/json;(?=[^,]*\bg=apidiscovery\.k8s\.io\b)(?=[^,]*\bv=(v2|v2beta1)\b)(?=[^,]*\bas=APIGroupDiscoveryList\b)/;

/** /api, /apis and what is below them short of a resource (endpoints/discovery). */
export function discovery(ports: DiscoveryPorts): PathHandler {
  return (exchange) => {
    const parts = exchange.path.replace(/\/$/, '').slice(1).split('/');
    const document = documentAt(parts, ports);
    if (document === undefined) return false;
    if (exchange.method !== 'GET') throw methodNotAllowed();
    const version = parts.length === 1 ? AGGREGATED.exec(exchange.header('accept') ?? '')?.[1] : undefined;
    if (version === undefined) exchange.json(200, document());
    else sendAggregated(exchange, parts[0] === 'api', version, ports);
    return true;
  };
}

function documentAt(parts: readonly string[], ports: DiscoveryPorts): (() => unknown) | undefined {
  const [top, group, version, ...more] = parts;
  const { registry, remote, address } = ports;
  if (top === 'api') {
    if (group === undefined)
      return () => ({
        kind: 'APIVersions',
        versions: ['v1'],
        serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address() }],
      });
    if (version !== undefined) return undefined;
    if (group !== 'v1') throw noResource();
    return () => resourceList(registry, '', 'v1');
  }
  if (top !== 'apis' || more.length > 0) return undefined;
  const groups = groupsOf(registry, remote());
  if (group === undefined) return () => ({ kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(groupDocument) });
  const found = groups.find(({ name }) => name === group);
  if (found === undefined) {
    if (version === undefined) throw new PageNotFound();
    return undefined;
  }
  if (version === undefined) return () => ({ kind: 'APIGroup', apiVersion: 'v1', ...groupDocument(found) });
  if (remote().some((each) => each.group === group && each.version === version)) return undefined;
  if (!found.versions.includes(version)) throw noResource();
  return () => resourceList(registry, group, version);
}

function sendAggregated(exchange: Exchange, legacy: boolean, version: string, ports: DiscoveryPorts): void {
  const { registry, remote, remoteDiscovery } = ports;
  const groups = legacy ? [{ name: '', versions: ['v1'] }] : groupsOf(registry, remote());
  const items = groups.map(({ name, versions }) => groupDiscovery(registry, name, versions, remoteDiscovery));
  const list = { kind: 'APIGroupDiscoveryList', apiVersion: `apidiscovery.k8s.io/${version}`, metadata: {}, items };
  const type = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
  exchange.send(200, type, `${JSON.stringify(list)}\n`, { vary: 'Accept' });
}
