import type { Kind, Verb } from '../kinds/kind.ts';

/** A subresource as discovery describes it. */
export interface Subresource {
  readonly name: string;
  readonly kind: string;
  /** Of what it takes, where that is not the resource's own group and version. */
  readonly groupVersion?: { readonly group: string; readonly version: string };
  readonly verbs: readonly Verb[];
}

const WRITES: readonly Verb[] = ['get', 'patch', 'update'];
const AUTOSCALING = { group: 'autoscaling', version: 'v1' };

/** Beyond status and scale, by `<group>/<plural>`. */
const MORE: Readonly<Record<string, readonly Subresource[]>> = {
  '/namespaces': [{ name: 'finalize', kind: 'Namespace', verbs: ['update'] }],
  '/pods': [
    { name: 'binding', kind: 'Binding', verbs: ['create'] },
    { name: 'eviction', kind: 'Eviction', groupVersion: { group: 'policy', version: 'v1' }, verbs: ['create'] },
    { name: 'log', kind: 'Pod', verbs: ['get'] },
  ],
  '/serviceaccounts': [
    {
      name: 'token',
      kind: 'TokenRequest',
      groupVersion: { group: 'authentication.k8s.io', version: 'v1' },
      verbs: ['create'],
    },
  ],
};

/** In the order of their names. */
export function subresourcesOf(kind: Kind): readonly Subresource[] {
  const own: readonly Subresource[] = [
    ...(kind.subresources?.scale === undefined
      ? []
      : [{ name: 'scale', kind: 'Scale', groupVersion: AUTOSCALING, verbs: WRITES }]),
    ...(kind.subresources?.status === true ? [{ name: 'status', kind: kind.kind, verbs: WRITES }] : []),
    ...(MORE[`${kind.group}/${kind.plural}`] ?? []),
  ];
  const sorted = own.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  // Of custom resources status comes first.
  return kind.custom === true ? sorted.toReversed() : sorted;
}
