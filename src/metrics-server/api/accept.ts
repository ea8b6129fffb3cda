export type Representation =
  | { readonly kind: 'json' }
  | { readonly kind: 'table'; readonly version: string }
  | { readonly kind: 'aggregated-discovery'; readonly version: string };

interface Clause {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly quality: number;
}

const PLAIN: Representation = { kind: 'json' };
const TABLE_VERSIONS: ReadonlySet<string> = new Set(['v1', 'v1beta1']);
const DISCOVERY_VERSIONS: ReadonlySet<string> = new Set(['v2', 'v2beta1']);
/** Enough for any client; a longer one is no list of wishes. */
const MAX_CLAUSES = 32;

/**
 * The best representation that an Accept header allows, or undefined (406). JSON is the one encoding: `*` ranges get it, which
 * includes the HPA controller's `application/vnd.kubernetes.protobuf, any type`. `offers`: which shapes beside the plain one exist.
 */
export function negotiate(
  accept: string | undefined,
  offers: { readonly table?: boolean; readonly discovery?: boolean },
): Representation | undefined {
  if (accept === undefined || accept === '' || accept === '*/*' || accept === 'application/json') return PLAIN;
  const clauses = accept.split(',', MAX_CLAUSES).map(clauseOf);
  for (const clause of clauses.toSorted((a, b) => b.quality - a.quality)) {
    const found = clause.quality > 0 ? offered(clause, offers) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function offered({ type, parameters }: Clause, offers: Parameters<typeof negotiate>[1]): Representation | undefined {
  if (type !== 'application/json' && type !== '*/*' && type !== 'application/*') return undefined;
  const shape = parameters.get('as');
  if (shape === undefined) return PLAIN;
  const version = parameters.get('v') ?? '';
  const group = parameters.get('g');
  if (shape === 'Table' && group === 'meta.k8s.io' && offers.table === true && TABLE_VERSIONS.has(version))
    return { kind: 'table', version };
  const discovery = shape === 'APIGroupDiscoveryList' && group === 'apidiscovery.k8s.io' && offers.discovery === true;
  return discovery && DISCOVERY_VERSIONS.has(version) ? { kind: 'aggregated-discovery', version } : undefined;
}

function clauseOf(text: string): Clause {
  const [type = '', ...rest] = text.split(';').map((part) => part.trim());
  const parameters = new Map<string, string>();
  for (const part of rest) {
    const at = part.indexOf('=');
    if (at > 0) parameters.set(part.slice(0, at).toLowerCase(), part.slice(at + 1));
  }
  const quality = Number(parameters.get('q') ?? 1);
  return { type: type.toLowerCase(), parameters, quality: Number.isNaN(quality) ? 0 : quality };
}
