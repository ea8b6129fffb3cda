import type { RequestAttributes } from './types.ts';

/** GET lists without a name and gets with one; see `requestAttributes`. */
const VERBS: Readonly<Record<string, string>> = {
  POST: 'create',
  GET: 'get',
  HEAD: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/**
 * What a request asks for, as authorization sees it (k8s.io/apiserver pkg/endpoints/request/requestinfo.go
 * NewRequestInfo). `path` is the percent-decoded path without the query; only `/apis/<group>/<version>/...` with
 * something behind it is a resource.
 */
export function requestAttributes(method: string, path: string, query: URLSearchParams): RequestAttributes {
  const parts = path.split('/').filter((part) => part !== '');
  const [prefix, group, version, ...rest] = parts;
  if (prefix !== 'apis' || group === undefined || version === undefined || rest.length === 0)
    return { kind: 'path', verb: method.toLowerCase(), path };
  const { namespace, resource, name, subresource } = splitResource(rest);
  return {
    kind: 'resource',
    verb: verbOf(method, name, query),
    group,
    version,
    ...(namespace === undefined ? {} : { namespace }),
    resource,
    ...(name === undefined ? {} : { name }),
    ...(subresource === undefined ? {} : { subresource }),
  };
}

interface ResourceParts {
  readonly namespace?: string | undefined;
  readonly resource: string;
  readonly name?: string | undefined;
  readonly subresource?: string | undefined;
}

/** Below `namespaces/<ns>/` stands a resource of that namespace, except the namespace's own subresources. */
function splitResource(rest: readonly string[]): ResourceParts {
  const [first = '', second, third] = rest;
  if (first !== 'namespaces' || second === undefined) return { resource: first, name: second, subresource: third };
  const inside = third === undefined || third === 'status' || third === 'finalize' ? rest : rest.slice(2);
  return { namespace: second, resource: inside[0] ?? '', name: inside[1], subresource: inside[2] };
}

function verbOf(method: string, name: string | undefined, query: URLSearchParams): string {
  const verb = VERBS[method] ?? '';
  if (name !== undefined) return verb;
  if (verb === 'get') return isTrue(query.get('watch')) ? 'watch' : 'list';
  return verb === 'delete' ? 'deletecollection' : verb;
}

function isTrue(value: string | null): boolean {
  return value !== null && value !== '' && value !== '0' && value.toLowerCase() !== 'false';
}
