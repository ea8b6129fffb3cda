import type { KubeObject } from '../../contracts/kube-client.ts';
import { type FieldError, invalid, json, plain, required } from '../../hpa/api/field-error.ts';
import {
  dnsLabelFaults,
  dnsSubdomainFaults,
  labelKeyFaults,
  maskTrailingDash,
  pathSegmentFaults,
} from '../../hpa/api/names.ts';
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
const STANDARD_FINALIZERS = ['kubernetes', 'orphan', 'foregroundDeletion'];

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
export function validateMeta(kind: Kind, { metadata }: KubeObject): readonly FieldError[] {
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
  const { generateName: _prefix, ...others } = metadata;
  // The rest is the same for all kinds; a name and a namespace that are right keep it from repeating what is said above.
  const rest = validateObjectMeta(
    { ...others, name: 'x', namespace: metadata.namespace ?? 'x' } as HpaObjectMeta,
    QUIRKS,
  );
  return [...names, ...rest, ...ownerRules(metadata.ownerReferences), ...finalizerRules(metadata.finalizers)];
}

/** ValidateObjectMetaUpdate: what may never change. */
export function validateMetaUpdate(kind: Kind, object: KubeObject, old: KubeObject): readonly FieldError[] {
  const { metadata } = object;
  const added = (metadata.finalizers ?? []).filter((name) => !(old.metadata.finalizers ?? []).includes(name));
  const late: FieldError[] =
    old.metadata.deletionTimestamp !== undefined && added.length > 0
      ? [
          {
            path: ['metadata', 'finalizers'],
            type: 'FieldValueForbidden',
            detail: `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((name) => `"${name}"`).join(', ')}}`,
          },
        ]
      : [];
  return [...late, ...validateMeta(kind, object)];
}

function ownerRules(owners: KubeObject['metadata']['ownerReferences']): readonly FieldError[] {
  const controllers = (owners ?? []).filter(({ controller }) => controller === true);
  if (controllers.length < 2) return [];
  const detail = `Only one reference can have Controller set to true. Found "true" in references for ${controllers[0]?.kind ?? ''} and ${controllers[1]?.kind ?? ''}`;
  return [{ path: ['metadata', 'ownerReferences'], type: 'FieldValueInvalid', badValue: json(owners), detail }];
}

function finalizerRules(names: readonly string[] | undefined): readonly FieldError[] {
  return (names ?? []).flatMap((name, index) =>
    labelKeyFaults(name, QUIRKS).length > 0 || name.includes('/') || STANDARD_FINALIZERS.includes(name)
      ? []
      : [
          invalid(
            ['metadata', 'finalizers', index],
            plain(name),
            'name is neither a standard finalizer name nor is it fully qualified',
          ),
        ],
  );
}
