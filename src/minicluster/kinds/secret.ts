import type { KubeObject } from '../../contracts/kube-client.ts';
import { type FieldError, invalid, named, required } from '../../hpa/api/field-error.ts';
import { bool, bytes, map, text, texts } from '../schema/type.ts';
import { object } from '../types/meta.ts';
import { without } from '../api/objects.ts';
import { AGE, NAME } from '../api/table.ts';
import { immutableErrors, keyErrors, MAX_DATA } from './config-map.ts';
import type { Kind } from './kind.ts';

type Data = Readonly<Record<string, string>>;

/** Keys that a type asks for (core/validation.go ValidateSecret). */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
};
const ACCOUNT_TOKEN = 'kubernetes.io/service-account-token';
const ACCOUNT_NAME = 'kubernetes.io/service-account.name';

export const secret: Kind = {
  group: '',
  kind: 'Secret',
  plural: 'secrets',
  singular: 'secret',
  namespaced: true,
  versions: [
    { version: 'v1', type: object('v1.Secret', { immutable: bool, data: map(bytes), stringData: texts, type: text }) },
  ],
  default: (given) => {
    const data = { ...dataOf(given), ...encoded(given['stringData']) };
    return {
      ...without(without(given, 'stringData'), 'data'),
      ...(Object.keys(data).length === 0 ? {} : { data }),
      type: given['type'] ?? 'Opaque',
    };
  },
  validate,
  validateUpdate: (now, old) => [
    ...(now['type'] === old['type'] ? [] : [invalid(['type'], named(String(now['type'])), 'field is immutable')]),
    ...immutableErrors(now, old, ['data']),
  ],
  columns: [
    NAME,
    {
      name: 'Type',
      type: 'string',
      description: 'Used to facilitate programmatic handling of secret data.',
      cell: (shown) => String(shown['type']),
    },
    {
      name: 'Data',
      type: 'string',
      description: 'Data contains the secret data.',
      cell: (shown) => Object.keys(dataOf(shown)).length,
    },
    AGE,
  ],
  fields: { type: (shown) => String(shown['type'] ?? '') },
};

function dataOf(given: KubeObject): Data {
  return (given['data'] ?? {}) as Data;
}

/** The values of stringData as data has them. */
function encoded(stringData: unknown): Data {
  const entries = Object.entries((stringData ?? {}) as Data);
  return Object.fromEntries(entries.map(([name, value]) => [name, Buffer.from(value).toString('base64')]));
}

function validate(given: KubeObject): readonly FieldError[] {
  const data = dataOf(given);
  const size = Object.values(data).reduce((sum, value) => sum + Buffer.byteLength(value, 'base64'), 0);
  const type = String(given['type']);
  const account = given.metadata.annotations?.[ACCOUNT_NAME] ?? '';
  return [
    ...Object.keys(data).flatMap((name) => keyErrors('data', name)),
    ...(size > MAX_DATA
      ? [{ path: ['data'], type: 'FieldValueTooLong' as const, detail: `may not be more than ${MAX_DATA} bytes` }]
      : []),
    ...(REQUIRED[type] ?? []).filter((name) => data[name] === undefined).map((name) => required([`data[${name}]`], '')),
    ...(type === ACCOUNT_TOKEN && account === '' ? [required([`metadata.annotations[${ACCOUNT_NAME}]`], '')] : []),
  ];
}
