import { isIP } from 'node:net';
import type { KubeObject } from '../../contracts/kube-client.ts';
import { type FieldError, invalid, json, notSupported, numeric, plain, required } from '../../hpa/api/field-error.ts';
import { dnsSubdomainFaults } from '../../hpa/api/names.ts';
import { sameJson } from '../api/objects.ts';
import { AGE, NAME } from '../api/table.ts';
import { service as type } from '../types/core.ts';
import { type Fields, fieldsOf, labelErrors, listOf, numberOf, portErrors, textOf } from './fields.ts';
import type { Column, Kind } from './kind.ts';
import { withAddresses } from './service-addresses.ts';

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];

const spec = (service: KubeObject): Fields => fieldsOf(service['spec']);

/** registry/core/service/strategy.go, core/validation ValidateService. */
export const service: Kind = {
  group: '',
  kind: 'Service',
  plural: 'services',
  singular: 'service',
  shortNames: ['svc'],
  categories: ['all'],
  namespaced: true,
  names: 'label',
  returnsDeleted: true,
  subresources: { status: true },
  versions: [{ version: 'v1', type }],
  default: defaulted,
  // What an update leaves out and only the server knows stays (patchAllocatedValues).
  prepareUpdate: (now, old) => (textOf(spec(now)['type']) === 'ExternalName' ? now : keepAllocated(now, old)),
  validate: errors,
  validateUpdate: (now, old) => {
    const [a, b] = [spec(now), spec(old)];
    const fixed = textOf(b['clusterIP']) !== '' && textOf(a['type']) !== 'ExternalName';
    return !fixed || sameJson(a['clusterIPs'], b['clusterIPs'])
      ? []
      : [invalid(['spec', 'clusterIPs', 0], json(a['clusterIPs']), 'may not change once set')];
  },
  complete: withAddresses,
  columns: [
    NAME,
    text('Type', 'Type determines how the Service is exposed.', (given) => textOf(spec(given)['type'])),
    text(
      'Cluster-IP',
      'clusterIP is the IP address of the service.',
      (given) => textOf(spec(given)['clusterIP']) || '<none>',
    ),
    text('External-IP', 'IPs for which nodes in the cluster will also accept traffic.', externalText),
    text('Port(s)', 'The list of ports that are exposed by this service.', portsText),
    AGE,
    {
      ...text('Selector', 'Route service traffic to pods with matching label keys and values.', selectorText),
      priority: 1,
    },
  ],
  fields: {
    'spec.clusterIP': (given) => textOf(spec(given)['clusterIP']),
    'spec.type': (given) => textOf(spec(given)['type']),
  },
};

function text(name: string, description: string, cell: (service: KubeObject) => string): Column {
  return { name, type: 'string', description, cell };
}

function defaulted(given: KubeObject): KubeObject {
  const own = spec(given);
  const kind = textOf(own['type']) || 'ClusterIP';
  const ports = listOf(own['ports']).map((port) => ({ protocol: 'TCP', targetPort: port['port'], ...port }));
  const whole = ports.map((port) =>
    port.targetPort === 0 || port.targetPort === '' ? { ...port, targetPort: port['port' as never] } : port,
  );
  const clusterIP = own['clusterIP'] ?? (own['clusterIPs'] as readonly string[] | undefined)?.[0];
  const internal = kind === 'ExternalName' ? {} : CLUSTER_DEFAULTS;
  const external = kind === 'NodePort' || kind === 'LoadBalancer' ? { externalTrafficPolicy: 'Cluster' } : {};
  const affinity =
    own['sessionAffinity'] === 'ClientIP' ? { sessionAffinityConfig: { clientIP: { timeoutSeconds: 10_800 } } } : {};
  return {
    ...given,
    spec: {
      sessionAffinity: 'None',
      ...internal,
      ...external,
      ...affinity,
      ...(kind === 'LoadBalancer' ? { allocateLoadBalancerNodePorts: true } : {}),
      ...own,
      type: kind,
      ...(clusterIP === undefined ? {} : { clusterIP, clusterIPs: own['clusterIPs'] ?? [clusterIP] }),
      ...(whole.length === 0 ? {} : { ports: whole }),
    },
    status: { loadBalancer: {}, ...fieldsOf(given['status']) },
  };
}

const CLUSTER_DEFAULTS = { internalTrafficPolicy: 'Cluster', ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' };

function keepAllocated(now: KubeObject, old: KubeObject): KubeObject {
  const before = spec(old);
  const kept = ['clusterIP', 'clusterIPs'].filter(
    (name) => spec(now)[name] === undefined && before[name] !== undefined,
  );
  const known = new Map(
    listOf(before['ports']).map((port) => [`${String(port['port'])}/${String(port['protocol'])}`, port['nodePort']]),
  );
  const sameType = spec(now)['type'] === before['type'];
  const ports = listOf(spec(now)['ports']).map((port) => {
    const nodePort = known.get(`${String(port['port'])}/${String(port['protocol'])}`);
    return sameType && port['nodePort'] === undefined && nodePort !== undefined ? { ...port, nodePort } : port;
  });
  return {
    ...now,
    spec: {
      ...spec(now),
      ...Object.fromEntries(kept.map((name) => [name, before[name]])),
      ...(ports.length === 0 ? {} : { ports }),
    },
  };
}

function errors(given: KubeObject): readonly FieldError[] {
  const own = spec(given);
  const kind = textOf(own['type']);
  const ports = listOf(own['ports']);
  const clusterIP = textOf(own['clusterIP']);
  const headless = clusterIP === 'None';
  const name = textOf(own['externalName']).replace(/\.$/, '');
  return [
    ...(ports.length === 0 && !headless && kind !== 'ExternalName' ? [required(['spec', 'ports'], '')] : []),
    ...(kind === 'ExternalName'
      ? name === ''
        ? [required(['spec', 'externalName'], '')]
        : dnsSubdomainFaults(name).map((fault) => invalid(['spec', 'externalName'], plain(name), fault))
      : []),
    ...portsErrors(ports),
    ...(TYPES.includes(kind) ? [] : [notSupported(['spec', 'type'], kind, TYPES)]),
    ...(['None', 'ClientIP'].includes(textOf(own['sessionAffinity']))
      ? []
      : [notSupported(['spec', 'sessionAffinity'], textOf(own['sessionAffinity']), ['ClientIP', 'None'])]),
    ...(clusterIP === '' || headless || isIP(clusterIP) !== 0
      ? []
      : [
          invalid(
            ['spec', 'clusterIPs', 0],
            plain(clusterIP),
            'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
          ),
        ]),
  ];
}

function portsErrors(ports: readonly Fields[]): readonly FieldError[] {
  const seen = new Set<string>();
  return ports.flatMap((port, at) => {
    const path = ['spec', 'ports', at];
    const name = textOf(port['name']);
    const twice = name !== '' && seen.has(name);
    seen.add(name);
    const protocol = textOf(port['protocol']);
    const target = port['targetPort'];
    return [
      ...(name === '' && ports.length > 1 ? [required([...path, 'name'], '')] : []),
      ...(name === '' ? [] : labelErrors([...path, 'name'], name)),
      ...(twice
        ? [{ path: [...path, 'name'], type: 'FieldValueDuplicate' as const, badValue: plain(name), detail: '' }]
        : []),
      ...portErrors([...path, 'port'], port['port']),
      ...(PROTOCOLS.includes(protocol) ? [] : [notSupported([...path, 'protocol'], protocol, PROTOCOLS)]),
      ...(typeof target === 'number' ? portErrors([...path, 'targetPort'], target) : []),
      ...(numberOf(port['nodePort']) < 0
        ? [
            invalid(
              [...path, 'nodePort'],
              numeric(numberOf(port['nodePort'])),
              'must be between 1 and 65535, inclusive',
            ),
          ]
        : []),
    ];
  });
}

function externalText(given: KubeObject): string {
  const own = spec(given);
  const kind = textOf(own['type']);
  if (kind === 'ExternalName') return textOf(own['externalName']);
  const ips = (own['externalIPs'] ?? []) as readonly string[];
  if (kind !== 'LoadBalancer') return ips.join(',') || '<none>';
  const ingress = listOf(fieldsOf(fieldsOf(given['status'])['loadBalancer'])['ingress']);
  const all = [...ingress.map(({ ip, hostname }) => textOf(ip) || textOf(hostname)), ...ips];
  return all.join(',') || '<pending>';
}

function portsText(given: KubeObject): string {
  const parts = listOf(spec(given)['ports']).map(({ port, nodePort, protocol }) => {
    const node = numberOf(nodePort) > 0 ? `:${numberOf(nodePort)}` : '';
    return `${String(port)}${node}/${textOf(protocol)}`;
  });
  return parts.join(',') || '<none>';
}

function selectorText(given: KubeObject): string {
  const entries = Object.entries(fieldsOf(spec(given)['selector'])).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, value]) => `${key}=${String(value)}`).join(',') || '<none>';
}
