import { z } from 'zod';
import { parseSelector } from '../../kube/label-selector.ts';
import { parseAs } from '../../kube/objects.ts';
import type { BundleAnswer } from '../bundle.ts';
import { type Need, type Reader } from './reader.ts';
import { trimTarget } from './trim.ts';

type Json = Readonly<Record<string, unknown>>;

export interface TargetRef {
  readonly namespace: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}
/** As the bundle keeps them; undefined = unknown. */
export interface TargetRead {
  readonly scale: Json | undefined;
  readonly target: Json | undefined;
}

const Resources = z.object({ resources: z.array(z.object({ name: z.string(), kind: z.string() })) });
/** Whose scale is made of the object alone, so that the object tells it: pkg/registry/apps/{deployment,statefulset,replicaset}/storage. */
const PLAIN: Readonly<Record<string, string>> = {
  'apps/v1 Deployment': 'deployments',
  'apps/v1 StatefulSet': 'statefulsets',
  'apps/v1 ReplicaSet': 'replicasets',
};
/** From so many targets of a kind on, one list is less than as many gets. */
const LIST_FROM = 4;

/** Reads the targets and scales of HPAs: of kinds that need no question of their own, many with one list. Keys of the result: see `keyOf`. */
export async function readTargets(
  reader: Reader,
  refs: readonly TargetRef[],
  scope: string | null,
): Promise<ReadonlyMap<string, TargetRead>> {
  const found = new Map<string, TargetRead>();
  const kinds = Map.groupBy(refs, ({ apiVersion, kind }) => `${apiVersion} ${kind}`);
  await Promise.all(
    [...kinds].map(async ([kind, own]) => {
      const plural = PLAIN[kind];
      const unique = [...new Map(own.map((ref) => [keyOf(ref), ref])).values()];
      if (plural !== undefined && unique.length >= LIST_FROM) await listKind(reader, plural, unique, scope, found);
      else if (plural !== undefined)
        await Promise.all(unique.map(async (ref) => found.set(keyOf(ref), await getPlain(reader, plural, ref))));
      else await readOther(reader, unique, found);
    }),
  );
  return found;
}

export const keyOf = ({ namespace, kind, name }: Omit<TargetRef, 'apiVersion'>): string =>
  `${namespace}/${kind}/${name}`;

const need = (verb: string, ref: TargetRef, resource: string): Need => {
  const [apiGroup = ''] = ref.apiVersion.includes('/') ? ref.apiVersion.split('/') : [''];
  const { namespace, kind, name } = ref;
  const what = `${verb} ${resource.endsWith('/scale') ? `scale of ${kind} ${name}` : `${kind} ${name}`}`;
  return { what, rule: { apiGroup, resource, verb, namespace }, of: `${kind}/${name}` };
};

async function listKind(
  reader: Reader,
  plural: string,
  refs: readonly TargetRef[],
  scope: string | null,
  found: Map<string, TargetRead>,
): Promise<void> {
  const path = `/apis/apps/v1/${scope === null ? '' : `namespaces/${scope}/`}${plural}`;
  const rule = { apiGroup: 'apps', resource: plural, verb: 'list', namespace: scope };
  const wanted = new Map(refs.map((ref) => [keyOf(ref), ref]));
  const kind = refs[0]?.kind ?? '';
  const listed = await reader.list(path, { what: `list ${plural}`, rule }, (item) => {
    const object = trimTarget(item);
    const { namespace, name } = object.metadata;
    const key = keyOf({ namespace: String(namespace), kind, name: String(name) });
    return wanted.has(key) ? { key, object } : null;
  });
  if (listed === null) return;
  for (const { key, object } of listed) found.set(key, { target: object, scale: scaleOfObject(object) });
  for (const [key, { name }] of wanted)
    if (!found.has(key)) found.set(key, absent(`${plural}.apps "${name}" not found`));
}

function absent(message: string): TargetRead {
  const error = { error: { status: 404, message } };
  return { scale: error, target: error };
}

async function getPlain(reader: Reader, plural: string, ref: TargetRef): Promise<TargetRead> {
  const path = `/apis/apps/v1/namespaces/${ref.namespace}/${plural}/${encodeURIComponent(ref.name)}`;
  const answer = await reader.ask(path, need('get', ref, plural));
  if (answer === null) return { scale: undefined, target: undefined };
  if (answer.status !== 200) return absent(textOf(answer));
  const target = trimTarget(answer.body);
  return { target, scale: scaleOfObject(target) };
}

/** Other kinds, custom resources among them: where they are by discovery, then the object and its scale. */
async function readOther(reader: Reader, refs: readonly TargetRef[], found: Map<string, TargetRead>): Promise<void> {
  const [{ apiVersion, kind }] = refs as readonly [TargetRef];
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const answer = await reader.ask(root, { what: `look up ${apiVersion}`, rule: null });
  if (answer !== null && answer.status !== 200) {
    for (const ref of refs) found.set(keyOf(ref), absent(`no matches for kind "${kind}" in version "${apiVersion}"`));
    return;
  }
  const listed = answer === null ? [] : parseAs(Resources, answer.body, 'a resource list').resources;
  const plural = listed.find((entry) => entry.kind === kind && !entry.name.includes('/'))?.name;
  await Promise.all(
    refs.map(async (ref) => {
      if (answer === null) return found.set(keyOf(ref), { scale: undefined, target: undefined });
      if (plural === undefined)
        return found.set(keyOf(ref), absent(`no matches for kind "${kind}" in version "${apiVersion}"`));
      const path = `${root}/namespaces/${ref.namespace}/${plural}/${encodeURIComponent(ref.name)}`;
      const [object, scale] = await Promise.all([
        reader.ask(path, need('get', ref, plural)),
        reader.ask(`${path}/scale`, need('get', ref, `${plural}/scale`)),
      ]);
      return found.set(keyOf(ref), {
        target: object === null ? undefined : object.status === 200 ? trimTarget(object.body) : refused(object),
        scale: scale === null ? undefined : scale.status === 200 ? (scale.body as Json) : refused(scale),
      });
    }),
  );
}

const refused = (answer: BundleAnswer): Json => ({ error: { status: answer.status, message: textOf(answer) } });

function textOf({ status, body }: BundleAnswer): string {
  return body !== null && typeof body === 'object' && 'message' in body ? String(body.message) : `status ${status}`;
}

const Selector = z.object({
  matchLabels: z.record(z.string(), z.string()).optional(),
  matchExpressions: z
    .array(z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).nullish() }))
    .optional(),
});
const Scaled = z.looseObject({
  spec: z.object({ replicas: z.int().default(1), selector: Selector.optional() }),
  status: z.object({ replicas: z.int().default(0) }).default({ replicas: 0 }),
});

/** The scale as the API server makes it of the object; its selector as metav1.LabelSelectorAsSelector prints it. */
function scaleOfObject(object: Json): Json {
  const { spec, status } = parseAs(Scaled, object, 'the target of an HPA');
  const { matchLabels = {}, matchExpressions = [] } = spec.selector ?? {};
  const parts = [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(({ key, operator, values }) => {
      if (operator === 'Exists') return key;
      return operator === 'DoesNotExist' ? `!${key}` : `${key} ${operator.toLowerCase()} (${(values ?? []).join(',')})`;
    }),
  ];
  const selector = parseSelector(parts.join(','));
  return {
    spec: { replicas: spec.replicas },
    status: { replicas: status.replicas, selector: typeof selector === 'string' ? '' : selector.text },
  };
}
