import type { KubeObject } from '../../contracts/kube-client.ts';
import { withMeta } from '../api/objects.ts';
import { groupVersion } from '../kinds/registry.ts';
import { difference, EMPTY, type FieldSet, has } from './field-set.ts';
import { type Applied, ownedAfterApply, type Writing } from './field-manager.ts';
import { type Fields, isFields, mergeTypeOf } from './schema.ts';
import { typeErrors } from './typed-check.ts';
import { ConflictError } from './updater.ts';
import { compare, fieldSetOf } from './walk.ts';

const ANNOTATION = 'kubectl.kubernetes.io/last-applied-configuration';
/** validation TotalAnnotationSizeLimitB. */
const ANNOTATIONS_LIMIT = 256 * 1024;

/**
 * An apply by `kubectl` takes over what the same user applied on the client's side before: fields that still are as the
 * annotation says are no conflicts (managedfields lastappliedmanager.go). Raises ConflictError with the others.
 */
export function applyByKubectl(
  writing: Writing,
  live: KubeObject | undefined,
  config: Fields,
  force: boolean,
): Applied {
  try {
    return ownedAfterApply(writing, live, config, force);
  } catch (error) {
    if (!(error instanceof ConflictError) || live === undefined) throw error;
    const allowed = appliedBefore(writing, live);
    const others = error.conflicts.filter(({ path }) => !has(allowed, path));
    if (others.length === error.conflicts.length) throw error;
    if (others.length > 0) throw new ConflictError(others);
    return ownedAfterApply(writing, live, config, true);
  }
}

/** Fields of the annotation that the live object still has like that. */
function appliedBefore({ kind, version }: Writing, live: KubeObject): FieldSet {
  const text = live.metadata.annotations?.[ANNOTATION];
  const last = text === undefined ? undefined : parsed(text);
  const own = groupVersion(kind.group, version.version);
  if (last?.['apiVersion'] !== own || typeErrors(mergeTypeOf(version), last, false).length > 0) return EMPTY;
  const { added, modified, removed } = compare(mergeTypeOf(version), last, version.fromStored?.(live) ?? live);
  return difference(difference(difference(fieldSetOf(mergeTypeOf(version), last), modified), added), removed);
}

/** Keeps an annotation of the client's side true (lastappliedupdater.go). */
export function withLastApplied(object: KubeObject, config: Fields): KubeObject {
  const { annotations } = object.metadata;
  if (annotations?.[ANNOTATION] === undefined) return object;
  const next = { ...annotations, [ANNOTATION]: `${JSON.stringify(sorted(withoutAnnotation(config)))}\n` };
  const size = Object.entries(next).reduce((sum, [name, value]) => sum + name.length + Buffer.byteLength(value), 0);
  return size > ANNOTATIONS_LIMIT ? object : withMeta(object, { annotations: next });
}

function withoutAnnotation(config: Fields): Fields {
  const { metadata } = config;
  if (!isFields(metadata)) return config;
  const { annotations, ...rest } = metadata;
  if (!isFields(annotations)) return config;
  const { [ANNOTATION]: _last, ...others } = annotations;
  return { ...config, metadata: { ...rest, annotations: others } };
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isFields(value)) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, sorted(value[name])]));
}

function parsed(text: string): Fields | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return isFields(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
