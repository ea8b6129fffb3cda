import { parse as parseYaml } from 'yaml';
import type { KubeObject } from '../../contracts/kube-client.ts';
import { invalid as invalidField, plain } from '../../hpa/api/field-error.ts';
import type { Kind, KindVersion } from '../kinds/kind.ts';
import { groupVersion, type KindRegistry } from '../kinds/registry.ts';
import { DecodeError, decode } from '../schema/decode.ts';
import { JsonSyntaxError, parseJson, type ParsedJson } from '../schema/json.ts';
import type { StructType } from '../schema/type.ts';
import { ApiFailure, badRequest, invalid } from './failure.ts';
import { MEDIA_TYPES } from '../server/negotiate.ts';
import { protobufJson } from '../protobuf/decode.ts';

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

/** What an object in a body has to be. */
export interface Wanted {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly type: StructType;
  readonly prune?: KindVersion['prune'];
  /** Of a custom resource: another kind in the body is refused by validation, not by decoding. */
  readonly custom?: boolean;
}

export function wanted(kind: Kind, version: KindVersion): Wanted {
  return {
    group: kind.group,
    version: version.version,
    kind: kind.kind,
    type: version.type,
    ...(version.prune === undefined ? {} : { prune: version.prune }),
    ...(kind.custom === true ? { custom: true } : {}),
  };
}

export interface BodyPorts {
  readonly registry: KindRegistry;
  readonly validation: FieldValidation;
  readonly warn: (text: string) => void;
}

const SUMMARY = 30;
const HEADER_TYPE =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

/**
 * The object in a body of the given media type, decoded strictly, with apiVersion and kind filled in (serializer/json.go,
 * versioning.go, handlers/create.go). Raises ApiFailure 400, 415.
 */
export function readObject(bytes: Buffer, mediaType: string | undefined, want: Wanted, ports: BodyPorts): KubeObject {
  const parsed = parseBody(bytes, mediaType, want);
  const foreign = parsed.value ?? {};
  checkHeader(foreign, bytes, want, ports.registry);
  return decodeObject(foreign, parsed.duplicates, want, ports);
}

/** JSON, YAML or protobuf as a JSON value. */
function parseBody(bytes: Buffer, mediaType: string | undefined, want: Wanted): ParsedJson {
  const type = (mediaType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/vnd.kubernetes.protobuf') return { value: protobufJson(bytes, want.type), duplicates: [] };
  if (type !== '' && type !== 'application/json' && type !== 'application/yaml') throw unknownFormat(MEDIA_TYPES);
  try {
    return parseJson(type === 'application/yaml' ? yamlToJson(bytes.toString('utf8')) : bytes.toString('utf8'));
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw unrecognized(want, `couldn't get version/kind; json parse error: ${error.message}`, bytes);
  }
}

export function unknownFormat(accepted: string): ApiFailure {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted}`;
  return new ApiFailure(415, 'UnsupportedMediaType', message);
}

/** Raises JsonSyntaxError. */
export function yamlToJson(text: string): string {
  try {
    return JSON.stringify(parseYaml(text, { schema: 'core', maxAliasCount: 100 }) ?? null);
  } catch (error) {
    throw new JsonSyntaxError(`error converting YAML to JSON: yaml: ${error instanceof Error ? error.message : ''}`);
  }
}

function checkHeader(foreign: unknown, bytes: Buffer, want: Wanted, registry: KindRegistry): void {
  if (typeof foreign !== 'object' || foreign === null || Array.isArray(foreign)) {
    const what = Array.isArray(foreign) ? 'array' : typeof foreign === 'boolean' ? 'bool' : typeof foreign;
    const why = `json: cannot unmarshal ${what} into Go value of type ${HEADER_TYPE}`;
    throw unrecognized(want, `couldn't get version/kind; json parse error: ${why}`, bytes);
  }
  const { apiVersion = '', kind = '' } = foreign as Readonly<Record<string, unknown>>;
  for (const [name, value] of [
    ['apiVersion', apiVersion],
    ['kind', kind],
  ] as const) {
    if (typeof value === 'string') continue;
    const why = `json: cannot unmarshal ${typeof value} into Go struct field .${name} of type string`;
    throw unrecognized(want, `couldn't get version/kind; json parse error: ${why}`, bytes);
  }
  const { name } = ((foreign as Readonly<Record<string, unknown>>)['metadata'] ?? {}) as Readonly<
    Record<string, unknown>
  >;
  checkKind(String(apiVersion), String(kind), bytes, want, registry, typeof name === 'string' ? name : '');
}

function checkKind(
  apiVersion: string,
  kind: string,
  bytes: Buffer,
  want: Wanted,
  registry: KindRegistry,
  nameIn: string,
): void {
  const expected = groupVersion(want.group, want.version);
  const given = apiVersion === '' ? expected : apiVersion;
  const name = kind === '' ? want.kind : kind;
  if (given === expected && name === want.kind) return;
  if (given.split('/').length > 2) {
    throw unrecognized(want, `unexpected GroupVersion string: ${given}`, bytes);
  }
  const version = given.slice(given.indexOf('/') + 1);
  if (want.custom === true && given === expected) throw wrongCustomKind(name, nameIn, want);
  const handled = `${name} in version ${JSON.stringify(version)} cannot be handled as a ${want.kind}: `;
  const known = registry.knows(given, name);
  if (name === want.kind && (known || want.custom === true || OLD_VERSIONS.includes(given))) {
    const message = `the API version in the data (${given}) does not match the expected API version (${expected})`;
    throw badRequest(message);
  }
  const hub = want.group === '' ? 'core' : (want.group.split('.')[0] ?? '');
  if (known) throw badRequest(`${handled}converting (${version}.${name}) to (${hub}.${want.kind}): unknown conversion`);
  throw badRequest(`${handled}${noKind(given, name)}`);
}

function wrongCustomKind(kind: string, name: string, want: Wanted): ApiFailure {
  return invalid({ group: want.group, kind }, name, [invalidField(['kind'], plain(kind), `must be ${want.kind}`)]);
}

/** Versions that upstream still converts from, though it serves them no longer. */
const OLD_VERSIONS = [
  'extensions/v1beta1',
  'apps/v1beta1',
  'apps/v1beta2',
  'autoscaling/v2beta1',
  'autoscaling/v2beta2',
];

export function noKind(apiVersion: string, kind: string): string {
  return `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30"`;
}

/** A JSON value as an object of the wanted type. Raises ApiFailure 400 with the words of a body that was refused. */
export function decodeObject(
  foreign: unknown,
  duplicates: readonly string[],
  want: Wanted,
  { validation, warn }: BodyPorts,
): KubeObject {
  const refused = (why: string) =>
    badRequest(`${want.kind} in version ${JSON.stringify(want.version)} cannot be handled as a ${want.kind}: ${why}`);
  const { object, strict } = decodeLoosely(foreign, duplicates, want, refused);
  if (strict.length === 0 || validation === 'Ignore') return object;
  if (validation === 'Strict') throw refused(`strict decoding error: ${strict.join(', ')}`);
  for (const text of strict) warn(text);
  return object;
}

/** The object, and what strict decoding would complain about. `refused` makes the failure for a value of the wrong type. */
export function decodeLoosely(
  foreign: unknown,
  duplicates: readonly string[],
  want: Wanted,
  refused: (why: string) => ApiFailure,
): { readonly object: KubeObject; readonly strict: readonly string[] } {
  try {
    const decoded = decode(want.type, foreign);
    const prunedBody = want.prune?.(decoded.value as Readonly<Record<string, unknown>>);
    const value = prunedBody?.value ?? decoded.value;
    const unknown = [...decoded.unknown, ...(prunedBody?.unknown ?? [])];
    const strict = [
      ...duplicates.map((path) => `duplicate field ${JSON.stringify(path)}`),
      ...unknown.map((path) => `unknown field ${JSON.stringify(path)}`),
    ];
    return { object: identified(value as Readonly<Record<string, unknown>>, want), strict };
  } catch (error) {
    if (error instanceof DecodeError) throw refused(error.message);
    throw error;
  }
}

function identified(value: Readonly<Record<string, unknown>>, want: Wanted): KubeObject {
  const { apiVersion: _version, kind: _kind, metadata, ...rest } = value;
  const given = (metadata ?? {}) as Readonly<Record<string, unknown>>;
  return {
    kind: want.kind,
    apiVersion: groupVersion(want.group, want.version),
    metadata: { ...given, name: typeof given['name'] === 'string' ? given['name'] : '' },
    ...rest,
  };
}

function unrecognized(want: Wanted, why: string, bytes: Buffer): ApiFailure {
  return badRequest(`the object provided is unrecognized (must be of type ${want.kind}): ${why} (${summary(bytes)})`);
}

/** handlers/rest.go summarizeData. */
function summary(bytes: Buffer): string {
  if (bytes.length === 0) return '<empty>';
  const text = bytes[0] === 0x7b;
  const part = bytes.subarray(0, SUMMARY).toString(text ? 'utf8' : 'hex');
  return bytes.length > SUMMARY ? `${part} ...` : part;
}
