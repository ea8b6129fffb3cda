import type { KubeObject } from '../../contracts/kube-client.ts';
import { type FieldError, forbidden, invalid, json, plain, required } from '../../hpa/api/field-error.ts';
import { dnsLabelFaults, dnsSubdomainFaults, maskTrailingDash, pathSegmentFaults } from '../../hpa/api/names.ts';
import { validateObjectMeta } from '../../hpa/api/validate-meta.ts';
import type { HpaObjectMeta } from '../../hpa/api/types.ts';
import type { Kind } from '../kinds/kind.ts';
import { QUIRKS } from '../kubernetes-version.ts';

// k8s.io/apimachinery/pkg/api/validation/objectmeta.go, pkg/apis/core/validation/validation.go

const SERVICE = '[a-z]([-a-z0-9]*[a-z0-9])?';
const SERVICE_RULE = new RegExp(`^${SERVICE}$`);
const SERVICE_TEXT =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end " +
  `with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '${SERVICE}')`;

const NAME_RULES: Readonly<Record<NonNullable<Kind['names']>, (name: string) => readonly string[]>> = {
  subdomain: dnsSubdomainFaults,
  label: (name) => dnsLabelFaults(name, QUIRKS),
  path: pathSegmentFaults,
  service: (name) => [
    ...(name.length > 63 ? ['must be no more than 63 characters'] : []),
    ...(SERVICE_RULE.test(name) ? [] : [SERVICE_TEXT]),
  ],
};

/** Every problem of a new object's metadata. */
export function validateMeta(kind: Kind, object: KubeObject): readonly FieldError[] {
  const { metadata } = object;
  const rule = NAME_RULES[kind.names ?? 'subdomain'];
  const prefix = typeof metadata['generateName'] === 'string' ? metadata['generateName'] : '';
  const faulty = (field: string, value: string, faults: readonly string[]) =>
    faults.map((fault) => invalid(['metadata', field], plain(value), fault));
  const names = [
    ...(prefix === '' ? [] : faulty('generateName', prefix, rule(maskTrailingDash(prefix)))),
    ...(metadata.name === ''
      ? [required(['metadata', 'name'], 'name or generateName is required')]
      : faulty('name', metadata.name, rule(metadata.name))),
  ];
  return [...names, ...commonErrors(kind, object)];
}

/**
 * ValidateObjectMetaUpdate: what may never change. The generic registry and the kind's own strategy both ask, so that every
 * complaint comes twice. `submitted`: as the caller sent it.
 */
export function validateMetaUpdate(
  kind: Kind,
  object: KubeObject,
  old: KubeObject,
  submitted: KubeObject,
): readonly FieldError[] {
  const { metadata } = object;
  const { uid = '' } = submitted.metadata;
  const added = (metadata.finalizers ?? []).filter((name) => !(old.metadata.finalizers ?? []).includes(name));
  const late = old.metadata.deletionTimestamp !== undefined && added.length > 0;
  const list = added.map((name) => `"${name}"`).join(', ');
  const detail = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`;
  const fixed = [
    ...(late ? [forbidden(['metadata', 'finalizers'], detail)] : []),
    ...(uid !== '' && uid !== old.metadata.uid ? [invalid(['metadata', 'uid'], plain(uid), 'field is immutable')] : []),
  ];
  return [...fixed, ...fixed, ...commonErrors(kind, object)];
}

/** Only core validation asks finalizers for a domain; what extends the API does not go through it. */
const EXTENSION_GROUPS = ['apiextensions.k8s.io', 'apiregistration.k8s.io'];
const FINALIZER_FAULT = 'name is neither a standard finalizer name';

/** What is the same for every kind; a name and a namespace that are right keep it from repeating what is said of them. */
function commonErrors(kind: Kind, { metadata }: KubeObject): readonly FieldError[] {
  const { generateName: _prefix, ...others } = metadata;
  const common = validateObjectMeta({ ...others, name: 'x', namespace: 'x' } as HpaObjectMeta, QUIRKS);
  const lenient = kind.custom === true || EXTENSION_GROUPS.includes(kind.group);
  const counted = lenient ? common.filter(({ detail }) => !detail.startsWith(FINALIZER_FAULT)) : common;
  return [...counted, ...ownerErrors(metadata.ownerReferences)];
}

function ownerErrors(owners: KubeObject['metadata']['ownerReferences']): readonly FieldError[] {
  const controllers = (owners ?? []).filter(({ controller }) => controller === true);
  const [first, second] = controllers;
  if (first === undefined || second === undefined) return [];
  const detail = `Only one reference can have Controller set to true. Found "true" in references for ${first.kind}/${first.name} and ${second.kind}/${second.name}`;
  return [invalid(['metadata', 'ownerReferences'], json(owners), detail)];
}
