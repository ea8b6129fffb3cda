import { ADMIN_PATH } from '../../contracts/metrics-admin.ts';
import { CUSTOM_GROUP, EXTERNAL_GROUP, VERSIONS } from './groups.ts';

/** What a path means. `version` is one that is served. */
export type Route =
  | { readonly kind: 'external'; readonly namespace: string; readonly metric: string }
  | {
      readonly kind: 'custom';
      readonly version: string;
      /** Undefined at the root. */
      readonly namespace: string | undefined;
      /** As in the path: `pods`, `deployments.apps`. */
      readonly resource: string;
      /** `*` = every object that the selector means. */
      readonly name: string;
      readonly metric: string;
    }
  | { readonly kind: 'groups' }
  | { readonly kind: 'group'; readonly group: string }
  | { readonly kind: 'resources'; readonly group: string; readonly version: string }
  | { readonly kind: 'openapi-v2' }
  | { readonly kind: 'openapi-v3' }
  | { readonly kind: 'openapi-v3-group'; readonly group: string; readonly version: string }
  | { readonly kind: 'health'; readonly probe: string }
  | { readonly kind: 'metrics' }
  /** Our own API; `path` is what stands behind ADMIN_PATH. */
  | { readonly kind: 'admin'; readonly path: readonly string[] }
  | { readonly kind: 'version' };

const SINGLE: Readonly<Record<string, Route>> = {
  apis: { kind: 'groups' },
  healthz: { kind: 'health', probe: 'healthz' },
  livez: { kind: 'health', probe: 'livez' },
  readyz: { kind: 'health', probe: 'readyz' },
  metrics: { kind: 'metrics' },
  version: { kind: 'version' },
};

/**
 * The route of a percent-decoded path, or undefined (404). Groups that are not in `served` do not exist. Segments are not
 * allowed to be empty, except that discovery may end in a slash.
 */
export function routeOf(path: string, served: ReadonlySet<string>): Route | undefined {
  const parts = path.split('/');
  parts.shift();
  const [first = '', group = '', version = ''] = parts;
  if (parts.at(-1) === '' && parts.length <= 4 && first === 'apis') parts.pop();
  if (parts.includes('')) return undefined;
  if (parts.length === 1) return Object.hasOwn(SINGLE, first) ? SINGLE[first] : undefined;
  if (first === 'openapi') return openApiRoute(parts, served);
  if (path.startsWith(`${ADMIN_PATH}/`)) return { kind: 'admin', path: parts.slice(2) };
  if (first !== 'apis' || !served.has(group)) return undefined;
  if (parts.length === 2) return { kind: 'group', group };
  if (VERSIONS[group]?.includes(version) !== true) return undefined;
  if (parts.length === 3) return { kind: 'resources', group, version };
  return group === EXTERNAL_GROUP ? externalRoute(parts.slice(3)) : customRoute(parts.slice(3), version);
}

function openApiRoute(
  [, edition, , group = '', version = '', ...rest]: readonly string[],
  served: ReadonlySet<string>,
): Route | undefined {
  if (edition === 'v2' && group === '') return { kind: 'openapi-v2' };
  if (edition !== 'v3') return undefined;
  if (group === '') return { kind: 'openapi-v3' };
  const known = served.has(group) && VERSIONS[group]?.includes(version) === true && rest.length === 0;
  return known ? { kind: 'openapi-v3-group', group, version } : undefined;
}

/** `namespaces/{ns}/{metric}` and nothing else (CMA pkg/apiserver/installer/emhandlers.go). */
function externalRoute(rest: readonly string[]): Route | undefined {
  const [literal, namespace = '', metric = ''] = rest;
  return literal === 'namespaces' && rest.length === 3 ? { kind: 'external', namespace, metric } : undefined;
}

/** The three forms of CMA pkg/apiserver/installer/cmhandlers.go. */
function customRoute(rest: readonly string[], version: string): Route | undefined {
  const [first = '', second = '', third = '', fourth = '', fifth = ''] = rest;
  if (first !== 'namespaces') {
    if (rest.length !== 3) return undefined;
    return { kind: 'custom', version, namespace: undefined, resource: first, name: second, metric: third };
  }
  if (rest.length === 4 && third === 'metrics')
    return { kind: 'custom', version, namespace: undefined, resource: 'namespaces', name: second, metric: fourth };
  if (rest.length !== 5 || third === 'metrics') return undefined;
  return { kind: 'custom', version, namespace: second, resource: third, name: fourth, metric: fifth };
}

export function servedGroups(served: ReadonlySet<string>): readonly string[] {
  return [CUSTOM_GROUP, EXTERNAL_GROUP].filter((group) => served.has(group));
}
