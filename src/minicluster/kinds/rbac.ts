import type { KubeObject } from '../../contracts/kube-client.ts';
import { type FieldError, invalid, json, notSupported, required } from '../../hpa/api/field-error.ts';
import { sameJson } from '../api/objects.ts';
import { AGE, CREATED_AT, NAME } from '../api/table.ts';
import { list } from '../schema/type.ts';
import { object } from '../types/meta.ts';
import { aggregationRule, policyRule, roleRef, subject } from '../types/rbac.ts';
import type { Column, Kind } from './kind.ts';

type Fields = Readonly<Record<string, unknown>>;

const GROUP = 'rbac.authorization.k8s.io';
const rules = list(policyRule);

const roles = (kind: string, plural: string, namespaced: boolean): Kind => ({
  group: GROUP,
  kind,
  plural,
  singular: kind.toLowerCase(),
  namespaced,
  names: 'path',
  versions: [{ version: 'v1', type: object(`v1.${kind}`, { rules, ...(namespaced ? {} : { aggregationRule }) }) }],
  // `rules` has no omitempty: without any it is null.
  default: (role) => ({ ...role, rules: role['rules'] ?? null }),
  validate: (role) =>
    ((role['rules'] ?? []) as readonly Fields[]).flatMap((rule, at) => ruleErrors(rule, at, namespaced)),
  columns: [NAME, CREATED_AT],
});

const bindings = (kind: string, plural: string, namespaced: boolean): Kind => ({
  group: GROUP,
  kind,
  plural,
  singular: kind.toLowerCase(),
  namespaced,
  names: 'path',
  versions: [{ version: 'v1', type: object(`v1.${kind}`, { subjects: list(subject), roleRef }) }],
  default: defaulted,
  validate: (binding) => bindingErrors(binding, namespaced),
  validateUpdate: (binding, old) =>
    sameJson(binding['roleRef'], old['roleRef'])
      ? []
      : [invalid(['roleRef'], json({ APIGroup: GROUP, ...(binding['roleRef'] as Fields) }), 'cannot change roleRef')],
  columns: [NAME, ROLE, AGE, subjectsColumn('Users', 'User'), subjectsColumn('Groups', 'Group'), ACCOUNTS],
});

const SUBJECTS_TEXT = 'Subjects holds references to the objects the role applies to.';
const ROLE: Column = {
  name: 'Role',
  type: 'string',
  description: 'RoleRef can reference a Role in the current namespace or a ClusterRole in the global namespace.',
  cell: (binding) => {
    const { kind, name } = binding['roleRef'] as { kind: string; name: string };
    return `${kind}/${name}`;
  },
};
const ACCOUNTS: Column = {
  ...subjectsColumn('ServiceAccounts', 'ServiceAccount'),
  cell: (binding) =>
    subjectsOf(binding)
      .filter(({ kind }) => kind === 'ServiceAccount')
      .map(({ namespace, name }) => `${String(namespace ?? '')}/${String(name)}`)
      .join(', '),
};

export const role: Kind = roles('Role', 'roles', true);
export const clusterRole: Kind = roles('ClusterRole', 'clusterroles', false);
export const roleBinding: Kind = bindings('RoleBinding', 'rolebindings', true);
export const clusterRoleBinding: Kind = bindings('ClusterRoleBinding', 'clusterrolebindings', false);

function subjectsColumn(name: string, wanted: string): Column {
  return {
    name,
    type: 'string',
    priority: 1,
    description: SUBJECTS_TEXT,
    cell: (binding) =>
      subjectsOf(binding)
        .filter(({ kind }) => kind === wanted)
        .map((each) => String(each['name']))
        .join(', '),
  };
}

function subjectsOf(binding: KubeObject): readonly Fields[] {
  return (binding['subjects'] ?? []) as readonly Fields[];
}

/** rbac/v1 defaults.go. */
function defaulted(binding: KubeObject): KubeObject {
  const subjects = subjectsOf(binding).map((each) => {
    const isPerson = each['kind'] === 'User' || each['kind'] === 'Group';
    return isPerson && each['apiGroup'] === undefined ? { ...each, apiGroup: GROUP } : each;
  });
  const ref = (binding['roleRef'] ?? {}) as Fields;
  return {
    ...binding,
    roleRef: { apiGroup: GROUP, kind: '', name: '', ...ref },
    ...(subjects.length === 0 ? {} : { subjects }),
  };
}

/** rbac/validation ValidatePolicyRule. */
function ruleErrors(rule: Fields, at: number, namespaced: boolean): readonly FieldError[] {
  const path = (field: string) => ['rules', at, field];
  const empty = (field: string) => ((rule[field] ?? []) as readonly string[]).length === 0;
  const errors: FieldError[] = [];
  if (empty('verbs')) errors.push(required(path('verbs'), 'verbs must contain at least one value'));
  if (!empty('nonResourceURLs')) {
    const value = json(rule['nonResourceURLs']);
    if (namespaced) {
      errors.push(invalid(path('nonResourceURLs'), value, 'namespaced rules cannot apply to non-resource URLs'));
    }
    if (!empty('apiGroups') || !empty('resources') || !empty('resourceNames')) {
      const detail = 'rules cannot apply to both regular resources and non-resource URLs';
      errors.push(invalid(path('nonResourceURLs'), value, detail));
    }
    return errors;
  }
  if (empty('apiGroups')) errors.push(required(path('apiGroups'), 'resource rules must supply at least one api group'));
  if (empty('resources')) errors.push(required(path('resources'), 'resource rules must supply at least one resource'));
  return errors;
}

/** rbac/validation ValidateRoleBinding. */
function bindingErrors(binding: KubeObject, namespaced: boolean): readonly FieldError[] {
  const { apiGroup, kind, name } = binding['roleRef'] as Readonly<Record<string, string>>;
  const kinds = namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole'];
  return [
    ...(apiGroup === GROUP ? [] : [notSupported(['roleRef', 'apiGroup'], apiGroup ?? '', [GROUP])]),
    ...(kinds.includes(kind ?? '') ? [] : [notSupported(['roleRef', 'kind'], kind ?? '', kinds)]),
    ...(name === '' ? [required(['roleRef', 'name'], '')] : []),
    ...subjectsOf(binding).flatMap((each, at) => subjectErrors(each, at, namespaced)),
  ];
}

function subjectErrors(subject_: Fields, at: number, namespaced: boolean): readonly FieldError[] {
  const { kind = '', name = '', namespace = '', apiGroup = '' } = subject_ as Readonly<Record<string, string>>;
  const path = (field: string) => ['subjects', at, field];
  const unnamed = name === '' ? [required(path('name'), '')] : [];
  if (kind === 'ServiceAccount') {
    return [
      ...unnamed,
      ...(apiGroup === '' ? [] : [notSupported(path('apiGroup'), apiGroup, [''])]),
      ...(!namespaced && namespace === '' ? [required(path('namespace'), '')] : []),
    ];
  }
  if (kind === 'User' || kind === 'Group') {
    return [...unnamed, ...(apiGroup === GROUP ? [] : [notSupported(path('apiGroup'), apiGroup, [GROUP])])];
  }
  return [...unnamed, notSupported(path('kind'), kind, ['ServiceAccount', 'User', 'Group'])];
}
