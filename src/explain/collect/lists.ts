import { z } from 'zod';
import { parseAs } from '../../kube/objects.ts';
import type { Bundle } from '../bundle.ts';
import { observedArch } from '../platform.ts';
import { type Need, type Reader, withQuery } from './reader.ts';
import { keyOf, readTargets, type TargetRead, type TargetRef } from './targets.ts';
import { trimApiService, trimEvent, trimNode, trimOwned, trimPod, trimScaledObject } from './trim.ts';

type Json = Readonly<Record<string, unknown>>;
/** An HPA as trimmed. */
export type Hpa = Json & {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly scaleTargetRef: { readonly apiVersion?: string; readonly kind: string; readonly name: string };
  };
};
/** A foreign value as an HPA; the rest of it passes through. Raises ML-KUBE-SHAPE. */
export const parseHpaObject = (foreign: unknown): Hpa => parseAs(HpaShape, foreign, 'an HPA');
const HpaShape: z.ZodType<Hpa> = z.looseObject({
  metadata: z.looseObject({ name: z.string(), namespace: z.string() }),
  spec: z.looseObject({
    scaleTargetRef: z.looseObject({ apiVersion: z.string().exactOptional(), kind: z.string(), name: z.string() }),
  }),
});
/** A list of one namespace; null = of all. */
export const inScope = (root: string, namespace: string | null, plural: string): string =>
  `${root}/${namespace === null ? '' : `namespaces/${namespace}/`}${plural}`;
export const listNeed = (apiGroup: string, resource: string, namespace: string | null): Need => ({
  what: `list ${resource}`,
  rule: { apiGroup, resource, verb: 'list', namespace },
});

export const targetKey = ({ metadata, spec }: Hpa): string =>
  keyOf({ ...spec.scaleTargetRef, namespace: metadata.namespace });

type Grouped = ReadonlyMap<string, readonly Json[]>;

export interface Lists {
  readonly targets: ReadonlyMap<string, TargetRead>;
  readonly nodes: Bundle['evidence']['nodes'];
  readonly apiServices: readonly Json[];
  /** By namespace; null = not read. */
  readonly pods: Grouped | null;
  readonly replicaSets: Grouped | null;
  readonly events: Grouped | null;
  readonly scaledObjects: Grouped | null;
}

interface Known {
  readonly version: Bundle['evidence']['version'] | undefined;
  readonly hpas: readonly Hpa[];
}

/** Everything around HPAs but the answers of metrics APIs, each kind with one list: of one HPA with a `name`. Raises ML-KUBE-UNREACHABLE. */
export async function readLists(
  reader: Reader,
  namespace: string | null,
  name: string | undefined,
  { version, hpas }: Known,
): Promise<Lists> {
  const known = observedArch({ ...(version === undefined ? {} : { version }), nodes: [] }) !== null;
  const list = listIn(reader, namespace, hpas);
  const [targets, nodes, apiServices, events, scaledObjects] = await Promise.all([
    readTargets(reader, hpas.map(targetRef), namespace),
    known ? [] : reader.list('/api/v1/nodes', listNeed('', 'nodes', null), trimNode),
    reader.list(
      '/apis/apiregistration.k8s.io/v1/apiservices',
      listNeed('apiregistration.k8s.io', 'apiservices', null),
      trimApiService,
    ),
    Promise.all(
      eventSelectors(hpas, name).map((fieldSelector) =>
        list('events.k8s.io/v1', 'events', trimEvent, { fieldSelector }),
      ),
    ),
    // KEDA marks its HPAs with labels of its own.
    JSON.stringify(hpas.map(({ metadata }) => metadata)).includes('keda.sh')
      ? list('keda.sh/v1alpha1', 'scaledobjects', trimScaledObject)
      : null,
  ]);
  // One HPA needs its own pods only.
  const labelSelector =
    name === undefined ? '' : (knownSelector(targets.get(hpas[0] === undefined ? '' : targetKey(hpas[0]))) ?? '');
  const none = name !== undefined && labelSelector === '';
  const [pods, replicaSets] = await Promise.all([
    none ? new Map() : list('v1', 'pods', trimPod, { labelSelector }),
    none ? new Map() : list('apps/v1', 'replicasets', trimOwned, { labelSelector }),
  ]);
  return {
    targets,
    nodes: (nodes ?? []) as unknown as Bundle['evidence']['nodes'],
    apiServices: apiServices ?? [],
    pods,
    replicaSets,
    events: merged(events),
    scaledObjects,
  };
}

/** A list of one kind in the namespaces of the HPAs, by namespace; null = noted as unread. */
function listIn(reader: Reader, namespace: string | null, hpas: readonly Hpa[]) {
  const namespaces = new Set(hpas.map(({ metadata }) => metadata.namespace));
  return async (
    groupVersion: string,
    plural: string,
    trim: (item: unknown) => Json,
    query: Readonly<Record<string, string>> = {},
  ): Promise<Grouped | null> => {
    const group = groupVersion.includes('/') ? (groupVersion.split('/')[0] ?? '') : '';
    const root = group === '' ? `/api/${groupVersion}` : `/apis/${groupVersion}`;
    const path = withQuery(inScope(root, namespace, plural), query);
    const items = await reader.list(path, listNeed(group, plural, namespace), (item) => {
      const kept = trim(item);
      return namespaces.has(namespaceOf(kept)) ? kept : null;
    });
    return items === null ? null : Map.groupBy(items, namespaceOf);
  };
}

/** Events of HPAs, and those that tell how a Deployment was scaled. */
function eventSelectors(hpas: readonly Hpa[], name: string | undefined): readonly string[] {
  const only = (value: string) => (name === undefined ? '' : `,regarding.name=${value}`);
  return [
    `regarding.kind=HorizontalPodAutoscaler${only(name ?? '')}`,
    `reason=ScalingReplicaSet${only(hpas[0]?.spec.scaleTargetRef.name ?? '')}`,
  ];
}

/** What an HPA scales, to be read. */
export function targetRef({ metadata, spec }: Hpa): TargetRef {
  const { apiVersion = '', kind, name } = spec.scaleTargetRef;
  return { namespace: metadata.namespace, apiVersion: apiVersion === '' ? 'v1' : apiVersion, kind, name };
}

/** Of events the namespace of what they regard, which is their own. */
function namespaceOf(object: Json): string {
  const { metadata, regarding } = object as { metadata?: { namespace?: string }; regarding?: { namespace?: string } };
  return metadata?.namespace ?? regarding?.namespace ?? '';
}

function merged(parts: readonly (Grouped | null)[]): Grouped {
  const all = new Map<string, Json[]>();
  for (const part of parts)
    for (const [namespace, items] of part ?? []) all.set(namespace, [...(all.get(namespace) ?? []), ...items]);
  return all;
}

/** '' = none; null = not known. */
export function knownSelector(read: TargetRead | undefined): string | null {
  const scale = read?.scale as { status?: { selector?: string } } | undefined;
  return scale === undefined || 'error' in scale ? null : (scale.status?.selector ?? '');
}
