import type { KubeObject } from '../../contracts/kube-client.ts';
import { type FieldError, forbidden, invalid, plain } from '../../hpa/api/field-error.ts';
import { bool, bytes, map, texts } from '../schema/type.ts';
import { object } from '../types/meta.ts';
import { AGE, NAME } from '../api/table.ts';
import { sameJson } from '../api/objects.ts';
import type { Kind } from './kind.ts';

type Data = Readonly<Record<string, string>>;

/** core/validation.go ValidateConfigMap. */
const KEY_RULE = '[-._a-zA-Z0-9]+';
const KEY_TEXT = `a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '${KEY_RULE}')`;
const MAX_KEY = 253;
export const MAX_DATA: number = 1024 * 1024;

export const configMap: Kind = {
  group: '',
  kind: 'ConfigMap',
  plural: 'configmaps',
  singular: 'configmap',
  shortNames: ['cm'],
  namespaced: true,
  versions: [{ version: 'v1', type: object('v1.ConfigMap', { immutable: bool, data: texts, binaryData: map(bytes) }) }],
  validate: (config) => validateData(data(config, 'data'), data(config, 'binaryData')),
  validateUpdate: (config, old) => immutableErrors(config, old, ['data', 'binaryData']),
  columns: [
    NAME,
    {
      name: 'Data',
      type: 'string',
      description: 'Data contains the configuration data.',
      cell: (config) => Object.keys(data(config, 'data')).length + Object.keys(data(config, 'binaryData')).length,
    },
    AGE,
  ],
};

function data(config: KubeObject, field: string): Data {
  return (config[field] ?? {}) as Data;
}

/** IsConfigMapKey. */
export function keyErrors(field: string, name: string): readonly FieldError[] {
  const path = [`${field}[${name}]`];
  if (Buffer.byteLength(name) > MAX_KEY)
    return [invalid(path, plain(name), `must be no more than ${MAX_KEY} characters`)];
  if (!new RegExp(`^${KEY_RULE}$`).test(name)) return [invalid(path, plain(name), KEY_TEXT)];
  if (name === '.') return [invalid(path, plain(name), "must not be '.'")];
  if (name === '..') return [invalid(path, plain(name), "must not be '..'")];
  return name.startsWith('..') ? [invalid(path, plain(name), "must not start with '..'")] : [];
}

function validateData(text: Data, binary: Data): readonly FieldError[] {
  const doubles = Object.keys(text).filter((name) => Object.hasOwn(binary, name));
  const sizes = [
    ...Object.values(text).map((value) => Buffer.byteLength(value)),
    ...Object.values(binary).map((value) => Buffer.byteLength(value, 'base64')),
  ];
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return [
    ...Object.keys(text).flatMap((name) => [
      ...keyErrors('data', name),
      ...(doubles.includes(name)
        ? [invalid([`data[${name}]`], plain(name), 'duplicate of key present in binaryData')]
        : []),
    ]),
    ...Object.keys(binary).flatMap((name) => keyErrors('binaryData', name)),
    ...(total > MAX_DATA
      ? [{ path: ['[]'], type: 'FieldValueTooLong' as const, detail: `may not be more than ${MAX_DATA} bytes` }]
      : []),
  ];
}

/** What `immutable: true` forbids, for config maps and secrets. */
export function immutableErrors(now: KubeObject, old: KubeObject, fields: readonly string[]): readonly FieldError[] {
  if (old['immutable'] !== true) return [];
  const detail = 'field is immutable when `immutable` is set';
  return [
    ...(now['immutable'] === true ? [] : [forbidden(['immutable'], detail)]),
    ...fields.filter((field) => !sameJson(now[field], old[field])).map((field) => forbidden([field], detail)),
  ];
}
