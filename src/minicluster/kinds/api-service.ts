import type { KubeObject } from '../../contracts/kube-client.ts';
import { type FieldError, invalid, json, numeric, plain, required } from '../../hpa/api/field-error.ts';
import { AGE, NAME } from '../api/table.ts';
import { bytes, int32, keyed, struct, text, time } from '../schema/type.ts';
import { object } from '../types/meta.ts';
import { fieldsOf, listOf, numberOf, textOf } from './fields.ts';
import type { Kind } from './kind.ts';

const PORT = 443;
const spec = (given: KubeObject) => fieldsOf(given['spec']);

/** apiregistration/v1; what is behind it is the business of aggregation/. */
export const apiService: Kind = {
  group: 'apiregistration.k8s.io',
  kind: 'APIService',
  plural: 'apiservices',
  singular: 'apiservice',
  categories: ['api-extensions'],
  namespaced: false,
  names: 'path',
  subresources: { status: true },
  versions: [
    {
      version: 'v1',
      type: object('v1.APIService', {
        spec: struct('v1.APIServiceSpec', {
          service: struct('v1.ServiceReference', { namespace: text, name: text, port: int32 }),
          group: text,
          version: text,
          insecureSkipTLSVerify: { is: 'bool', omit: true },
          caBundle: bytes,
          groupPriorityMinimum: int32,
          versionPriority: int32,
        }),
        status: struct('v1.APIServiceStatus', {
          conditions: keyed(
            struct('v1.APIServiceCondition', {
              type: text,
              status: text,
              lastTransitionTime: time,
              reason: text,
              message: text,
            }),
            'type',
          ),
        }),
      }),
    },
  ],
  default: (given) => {
    const { service, ...rest } = spec(given);
    const whole = service === undefined ? {} : { service: { port: PORT, ...fieldsOf(service) } };
    return {
      ...given,
      spec: { groupPriorityMinimum: 0, versionPriority: 0, ...rest, ...whole },
      status: given['status'] ?? {},
    };
  },
  prepareCreate: (created) =>
    spec(created)['service'] === undefined ? { ...created, status: { conditions: [LOCAL] } } : created,
  validate: errors,
  columns: [
    NAME,
    {
      name: 'Service',
      type: 'string',
      description: 'The reference to the service that hosts this API endpoint.',
      cell: (given) => {
        const { service } = spec(given);
        const { namespace, name } = fieldsOf(service);
        return service === undefined ? 'Local' : `${textOf(namespace)}/${textOf(name)}`;
      },
    },
    {
      name: 'Available',
      type: 'string',
      description: 'Whether this service is available.',
      cell: (given) => {
        const found = availableOf(given);
        if (found === undefined) return 'Unknown';
        return found.status === 'True' ? 'True' : `${found.status} (${found.reason})`;
      },
    },
    AGE,
  ],
};

/** Condition of an APIService that this server itself serves. */
export const LOCAL = {
  type: 'Available',
  status: 'True',
  lastTransitionTime: null,
  reason: 'Local',
  message: 'Local APIServices are always available',
} as const;

export interface Available {
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string;
}

export function availableOf(given: KubeObject): Available | undefined {
  const found = listOf(fieldsOf(given['status'])['conditions']).find(({ type }) => type === 'Available');
  if (found === undefined) return undefined;
  return {
    status: textOf(found['status']),
    reason: textOf(found['reason']),
    message: textOf(found['message']),
    lastTransitionTime: textOf(found['lastTransitionTime']),
  };
}

/** apiregistration/validation. */
function errors(given: KubeObject): readonly FieldError[] {
  const { group, version, service, caBundle, insecureSkipTLSVerify, groupPriorityMinimum, versionPriority } =
    spec(given);
  const { name } = given.metadata;
  const wanted = `${textOf(version)}.${textOf(group)}`;
  const [groupPriority, versionPriority_] = [numberOf(groupPriorityMinimum), numberOf(versionPriority)];
  const { namespace, name: serviceName } = fieldsOf(service);
  return [
    ...(name === wanted
      ? []
      : [
          invalid(
            ['metadata', 'name'],
            plain(name),
            `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(wanted)}`,
          ),
        ]),
    ...(groupPriority > 0 && groupPriority <= 20_000
      ? []
      : [invalid(['spec', 'groupPriorityMinimum'], numeric(groupPriority), 'must be positive and less than 20000')]),
    ...(versionPriority_ > 0 && versionPriority_ <= 1_000
      ? []
      : [invalid(['spec', 'versionPriority'], numeric(versionPriority_), 'must be positive and less than 1000')]),
    ...(insecureSkipTLSVerify === true && textOf(caBundle) !== ''
      ? [invalid(['spec', 'insecureSkipTLSVerify'], json(true), 'may not be true if caBundle is present')]
      : []),
    ...(service !== undefined && textOf(namespace) === '' ? [required(['spec', 'service', 'namespace'], '')] : []),
    ...(service !== undefined && textOf(serviceName) === '' ? [required(['spec', 'service', 'name'], '')] : []),
  ];
}
