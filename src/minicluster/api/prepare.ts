import type { KubeObject } from '../../contracts/kube-client.ts';
import type { FieldError } from '../../hpa/api/field-error.ts';
import type { Kind, RuleContext } from '../kinds/kind.ts';
import { invalid } from './failure.ts';
import { sameJson, timeText, without, withMeta } from './objects.ts';
import type { Part, RestPorts, WriteRequest } from './rest.ts';
import { validateMeta, validateMetaUpdate } from './validate-meta.ts';

type Ports = Pick<RestPorts, 'now' | 'newUid' | 'suffix' | 'admit'>;

/** names/generate.go: the prefix is cut so that the whole stays a valid label. */
const MAX_GENERATED_PREFIX = 58;
const SUFFIX_LENGTH = 5;

/** A submitted object as it is stored: named, stamped, defaulted, validated. Raises ApiFailure 422 and what admission says. */
export function prepareCreate(
  request: WriteRequest,
  submitted: KubeObject,
  context: RuleContext,
  ports: Ports,
): KubeObject {
  const { kind, namespace } = request;
  const named = withMeta(submitted, {
    name: nameFor(submitted, ports),
    namespace,
    uid: ports.newUid(),
    resourceVersion: undefined,
    creationTimestamp: timeText(ports.now()),
    deletionTimestamp: undefined,
    deletionGracePeriodSeconds: undefined,
    selfLink: undefined,
    ...(kind.generation === true ? { generation: 1 } : {}),
  });
  const clears = kind.subresources?.status === true && kind.keepsStatus !== true;
  const cleared = clears ? without(named, 'status') : named;
  const prepared = kind.prepareCreate?.(cleared, context) ?? cleared;
  const object = dropUndefined(kind.default?.(prepared) ?? prepared);
  refuse(kind, object, [...validateMeta(kind, object), ...(kind.validate?.(object, context, undefined) ?? [])]);
  ports.admit(request, object, undefined);
  for (const text of kind.warn?.(object, undefined) ?? []) request.warn(text);
  return kind.complete?.(object, context) ?? object;
}

/** An update of `old` as it is stored. Raises ApiFailure 422 and what admission says. */
export function prepareUpdate(
  request: WriteRequest,
  submitted: KubeObject,
  old: KubeObject,
  part: Part,
  context: RuleContext,
  ports: Ports,
): KubeObject {
  const { kind } = request;
  const kept = keepMeta(submitted, old);
  const defaulted = kind.default?.(kept) ?? kept;
  if (part === 'status') return statusUpdate(kind, defaulted, old, context, submitted);
  const hasStatus = part === 'main' && kind.subresources?.status === true;
  const base = hasStatus ? { ...defaulted, status: old['status'] } : defaulted;
  const prepared = part === 'main' ? (kind.prepareUpdate?.(base, old, context) ?? base) : base;
  const object = dropUndefined(part === 'main' ? raiseGeneration(kind, prepared, old) : prepared);
  const own =
    part === 'main'
      ? [...(kind.validateUpdate?.(object, old, context) ?? []), ...(kind.validate?.(object, context, old) ?? [])]
      : [];
  refuse(kind, object, [...validateMetaUpdate(kind, object, old, submitted), ...own]);
  ports.admit(request, object, old);
  for (const text of kind.warn?.(object, old) ?? []) request.warn(text);
  return kind.complete?.(object, context) ?? object;
}

function statusUpdate(
  kind: Kind,
  defaulted: KubeObject,
  old: KubeObject,
  context: RuleContext,
  submitted: KubeObject,
): KubeObject {
  const base = { ...old, metadata: defaulted.metadata, status: defaulted['status'] };
  const object = dropUndefined(kind.prepareStatus?.(base, old, context) ?? base);
  const own = kind.validateStatus?.(object, old, context) ?? [];
  refuse(kind, object, [...validateMetaUpdate(kind, object, old, submitted), ...own]);
  return kind.complete?.(object, context) ?? object;
}

function refuse(kind: Kind, object: KubeObject, errors: readonly FieldError[]): void {
  // What is shown for another group is checked as that group's.
  const group = kind.storedIn === 'core' ? '' : kind.group;
  if (errors.length > 0) throw invalid({ group, kind: kind.kind }, object.metadata.name, errors);
}

function nameFor({ metadata }: KubeObject, { suffix }: Ports): string {
  const prefix = metadata['generateName'];
  if (metadata.name !== '' || typeof prefix !== 'string' || prefix === '') return metadata.name;
  return prefix.slice(0, MAX_GENERATED_PREFIX) + suffix(SUFFIX_LENGTH);
}

/** What the server owns stays as it is (rest/update.go, meta.go). */
function keepMeta(submitted: KubeObject, old: KubeObject): KubeObject {
  const { metadata } = old;
  return withMeta(submitted, {
    namespace: metadata.namespace,
    uid: metadata.uid,
    creationTimestamp: metadata.creationTimestamp,
    deletionTimestamp: metadata.deletionTimestamp,
    deletionGracePeriodSeconds: metadata.deletionGracePeriodSeconds,
    selfLink: undefined,
    generation: metadata.generation,
    resourceVersion: metadata.resourceVersion,
  });
}

function raiseGeneration(kind: Kind, object: KubeObject, old: KubeObject): KubeObject {
  if (kind.generation !== true) return object;
  const annotated = kind.annotationsCount === true && !sameJson(object.metadata.annotations, old.metadata.annotations);
  if (!annotated && sameJson(generationPart(object), generationPart(old))) return object;
  return withMeta(object, { generation: (old.metadata.generation ?? 0) + 1 });
}

/** What `generation` counts the changes of: everything but metadata and status. */
function generationPart({ metadata: _metadata, status: _status, ...rest }: KubeObject): unknown {
  return rest;
}

function dropUndefined(object: KubeObject): KubeObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as KubeObject;
}
