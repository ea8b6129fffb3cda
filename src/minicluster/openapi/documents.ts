import { KUBERNETES_VERSION } from '../kubernetes-version.ts';
import type { Kind, Verb } from '../kinds/kind.ts';
import type { KindRegistry } from '../kinds/registry.ts';
import { kindsIn } from '../discovery/documents.ts';
import { rootPath, SchemaNames, SchemaSet } from './schemas.ts';

type Json = Readonly<Record<string, unknown>>;

const INFO = { title: 'Kubernetes', version: `v${KUBERNETES_VERSION}` };
const QUERY: Readonly<Record<string, readonly string[]>> = {
  list: [
    'allowWatchBookmarks',
    'continue',
    'fieldSelector',
    'labelSelector',
    'limit',
    'resourceVersion',
    'resourceVersionMatch',
    'sendInitialEvents',
    'timeoutSeconds',
    'watch',
  ],
  get: [],
  post: ['dryRun', 'fieldManager', 'fieldValidation'],
  put: ['dryRun', 'fieldManager', 'fieldValidation'],
  patch: ['dryRun', 'fieldManager', 'fieldValidation', 'force'],
  delete: ['dryRun', 'gracePeriodSeconds', 'orphanDependents', 'propagationPolicy'],
};
const BOOLEANS = ['allowWatchBookmarks', 'sendInitialEvents', 'watch', 'force', 'orphanDependents'];
const INTEGERS = ['limit', 'timeoutSeconds', 'gracePeriodSeconds'];

/** What differs between the two versions of OpenAPI. */
interface Dialect {
  readonly v3: boolean;
  readonly prefix: string;
}
const V3: Dialect = { v3: true, prefix: '#/components/schemas/' };
const V2: Dialect = { v3: false, prefix: '#/definitions/' };

/** The OpenAPI v3 document of one group version: enough for clients to validate, merge and explain. */
export function openApiV3(registry: KindRegistry, group: string, version: string): Json {
  const set = new SchemaSet(new SchemaNames(registry), V3.prefix);
  const paths = pathsOf(registry, group, version, set, V3);
  return { openapi: '3.0.0', info: INFO, paths, components: { schemas: set.all() } };
}

/** The one OpenAPI v2 document. */
export function openApiV2(registry: KindRegistry, versions: readonly (readonly [string, string])[]): Json {
  const set = new SchemaSet(new SchemaNames(registry), V2.prefix);
  const paths = versions.map(([group, version]) => pathsOf(registry, group, version, set, V2));
  return { swagger: '2.0', info: INFO, paths: Object.assign({}, ...paths), definitions: set.all() };
}

function pathsOf(registry: KindRegistry, group: string, version: string, set: SchemaSet, dialect: Dialect): Json {
  const entries = kindsIn(registry, group, version).flatMap((kind) => kindPaths(kind, version, set, dialect));
  return Object.fromEntries(entries);
}

function kindPaths(
  kind: Kind,
  version: string,
  set: SchemaSet,
  dialect: Dialect,
): readonly (readonly [string, Json])[] {
  const found = kind.versions.find((each) => each.version === version);
  if (found === undefined) return [];
  const schema =
    found.openApi === undefined
      ? set.addKind(found.type, kind.group, version, kind.kind)
      : set.addRaw(`${kind.group.split('.').reverse().join('.')}.${version}.${kind.kind}`, {
          ...found.openApi,
          'x-kubernetes-group-version-kind': [{ group: kind.group, kind: kind.kind, version }],
        });
  const scope = kind.namespaced ? '/namespaces/{namespace}' : '';
  const collection = `${rootPath(kind.group, version)}${scope}/${kind.plural}`;
  const operations = (list: readonly (readonly [string, string, Verb])[]) =>
    Object.fromEntries(
      list
        .filter(([, , verb]) => kind.verbs?.includes(verb) ?? true)
        .map(([method, action, verb]) => [method, operation(action, verb, kind, version, schema, dialect)]),
    );
  return [
    [
      collection,
      operations([
        ['get', 'list', 'list'],
        ['post', 'post', 'create'],
        ['delete', 'delete', 'deletecollection'],
      ]),
    ],
    [
      `${collection}/{name}`,
      operations([
        ['get', 'get', 'get'],
        ['put', 'put', 'update'],
        ['patch', 'patch', 'patch'],
        ['delete', 'delete', 'delete'],
      ]),
    ],
  ];
}

function operation(
  action: string,
  verb: Verb,
  { group, kind }: Kind,
  version: string,
  schema: Json,
  { v3 }: Dialect,
): Json {
  const takes = action === 'post' || action === 'put';
  const parameters = (QUERY[action] ?? []).map((name) => parameter(name, v3));
  const body = v3 ? (takes ? { requestBody: { content: { '*/*': { schema } }, required: true } } : {}) : {};
  const answer = v3
    ? { description: 'OK', content: { 'application/json': { schema } } }
    : { description: 'OK', schema };
  const all = !v3 && takes ? [...parameters, { name: 'body', in: 'body', required: true, schema }] : parameters;
  return {
    description: `${verb} ${kind}`,
    operationId: `${verb}${version}${group.replaceAll('.', '')}${kind}`,
    ...(v3 ? {} : { consumes: ['*/*'], produces: ['application/json', 'application/yaml'] }),
    ...(all.length === 0 ? {} : { parameters: all }),
    ...body,
    responses: { '200': answer },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group, kind, version },
  };
}

function parameter(name: string, v3: boolean): Json {
  const type = BOOLEANS.includes(name) ? 'boolean' : INTEGERS.includes(name) ? 'integer' : 'string';
  return v3
    ? { name, in: 'query', schema: { type, uniqueItems: true } }
    : { name, in: 'query', type, uniqueItems: true };
}
