import type { KubeObject } from '../../contracts/kube-client.ts';
import { wanted, decodeLoosely } from '../api/body.ts';
import { badRequest, conflict, internal } from '../api/failure.ts';
import { sendObject } from '../api/present.ts';
import { timeText, withMeta } from '../api/objects.ts';
import type { WriteOptions } from '../api/query.ts';
import { type Call, checkName, checkNamespace, toStored, writeRequest } from '../api/resource.ts';
import type { Part } from '../api/rest.ts';
import type { Kind, KindVersion } from '../kinds/kind.ts';
import { groupVersion, splitGroupVersion } from '../kinds/registry.ts';
import { keepTimes, ownedAfterApply, type Writing } from './field-manager.ts';
import { parseConfig } from './config-text.ts';
import { conflictFailure } from './conflict.ts';
import { applyByKubectl, withLastApplied } from './last-applied.ts';
import { withOwners } from './managed.ts';
import { type Fields, isFields, mergeTypeOf } from './schema.ts';
import { errorsText, typeErrors } from './typed-check.ts';
import { ConflictError } from './updater.ts';
import { asDecoded } from './zero.ts';

/**
 * `PATCH` with `application/apply-patch+yaml`: makes the object so, or makes it (handlers/patch.go applyPatcher). Raises
 * ApiFailure.
 */
export function applyRequest(call: Call, bytes: Buffer, options: WriteOptions, part: Part): Promise<void> {
  const { exchange, route, shown, how, ports } = call;
  const { kind, version, name = '', namespace } = { ...route, ...shown };
  const { config, twice } = parseConfig(bytes.toString('utf8'));
  checkConfig(config, kind, version);
  const request = { ...writeRequest(call, options), ownership: 'given' as const };
  const now = timeText(ports.clock.now());
  const writing: Writing = { kind, version, part, manager: request.manager, now };
  const change = (present: KubeObject | undefined): KubeObject => {
    const result = applyAs(writing, present, config, options.force === true);
    const object = result.object === undefined ? present : decoded(call, result.object);
    if (object === undefined) throw internal('nothing to create');
    refuseTwice(twice, options, (text) => exchange.warn(text));
    checkNamespace(call, object);
    checkName(object, name);
    const owned = withOwners(result.object === undefined ? object : toStored(call, object), result.owners);
    const whole = request.manager === 'kubectl' ? withLastApplied(owned, config) : owned;
    // With defaults, as the present one is: of what is owned whole (fieldRef) the apply has just taken them away.
    return present === undefined ? whole : keepTimes(asDecoded(kind, whole), present);
  };
  const missing = ports.rest.find(kind, namespace, name) === undefined;
  if (missing && part === 'main') {
    sendObject(exchange, shown, ports.rest.create(request, created(kind, change(undefined))), how, 201);
  } else sendObject(exchange, shown, ports.rest.update(request, name, part, change).object, how);
  return Promise.resolve();
}

/** Keys that stand twice are complained about only once the rest is right. */
function refuseTwice(twice: readonly string[], options: WriteOptions, warn: (text: string) => void): void {
  if (twice.length === 0 || options.fieldValidation === 'Ignore') return;
  if (options.fieldValidation === 'Strict') {
    const lines = twice.map((text) => `  ${text}`).join('\n');
    throw badRequest(`error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n${lines}`);
  }
  for (const text of twice) warn(text);
}

/** Who names a uid means an object that is there (registry/store.go). */
function created(kind: Kind, object: KubeObject): KubeObject {
  const { uid } = object.metadata;
  if (uid === undefined) return withMeta(object, { resourceVersion: undefined });
  const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
  throw conflict(kind, object.metadata.name, why);
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
  const meta = isFields(object) && isFields(object['metadata']) ? object['metadata'] : {};
  const type = kindText(groupVersion(kind.group, version.version), kind.kind);
  const what = `${textIn(meta, 'namespace')}/${textIn(meta, 'name')}; ${type}`;
  const text = `failed to convert new object (${what}) to proper version: unable to convert unstructured object to ${type}`;
  return decodeLoosely(object, [], wanted(kind, version), (why) => internal(`${text}: ${why}`)).object;
}

/** What is to be applied, checked against the type. Raises ApiFailure 400, 500. */
function checkConfig(config: Fields, kind: Kind, version: KindVersion): void {
  const { apiVersion = '', kind: name = '', metadata } = config;
  if (apiVersion !== groupVersion(kind.group, version.version) || name !== kind.kind) {
    throw badRequest(`invalid object type: ${kindText(apiVersion, name)}`);
  }
  const meta = isFields(metadata) ? metadata : {};
  if (meta['managedFields'] !== undefined && meta['managedFields'] !== null) {
    throw badRequest('metadata.managedFields must be nil');
  }
  const errors = typeErrors(mergeTypeOf(version), config, false);
  if (errors.length === 0) return;
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
