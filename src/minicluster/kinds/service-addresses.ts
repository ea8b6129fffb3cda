import type { KubeObject } from '../../contracts/kube-client.ts';
import { internal } from '../api/failure.ts';
import { type Fields, fieldsOf, listOf, numberOf, textOf } from './fields.ts';
import type { RuleContext } from './kind.ts';

/** 10.96.0.0/16; .0.1 is Service `kubernetes`, and addresses that nobody named come from behind the first 256. */
const PREFIX = '10.96';
const FIRST = 256;
const LAST = 65_534;
const NODE_PORTS = { first: 30_000, last: 32_767 };

/** Cluster IPs and node ports that a service still needs. Raises ApiFailure 500 when there is none left. */
export function withAddresses(service: KubeObject, context: RuleContext): KubeObject {
  const spec = fieldsOf(service['spec']);
  const type = textOf(spec['type']);
  if (type === 'ExternalName') return service;
  const others = context.all('', 'services').filter(({ metadata }) => metadata.uid !== service.metadata.uid);
  const clusterIP = textOf(spec['clusterIP']) || freeAddress(others);
  const withIp: Fields = { ...spec, clusterIP, clusterIPs: spec['clusterIPs'] ?? [clusterIP] };
  const wantsPorts =
    type === 'NodePort' || (type === 'LoadBalancer' && spec['allocateLoadBalancerNodePorts'] !== false);
  return { ...service, spec: wantsPorts ? withNodePorts(withIp, others) : withIp };
}

function freeAddress(others: readonly KubeObject[]): string {
  const used = new Set(others.map((each) => textOf(fieldsOf(each['spec'])['clusterIP'])));
  for (let at = FIRST; at < LAST; at += 1) {
    const address = `${PREFIX}.${at >> 8}.${at & 255}`;
    if (!used.has(address) && (at & 255) !== 0) return address;
  }
  throw internal('failed to allocate a serviceIP: range is full');
}

function withNodePorts(spec: Fields, others: readonly KubeObject[]): Fields {
  const ports = listOf(spec['ports']);
  const used = new Set(
    [...others.flatMap((each) => listOf(fieldsOf(each['spec'])['ports'])), ...ports].map((port) =>
      numberOf(port['nodePort']),
    ),
  );
  const free = () => {
    for (let port = NODE_PORTS.first; port <= NODE_PORTS.last; port += 1) {
      if (used.has(port)) continue;
      used.add(port);
      return port;
    }
    throw internal('failed to allocate a nodePort: range is full');
  };
  return {
    ...spec,
    ports: ports.map((port) => (numberOf(port['nodePort']) > 0 ? port : { ...port, nodePort: free() })),
  };
}
