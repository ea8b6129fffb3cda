import type { KubeObject } from '../../contracts/kube-client.ts';
import { type FieldError, invalid, json, notSupported, plain, required } from '../../hpa/api/field-error.ts';
import type { FieldPath } from '../../hpa/api/field-path.ts';
import { dnsSubdomainFaults } from '../../hpa/api/names.ts';
import { fieldsOf, listOf, textOf } from '../kinds/fields.ts';
import { Schema } from './schema.ts';
import { schemaErrors } from './validate.ts';

const LABEL = '[a-z]([-a-z0-9]*[a-z0-9])?';
const LABEL_RULE = new RegExp(`^${LABEL}$`);
const LABEL_TEXT =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end " +
  `with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '${LABEL}')`;
const MIXED = 'may have mixed case, but should otherwise match: ';

/** apiextensions/validation ValidateCustomResourceDefinition. */
export function definitionErrors(given: KubeObject): readonly FieldError[] {
  const spec = fieldsOf(given['spec']);
  const group = textOf(spec['group']);
  const names = fieldsOf(spec['names']);
  const versions = listOf(spec['versions']);
  const wanted = `${textOf(names['plural'])}.${group}`;
  const { name } = given.metadata;
  const stored = versions.filter(({ storage }) => storage === true).length;
  const storedVersions = fieldsOf(given['status'])['storedVersions'];
  return [
    ...(name === wanted
      ? []
      : [invalid(['metadata', 'name'], plain(name), 'must be spec.names.plural+"."+spec.group')]),
    ...groupErrors(group),
    ...scopeErrors(textOf(spec['scope'])),
    ...versions.flatMap((version, at) => versionErrors(version, at, versions.length)),
    ...(stored === 1
      ? []
      : [
          invalid(
            ['spec', 'versions'],
            json(internalVersions(versions)),
            'must have exactly one version marked as storage version',
          ),
        ]),
    ...namesErrors(names),
    ...(storedVersions === null || storedVersions === undefined
      ? [invalid(['status', 'storedVersions'], json(null), 'must have at least one stored version')]
      : []),
  ];
}

/** Go prints the internal type, whose fields have capitals. */
function internalVersions(versions: readonly Readonly<Record<string, unknown>>[]): unknown {
  return versions.map((version) =>
    Object.fromEntries(
      Object.entries(version).map(([name, value]) => [name.charAt(0).toUpperCase() + name.slice(1), value]),
    ),
  );
}

function groupErrors(group: string): readonly FieldError[] {
  const path = ['spec', 'group'];
  if (group === '') return [required(path, '')];
  const faults = dnsSubdomainFaults(group).map((fault) => invalid(path, plain(group), fault));
  return group.includes('.')
    ? faults
    : [...faults, invalid(path, plain(group), 'should be a domain with at least one dot')];
}

function scopeErrors(scope: string): readonly FieldError[] {
  const valid = ['Cluster', 'Namespaced'];
  return valid.includes(scope) ? [] : [notSupported(['spec', 'scope'], scope, valid)];
}

function namesErrors(names: Readonly<Record<string, unknown>>): readonly FieldError[] {
  const check = (field: string, mixed: boolean): readonly FieldError[] => {
    const value = textOf(names[field]);
    const path = ['spec', 'names', field];
    if (value === '') return [required(path, '')];
    const fits = LABEL_RULE.test(mixed ? value.toLowerCase() : value) && value.length <= 63;
    return fits ? [] : [invalid(path, plain(value), `${mixed ? MIXED : ''}${LABEL_TEXT}`)];
  };
  return [...check('plural', false), ...check('singular', false), ...check('kind', true), ...check('listKind', true)];
}

/** With one version the schema stands at spec.validation in the internal version, and so it is named. */
function versionErrors(version: Readonly<Record<string, unknown>>, at: number, count: number): readonly FieldError[] {
  const { openAPIV3Schema } = fieldsOf(version['schema']);
  if (openAPIV3Schema === undefined) return [required(['spec', 'versions', at, 'schema', 'openAPIV3Schema'], '')];
  const path =
    count === 1 ? ['spec', 'validation', 'openAPIV3Schema'] : ['spec', 'versions', at, 'schema', 'openAPIV3Schema'];
  const parsed = Schema.safeParse(openAPIV3Schema);
  if (!parsed.success) return [invalid(path, json(openAPIV3Schema), 'is not a schema')];
  return structuralErrors(parsed.data, path, true);
}

/** apiserver/schema ValidateStructural: every part says its type; defaults fit. */
function structuralErrors(schema: Schema, path: FieldPath, root: boolean): readonly FieldError[] {
  const typed =
    schema.type !== undefined ||
    schema['x-kubernetes-int-or-string'] === true ||
    schema['x-kubernetes-preserve-unknown-fields'] === true;
  const what = root ? 'must not be empty at the root' : 'must not be empty for specified object fields';
  const errors: FieldError[] = typed ? [] : [required([...path, 'type'], what)];
  if (root && schema.type !== undefined && schema.type !== 'object') {
    errors.push(invalid([...path, 'type'], plain(schema.type), 'must be object at the root'));
  }
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const where = [...path.slice(0, -1), `${String(path.at(-1))}.properties[${name}]`];
    errors.push(...structuralErrors(property, where, false));
  }
  if (schema.items !== undefined) errors.push(...structuralErrors(schema.items, [...path, 'items'], false));
  const { additionalProperties } = schema;
  if (typeof additionalProperties === 'object') {
    errors.push(...structuralErrors(additionalProperties, [...path, 'additionalProperties'], false));
  }
  if (schema.default !== undefined) {
    const { default: _default, ...rest } = schema;
    for (const error of schemaErrors(rest, schema.default, '')) errors.push({ ...error, path: [...path, 'default'] });
  }
  return errors;
}
