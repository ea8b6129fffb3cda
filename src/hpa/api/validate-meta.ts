import { byteLength } from '../labels/validation.ts';
import type { Quirks } from '../quirks.ts';
import { type FieldError, invalid, numeric, plain, required } from './field-error.ts';
import type { FieldPath } from './field-path.ts';
import { dnsLabelFaults, dnsSubdomainFaults, labelKeyFaults, labelValueFaults, maskTrailingDash } from './names.ts';
import type { HpaObjectMeta } from './types.ts';

// k8s.io/apimachinery/pkg/api/validation/objectmeta.go. Upstream walks maps in random order; here keys are sorted.

const ANNOTATIONS_LIMIT = 262_144;
const PATH: FieldPath = ['metadata'];

/** ValidateObjectMeta of a namespaced object whose name is a DNS subdomain. */
export function validateObjectMeta(meta: HpaObjectMeta, quirks: Quirks): readonly FieldError[] {
  const { name = '', generateName = '', namespace = '', generation = 0 } = meta;
  const faulty = (field: string, value: string, faults: readonly string[]): FieldError[] =>
    faults.map((fault) => invalid([...PATH, field], plain(value), fault));
  return [
    ...(generateName === ''
      ? []
      : faulty('generateName', generateName, dnsSubdomainFaults(maskTrailingDash(generateName)))),
    ...(name === ''
      ? [required([...PATH, 'name'], 'name or generateName is required')]
      : faulty('name', name, dnsSubdomainFaults(name))),
    ...(namespace === ''
      ? [required([...PATH, 'namespace'], '')]
      : faulty('namespace', namespace, dnsLabelFaults(namespace, quirks))),
    ...(generation < 0
      ? [invalid([...PATH, 'generation'], numeric(generation), 'must be greater than or equal to 0')]
      : []),
    ...labelErrors(meta.labels ?? {}, quirks),
    ...annotationErrors(meta.annotations ?? {}, quirks),
    ...ownerErrors(meta['ownerReferences'], quirks),
    ...finalizersOf(meta).flatMap((finalizer) =>
      labelKeyFaults(finalizer, quirks).map((fault) => invalid([...PATH, 'finalizers'], plain(finalizer), fault)),
    ),
    ...kubeFinalizerErrors(finalizersOf(meta)),
  ];
}

/** ValidateObjectMetaUpdate, without what the server itself sets right (uid, times, resourceVersion). */
export function validateObjectMetaUpdate(
  meta: HpaObjectMeta,
  old: HpaObjectMeta,
  quirks: Quirks,
): readonly FieldError[] {
  const { generation = 0 } = meta;
  const moved = (['name', 'namespace'] as const).filter((field) => (meta[field] ?? '') !== (old[field] ?? ''));
  return [
    ...(generation < (old.generation ?? 0)
      ? [invalid([...PATH, 'generation'], numeric(generation), 'must not be decremented')]
      : []),
    ...moved.map((field) => invalid([...PATH, field], plain(meta[field] ?? ''), 'field is immutable')),
    ...labelErrors(meta.labels ?? {}, quirks),
    ...annotationErrors(meta.annotations ?? {}, quirks),
    ...ownerErrors(meta['ownerReferences'], quirks),
    ...kubeFinalizerErrors(finalizersOf(meta)),
  ];
}

const entries = (map: Readonly<Record<string, string>>): [string, string][] =>
  Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));

function labelErrors(labels: Readonly<Record<string, string>>, quirks: Quirks): FieldError[] {
  const path = [...PATH, 'labels'];
  return entries(labels).flatMap(([key, value]) => [
    ...labelKeyFaults(key, quirks).map((fault) => invalid(path, plain(key), fault)),
    ...labelValueFaults(value, quirks).map((fault) => invalid(path, plain(value), fault)),
  ]);
}

function annotationErrors(annotations: Readonly<Record<string, string>>, quirks: Quirks): FieldError[] {
  const path = [...PATH, 'annotations'];
  const list = entries(annotations);
  const errors = list.flatMap(([key]) =>
    labelKeyFaults(key.toLowerCase(), quirks).map((fault) => invalid(path, plain(key), fault)),
  );
  const size = list.reduce((sum, [key, value]) => sum + byteLength(key) + byteLength(value), 0);
  if (size <= ANNOTATIONS_LIMIT) return errors;
  const text = quirks.tooLongHaveText ? 'must have at most' : 'may not be more than';
  return [...errors, { path, type: 'FieldValueTooLong', detail: `${text} ${ANNOTATIONS_LIMIT} bytes` }];
}

const STANDARD_FINALIZERS = ['kubernetes', 'orphan', 'foregroundDeletion'];

const finalizersOf = (meta: HpaObjectMeta): readonly string[] => {
  const foreign = meta['finalizers'];
  return Array.isArray(foreign) ? foreign.map(String) : [];
};

/** pkg/apis/core/validation:validateKubeFinalizerName. */
function kubeFinalizerErrors(names: readonly string[]): FieldError[] {
  const text = 'name is neither a standard finalizer name nor is it fully qualified';
  return names.flatMap((name, index) =>
    name.includes('/') || STANDARD_FINALIZERS.includes(name)
      ? []
      : [invalid([...PATH, 'finalizers', index], plain(name), text)],
  );
}

/** Presence of the parts of owner references; upstream's rule of one controller is left to the server that stores them. */
function ownerErrors(foreign: unknown, quirks: Quirks): FieldError[] {
  if (!Array.isArray(foreign)) return [];
  return foreign.flatMap((reference: Readonly<Record<string, unknown>>, index) => {
    const path = [...PATH, 'ownerReferences', ...(quirks.ownerNotIndexed ? [] : [index])];
    return ['apiVersion', 'kind', 'name', 'uid']
      .filter((field) => (reference[field] ?? '') === '')
      .map((field) => {
        if (!quirks.ownerNotIndexed) return required([...path, field], 'must not be empty');
        return invalid([...path, field], plain(''), `${field === 'apiVersion' ? 'version ' : ''}must not be empty`);
      });
  });
}
