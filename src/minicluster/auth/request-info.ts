import type { RequestAttributes } from '../../kube/aggregated-auth/types.ts';
import { isTrue } from '../api/query.ts';

const VERBS: Readonly<Record<string, string>> = {
  POST: 'create',
  GET: 'get',
  HEAD: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/**
 * What a request asks for, as authorization sees it (k8s.io/apiserver pkg/endpoints/request/requestinfo.go), before anybody
 * has looked whether that exists. `path` is raw.
 */
export function requestInfo(method: string, path: string, query: URLSearchParams): RequestAttributes {
  const parts = path.split('/').filter((part) => part !== '');
  const legacy = parts[0] === 'api';
  const [group, version, ...rest] = legacy ? ['', ...parts.slice(1)] : parts.slice(1);
  if ((!legacy && parts[0] !== 'apis') || group === undefined || version === undefined || rest.length === 0) {
    return { kind: 'path', verb: method.toLowerCase(), path: safeDecode(path) };
  }
  const watched = rest[0] === 'watch';
  const { namespace, resource, name, subresource } = split((watched ? rest.slice(1) : rest).map(safeDecode));
  const named = name ?? nameOfSelector(query);
  return {
    kind: 'resource',
    verb: watched ? 'watch' : verbOf(method, name, query),
    group,
    version,
    ...(namespace === undefined ? {} : { namespace }),
    resource,
    ...(named === undefined ? {} : { name: named }),
    ...(subresource === undefined ? {} : { subresource }),
  };
}

function split(rest: readonly string[]): {
  readonly namespace?: string | undefined;
  readonly resource: string;
  readonly name?: string | undefined;
  readonly subresource?: string | undefined;
} {
  const [first = '', second, third] = rest;
  if (first !== 'namespaces' || second === undefined) return { resource: first, name: second, subresource: third };
  const own = third === undefined || third === 'status' || third === 'finalize';
  const inside = own ? rest : rest.slice(2);
  return { namespace: second, resource: inside[0] ?? '', name: inside[1], subresource: inside[2] };
}

/** A list or watch of one name may be granted by that name. */
function nameOfSelector(query: URLSearchParams): string | undefined {
  return /^metadata\.name==?([^,=!]+)$/.exec(query.get('fieldSelector') ?? '')?.[1];
}

function verbOf(method: string, name: string | undefined, query: URLSearchParams): string {
  const verb = VERBS[method] ?? '';
  if (name !== undefined) return verb;
  if (verb === 'get') return isTrue(query.get('watch')) ? 'watch' : 'list';
  return verb === 'delete' ? 'deletecollection' : verb;
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}
