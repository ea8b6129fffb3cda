import type { Kind, KindVersion } from '../kinds/kind.ts';
import type { KindRegistry } from '../kinds/registry.ts';
import { noResource } from './failure.ts';

/** What a path of the API stands for, before the method is looked at. */
export interface ResourceRoute {
  readonly kind: Kind;
  readonly version: KindVersion;
  /** Undefined: the whole cluster, or a kind without namespaces. */
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
  /** Behind the subresource (`proxy/…`). */
  readonly rest: readonly string[];
  /** The old form `/api/v1/watch/…`. */
  readonly watch: boolean;
}

/** The answer of the mux for a group that nobody serves. */
export class PageNotFound extends Error {
  override readonly name = 'PageNotFound';
}

/**
 * The resource of a path such as `/apis/apps/v1/namespaces/x/deployments/web/scale`; undefined for paths that are none
 * (discovery, health). `path` is the raw path without the query. Raises ApiFailure 404, PageNotFound.
 */
export function routeOf(path: string, registry: KindRegistry): ResourceRoute | undefined {
  const parts = path.slice(1).split('/');
  const legacy = parts[0] === 'api';
  if (!legacy && parts[0] !== 'apis') return undefined;
  const [group, version, ...rest] = legacy
    ? ['', parts[1], ...parts.slice(2)]
    : [parts[1], parts[2], ...parts.slice(3)];
  if (group === undefined || version === undefined || rest.length === 0 || (rest.length === 1 && rest[0] === ''))
    return undefined;
  if (!registry.hasGroup(group)) {
    if (legacy) throw noResource();
    throw new PageNotFound();
  }
  const watch = rest[0] === 'watch';
  return resourceRoute(group, version, (watch ? rest.slice(1) : rest).map(decoded), watch, registry);
}

function resourceRoute(
  group: string,
  version: string,
  parts: readonly string[],
  watch: boolean,
  registry: KindRegistry,
): ResourceRoute {
  if (parts.some((part) => part === '')) throw noResource();
  const [first = '', second, third, ...more] = parts;
  // `/namespaces/x/status` is of the namespace itself, `/namespaces/x/pods` of pods.
  const own = first !== 'namespaces' || group !== '' || third === undefined || isNamespacePart(third);
  const inside = first === 'namespaces' && !(own && group === '') && second !== undefined && third !== undefined;
  const [namespace, plural, name, subresource, ...rest] = inside
    ? [second, third, ...more]
    : [undefined, first, second, third, ...more];
  const found = registry.find(group, version, plural ?? '');
  if (found === undefined || found.kind.namespaced !== inside) {
    const listsAll = found?.kind.namespaced === true && !inside && name === undefined;
    // Groups of custom resources are served by another mux, which says it in other words.
    if (found === undefined || !listsAll) throw registry.isCustom(group) ? new PageNotFound() : noResource();
  }
  return { ...found, namespace, name, subresource, rest, watch };
}

function isNamespacePart(part: string): boolean {
  return part === 'status' || part === 'finalize';
}

/** A percent-encoded part; what is no UTF-8 reads as the replacement character, as Go's JSON would print it. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    if (error instanceof URIError) return part.replaceAll(/%[0-9a-f]{2}/gi, '\uFFFD');
    throw error;
  }
}

/** Whether a failure is the mux's own answer. */
export function isPageNotFound(error: unknown): error is PageNotFound {
  return error instanceof PageNotFound;
}
