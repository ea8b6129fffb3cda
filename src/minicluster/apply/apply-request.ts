import { parse as parseYaml, YAMLParseError } from 'yaml';
import type { KubeObject } from '../../contracts/kube-client.ts';
import { wanted, decodeLoosely } from '../api/body.ts';
import { ApiFailure, badRequest, internal } from '../api/failure.ts';
import { sendObject } from '../api/present.ts';
import { timeText, withMeta } from '../api/objects.ts';
import type { WriteOptions } from '../api/query.ts';
import { type Call, checkName, checkNamespace, toStored, writeRequest } from '../api/resource.ts';
import type { Part } from '../api/rest.ts';
import type { Kind, KindVersion } from '../kinds/kind.ts';
import { groupVersion, splitGroupVersion } from '../kinds/registry.ts';
import { keepTimes, ownedAfterApply, type Writing } from './field-manager.ts';
import { conflictFailure } from './conflict.ts';
import { applyByKubectl, withLastApplied } from './last-applied.ts';
import { withOwners } from './managed.ts';
import { type Fields, isFields } from './schema.ts';
import { errorsText, typeErrors } from './typed-check.ts';
import { ConflictError } from './updater.ts';

/**
 * `PATCH` with `application/apply-patch+yaml`: makes the object so, or makes it (handlers/patch.go applyPatcher). Raises
 * ApiFailure.
 */
export function applyRequest(call: Call, bytes: Buffer, options: WriteOptions, part: Part): Promise<void> {
  const { exchange, route, shown, how, ports } = call;
  const { kind, version, name = '', namespace } = { ...route, ...shown };
  const config = readConfig(bytes, kind, version);
  const request = { ...writeRequest(call, options), ownership: 'given' as const };
  const now = timeText(ports.clock.now());
  const writing: Writing = { kind, version, part, manager: request.manager, now };
  const change = (present: KubeObject | undefined): KubeObject => {
    const result = applyAs(writing, present, config, options.force === true);
    const object = result.object === undefined ? present : decoded(call, result.object);
    if (object === undefined) throw internal('nothing to create');
    checkNamespace(call, object);
    checkName(object, name);
    const owned = withOwners(result.object === undefined ? object : toStored(call, object), result.owners);
    return keepTimes(request.manager === 'kubectl' ? withLastApplied(owned, config) : owned, present);
  };
  const missing = ports.rest.find(kind, namespace, name) === undefined;
  if (missing && part === 'main') {
    sendObject(exchange, shown, ports.rest.create(request, created(change(undefined))), how, 201);
  } else sendObject(exchange, shown, ports.rest.update(request, name, part, change).object, how);
  return Promise.resolve();
}

/** Who names a uid means an object that is there (registry/store.go). */
function created(object: KubeObject): KubeObject {
  const { uid } = object.metadata;
  if (uid === undefined) return withMeta(object, { resourceVersion: undefined });
  const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
  throw new ApiFailure(409, 'Conflict', `Operation cannot be fulfilled: ${why}`);
}

function applyAs(writing: Writing, present: KubeObject | undefined, config: Fields, force: boolean) {
  try {
    if (writing.manager === 'kubectl') return applyByKubectl(writing, present, config, force);
    return ownedAfterApply(writing, present, config, force);
  } catch (error) {
    if (error instanceof ConflictError) throw conflictFailure(error.conflicts);
    throw error;
  }
}

function decoded({ shown: { kind, version } }: Call, object: unknown): KubeObject {
  return decodeLoosely(object, [], wanted(kind, version), badRequest).object;
}

/** What is to be applied, checked against the type. Raises ApiFailure 400, 500. */
function readConfig(bytes: Buffer, kind: Kind, version: KindVersion): Fields {
  const config = parsed(bytes.toString('utf8'));
  const { apiVersion = '', kind: name = '', metadata } = config;
  if (apiVersion !== groupVersion(kind.group, version.version) || name !== kind.kind) {
    throw badRequest(`invalid object type: ${kindText(apiVersion, name)}`);
  }
  const meta = isFields(metadata) ? metadata : {};
  if (meta['managedFields'] !== undefined && meta['managedFields'] !== null) {
    throw badRequest('metadata.managedFields must be nil');
  }
  const errors = typeErrors(version.type, config, false);
  if (errors.length === 0) return config;
  const what = `${textIn(meta, 'namespace')}/${textIn(meta, 'name')}; ${kindText(apiVersion, name)}`;
  throw internal(`failed to create typed patch object (${what}): ${errorsText(errors)}`);
}

function textIn(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
}

/** schema.GroupVersionKind as Go prints it: `apps/v1, Kind=Deployment`, `/v1, Kind=Pod`. */
function kindText(apiVersion: unknown, kind: unknown): string {
  const [group, version] = splitGroupVersion(typeof apiVersion === 'string' ? apiVersion : '');
  return `${group}/${version}, Kind=${typeof kind === 'string' ? kind : ''}`;
}

function parsed(text: string): Fields {
  const value = text.trimStart().startsWith('{') ? (ofJson(text) ?? ofYaml(text)) : ofYaml(text);
  if (value === null || value === undefined) return {};
  if (isFields(value)) return value;
  const what = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  const why = `json: cannot unmarshal ${what} into Go value of type map[string]interface {}`;
  throw badRequest(`error decoding YAML: error unmarshaling JSON: while decoding JSON: ${why}`);
}

function ofJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** YAML 1.1, as sigs.k8s.io/yaml reads it: `y` is a boolean. */
function ofYaml(text: string): unknown {
  try {
    return parseYaml(text, { version: '1.1', uniqueKeys: false, maxAliasCount: 100, prettyErrors: true }) as unknown;
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    throw badRequest(`error decoding YAML: error converting YAML to JSON: yaml: ${yamlFault(error, text)}`);
  }
}

/** go-yaml's words for what is wrong, as far as they can be told from the place. */
function yamlFault({ message, linePos }: YAMLParseError, text: string): string {
  const line = linePos?.[0].line ?? 1;
  const open = /flow (sequence|collection|map)|']'|'}'/i.test(message);
  if (!open) return `line ${line}: ${message.split(' at line ')[0] ?? ''}`;
  const square = text.lastIndexOf('[') > text.lastIndexOf('{');
  return `line ${line}: did not find expected ',' or '${square ? ']' : '}'}'`;
}
