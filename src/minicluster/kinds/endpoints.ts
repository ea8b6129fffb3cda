import { isIP } from 'node:net';
import type { KubeObject } from '../../contracts/kube-client.ts';
import { type FieldError, invalid, notSupported, plain, required } from '../../hpa/api/field-error.ts';
import type { FieldPath } from '../../hpa/api/field-path.ts';
import { AGE, NAME } from '../api/table.ts';
import { endpoints as endpointsType, endpointSlice as sliceType } from '../types/core.ts';
import { type Fields, listOf, mapList, portErrors, textOf } from './fields.ts';
import type { Kind } from './kind.ts';

const IP_TEXT = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
const DEPRECATED = 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice';
const SHOWN = 3;

export const endpoints: Kind = {
  group: '',
  kind: 'Endpoints',
  plural: 'endpoints',
  singular: 'endpoints',
  shortNames: ['ep'],
  namespaced: true,
  deprecated: DEPRECATED,
  versions: [{ version: 'v1', type: endpointsType }],
  default: (given) => {
    const subsets = mapList(given['subsets'], (subset) => {
      const ports = mapList(subset['ports'], (port) => ({ protocol: 'TCP', ...port }));
      return { ...subset, ...(ports === undefined ? {} : { ports }) };
    });
    return { ...given, ...(subsets === undefined ? {} : { subsets }) };
  },
  validate: (given) =>
    listOf(given['subsets']).flatMap((subset, at) => [
      ...['addresses', 'notReadyAddresses'].flatMap((field) =>
        listOf(subset[field]).flatMap(({ ip }, index) =>
          ipErrors(textOf(ip), ['subsets', at, field, index, 'ip'], true),
        ),
      ),
      ...listOf(subset['ports']).flatMap(({ port }, index) =>
        portErrors(['subsets', at, 'ports', index, 'port'], port),
      ),
    ]),
  columns: [
    NAME,
    {
      name: 'Endpoints',
      type: 'string',
      description: 'The set of all endpoints is the union of all subsets.',
      cell: endpointsText,
    },
    AGE,
  ],
};

/** ValidateEndpointIP, with the older check that says the same in other words. */
function ipErrors(ip: string, path: FieldPath, twice: boolean): readonly FieldError[] {
  if (isIP(ip) === 0) {
    const again = twice ? [invalid(path, plain(ip), 'must be a valid IP address')] : [];
    return [invalid(path, plain(ip), IP_TEXT), ...again];
  }
  if (ip.startsWith('127.') || ip === '::1') {
    return [invalid(path, plain(ip), 'may not be in the loopback range (127.0.0.0/8, ::1/128)')];
  }
  if (ip.startsWith('169.254.') || /^fe[89ab]/i.test(ip)) {
    return [invalid(path, plain(ip), 'may not be in the link-local range (169.254.0.0/16, fe80::/10)')];
  }
  if (ip === '0.0.0.0' || ip === '::') return [invalid(path, plain(ip), `may not be unspecified (${ip})`)];
  return [];
}

function endpointsText(given: KubeObject): string {
  const all = listOf(given['subsets']).flatMap((subset) => {
    const addresses = listOf(subset['addresses']).map(({ ip }) => textOf(ip));
    const ports = listOf(subset['ports']);
    if (ports.length === 0) return addresses;
    return ports.flatMap(({ port }) =>
      addresses.map((ip) => (isIP(ip) === 6 ? `[${ip}]:${String(port)}` : `${ip}:${String(port)}`)),
    );
  });
  return shortList(all) || '<none>';
}

function shortList(all: readonly string[]): string {
  const rest = all.length - SHOWN;
  return rest > 0 ? `${all.slice(0, SHOWN).join(',')} + ${rest} more...` : all.join(',');
}

const ADDRESS_TYPES = ['IPv4', 'IPv6', 'FQDN'];

export const endpointSlice: Kind = {
  group: 'discovery.k8s.io',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  singular: 'endpointslice',
  namespaced: true,
  generation: true,
  versions: [{ version: 'v1', type: sliceType }],
  default: (given) => {
    const ports = mapList(given['ports'], (port) => ({ name: '', protocol: 'TCP', ...port })) ?? null;
    const endpointList = mapList(given['endpoints'], (each) => ({ conditions: {}, ...each })) ?? null;
    return { ...given, endpoints: endpointList, ports };
  },
  validate: sliceErrors,
  validateUpdate: (now, old) =>
    now['addressType'] === old['addressType']
      ? []
      : [invalid(['addressType'], plain(textOf(now['addressType'])), 'field is immutable')],
  columns: [
    NAME,
    {
      name: 'AddressType',
      type: 'string',
      description: 'The type of address carried by this slice.',
      cell: (given) => textOf(given['addressType']),
    },
    {
      name: 'Ports',
      type: 'string',
      description: 'The ports of every endpoint in this slice.',
      cell: (given) => shortList(listOf(given['ports']).map(portText)) || '<unset>',
    },
    {
      name: 'Endpoints',
      type: 'string',
      description: 'The addresses of the endpoints in this slice.',
      cell: (given) => shortList(listOf(given['endpoints']).flatMap(addressesOf)) || '<unset>',
    },
    AGE,
  ],
};

function portText({ port, name }: Fields): string {
  return port === undefined ? textOf(name) || '*' : String(port);
}

function addressesOf(endpoint: Fields): readonly string[] {
  return (endpoint['addresses'] ?? []) as readonly string[];
}

function sliceErrors(given: KubeObject): readonly FieldError[] {
  const type = textOf(given['addressType']);
  if (type === '') return [required(['addressType'], '')];
  if (!ADDRESS_TYPES.includes(type)) return [notSupported(['addressType'], type, ADDRESS_TYPES)];
  return [
    ...listOf(given['endpoints']).flatMap((endpoint, at) => {
      const path = ['endpoints', at, 'addresses'];
      const addresses = addressesOf(endpoint);
      if (addresses.length === 0) return [required(path, 'must contain at least 1 address')];
      return type === 'FQDN' ? [] : addresses.flatMap((ip, index) => ipErrors(ip, [...path, index], false));
    }),
    ...listOf(given['ports']).flatMap((port, at) =>
      port['port'] === undefined ? [] : portErrors(['ports', at, 'port'], port['port']),
    ),
  ];
}
