import type { Clock } from '../../contracts/clock.ts';
import type { KubeObject } from '../../contracts/kube-client.ts';
import type { Kind } from '../kinds/kind.ts';
import { type KindRegistry, storePrefix } from '../kinds/registry.ts';
import type { Exchange } from '../server/exchange.ts';
import { negotiate, type Representation } from '../server/negotiate.ts';
import type { Store } from '../store/store.ts';
import { type Wanted, readObject, wanted } from './body.ts';
import { deleteOptions } from './delete-options.ts';
import { badRequest, internal, methodNotAllowed, noResource, notFound } from './failure.ts';
import { list, versionOf } from './list.ts';
import { applyPatch, patchKindOf, readPatch } from './patch.ts';
import { inVersion, sendList, sendObject, sendValue, type Shown } from './present.ts';
import { isTrue, type WriteOptions, writeOptions } from './query.ts';
import type { Part, Rest, WriteRequest } from './rest.ts';
import type { ResourceRoute } from './route.ts';
import { chosenBy } from './selectors.ts';
import { watch } from './watch.ts';

export interface ResourcePorts {
  readonly rest: Rest;
  readonly registry: KindRegistry;
  readonly store: Store;
  readonly clock: Clock;
  /** Subresources beyond status, and resources that only answer (reviews). Undefined: there is none of that name. */
  readonly special: (route: ResourceRoute) => SpecialResource | undefined;
  /** Server-side apply. */
  readonly apply: (call: Call, bytes: Buffer, options: WriteOptions, part: Part) => Promise<void>;
}

/** Handlers by method. */
export type SpecialResource = Readonly<Partial<Record<string, (call: Call) => Promise<void> | void>>>;

/** One request for a resource, as handlers see it. */
export interface Call {
  readonly exchange: Exchange;
  readonly route: ResourceRoute;
  readonly shown: Shown;
  readonly how: Representation;
  readonly ports: ResourcePorts;
}

/** Serves a resource of the registry: everything but finding out who asks. Raises ApiFailure. */
export async function serveResource(exchange: Exchange, route: ResourceRoute, ports: ResourcePorts): Promise<void> {
  const { kind, version } = route;
  const special = ports.special(route);
  const handlers = special ?? builtIn(route);
  const handler = handlers[exchange.method];
  if (handler === undefined) throw methodNotAllowed();
  for (const text of [kind.deprecated, version.deprecated]) if (text !== undefined) exchange.warn(text);
  const how = negotiate(exchange.header('accept'));
  await handler({ exchange, route, shown: { kind, version, now: () => ports.clock.now() }, how, ports });
}

function builtIn({ kind, namespace, name, subresource, rest }: ResourceRoute): SpecialResource {
  const missing = () => (kind.custom === true ? notFound(kind, name ?? '') : noResource());
  if (rest.length > 0) throw missing();
  if (subresource !== undefined) {
    if (subresource !== 'status' || kind.subresources?.status !== true) throw missing();
    return { GET: get, PUT: (call) => put(call, 'status'), PATCH: (call) => patch(call, 'status') };
  }
  const all = name === undefined ? collection(kind, namespace) : OBJECT;
  const allowed = Object.entries(all).filter(([, [verb]]) => kind.verbs?.includes(verb) ?? true);
  return Object.fromEntries(allowed.map(([method, [, handler]]) => [method, handler]));
}

type Handlers = Readonly<
  Record<string, readonly [NonNullable<Kind['verbs']>[number], (call: Call) => Promise<void> | void]>
>;

function collection(kind: Kind, namespace: string | undefined): Handlers {
  const read: Handlers = { GET: ['list', listOrWatch] };
  if (kind.namespaced && namespace === undefined) return read;
  return { ...read, POST: ['create', create], DELETE: ['deletecollection', deleteCollection] };
}

const OBJECT: Handlers = {
  GET: ['get', get],
  PUT: ['update', (call) => put(call, 'main')],
  PATCH: ['patch', (call) => patch(call, 'main')],
  DELETE: ['delete', remove],
};

function listOrWatch({ exchange, route, shown, how, ports }: Call): void {
  if (route.watch || isTrue(exchange.query.get('watch'))) watch(exchange, shown, route.namespace, ports, how);
  else list(exchange, shown, route.namespace, ports.store, how);
}

function get({ exchange, route, shown, how, ports }: Call): void {
  const { kind, namespace, name = '' } = route;
  const version = exchange.query.get('resourceVersion') ?? '';
  if (version !== '') versionOf(version, internal);
  sendObject(exchange, shown, ports.rest.get(kind, namespace, name).object, how);
}

async function create(call: Call): Promise<void> {
  const { exchange, shown, how, ports } = call;
  const bytes = await exchange.body();
  const options = writeOptions(exchange.query, 'CreateOptions');
  const object = toStored(call, bodyObject(call, bytes, wanted(shown.kind, shown.version), options));
  checkNamespace(call, object);
  const made = ports.rest.create(writeRequest(call, options), object);
  sendObject(exchange, shown, made, how, 201);
}

async function put(call: Call, part: Part): Promise<void> {
  const { exchange, route, shown, how, ports } = call;
  const { name = '' } = route;
  const bytes = await exchange.body();
  const options = writeOptions(exchange.query, 'UpdateOptions');
  const object = toStored(call, bodyObject(call, bytes, wanted(shown.kind, shown.version), options));
  checkNamespace(call, object);
  checkName(object, name);
  const { object: written } = ports.rest.update(writeRequest(call, options), name, part, (present) => {
    ports.rest.checkUid(shown.kind, present, object.metadata.uid);
    return object;
  });
  sendObject(exchange, shown, written, how);
}

async function patch(call: Call, part: Part): Promise<void> {
  const { exchange, route, shown, how, ports } = call;
  const { kind, version } = shown;
  const { name = '' } = route;
  const type = patchKindOf(exchange.header('content-type'), kind.custom === true);
  const bytes = await exchange.body();
  const options = writeOptions(exchange.query, 'PatchOptions', type === 'apply');
  if (type === 'apply') return ports.apply(call, bytes, options, part);
  const change = readPatch(bytes, type);
  const want = wanted(kind, version);
  const { object } = ports.rest.update(writeRequest(call, options), name, part, (present) => {
    const next = applyPatch(change, inVersion(shown, present), want, options, (text) => exchange.warn(text));
    checkNamespace(call, next);
    checkName(next, name);
    return toStored(call, next);
  });
  sendObject(exchange, shown, object, how);
}

async function remove(call: Call): Promise<void> {
  const { exchange, route, shown, how, ports } = call;
  const { kind, name = '' } = route;
  const bytes = await exchange.body();
  const { options, dryRun } = deleteOptions(bytes, exchange.header('content-type'), exchange.query);
  const request = { ...writeRequest(call, NO_OPTIONS), dryRun };
  const { object, gone } = ports.rest.delete(request, name, options);
  if (!gone || kind.returnsDeleted === true) return sendObject(exchange, shown, object, how);
  const group = kind.group === '' ? {} : { group: kind.group };
  const details = { name, ...group, kind: kind.plural, uid: object.metadata.uid };
  sendValue(exchange, 200, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details }, how);
}

async function deleteCollection(call: Call): Promise<void> {
  const { exchange, route, shown, how, ports } = call;
  const bytes = await exchange.body();
  const { options, dryRun } = deleteOptions(bytes, exchange.header('content-type'), exchange.query);
  const chosen = chosenBy(shown.kind, exchange.query);
  const all = ports.store.list(storePrefix(shown.kind, route.namespace));
  const entries = chosen === undefined ? all : all.filter(({ object }) => chosen(object));
  const request = { ...writeRequest(call, NO_OPTIONS), dryRun };
  for (const { object } of entries) ports.rest.delete(request, object.metadata.name, options);
  sendList(exchange, shown, entries, { resourceVersion: String(ports.store.version) }, how);
}

const NO_OPTIONS: WriteOptions = {
  dryRun: false,
  fieldManager: undefined,
  fieldValidation: 'Ignore',
  force: undefined,
};

/** The object in a body, of whatever kind the resource takes. */
export function bodyObject(call: Call, bytes: Buffer, want: Wanted, options: WriteOptions): KubeObject {
  const { exchange, ports } = call;
  return readObject(bytes, exchange.header('content-type'), want, {
    registry: ports.registry,
    validation: options.fieldValidation,
    warn: (text) => exchange.warn(text),
  });
}

export function writeRequest({ exchange, route }: Call, options: WriteOptions): WriteRequest {
  return {
    kind: route.kind,
    version: route.version,
    namespace: route.namespace,
    user: exchange.user,
    dryRun: options.dryRun,
    manager: options.fieldManager ?? managerOf(exchange.header('user-agent')),
    warn: (text) => exchange.warn(text),
  };
}

/** handlers/create.go managerOrUserAgent: the first word of the user agent, up to its slash. */
function managerOf(agent: string | undefined): string {
  const text = (agent ?? '').split('/')[0] ?? '';
  return text.slice(0, 128) || 'unknown';
}

export function toStored({ shown }: Call, object: KubeObject): KubeObject {
  return shown.version.toStored?.(object) ?? object;
}

/** rest/meta.go EnsureObjectNamespaceMatchesRequestNamespace. */
export function checkNamespace({ route }: Call, { metadata }: KubeObject): void {
  const given = metadata.namespace ?? '';
  if (given === '' || given === (route.kind.namespaced ? (route.namespace ?? '') : '')) return;
  throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
}

/** handlers/rest.go checkName. */
export function checkName({ metadata }: KubeObject, name: string): void {
  if (metadata.name === '') {
    throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  }
  if (metadata.name !== name) {
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`);
  }
}
