import type { KubeObject } from '../../contracts/kube-client.ts';
import { type FieldError, invalid, json, numeric } from '../../hpa/api/field-error.ts';
import { AGE, NAME } from '../api/table.ts';
import { fieldAt, sameJson } from '../api/objects.ts';
import { age } from '../kinds/age.ts';
import type { Column, Kind, KindVersion, ScaleRules } from '../kinds/kind.ts';
import type { StructType } from '../schema/type.ts';
import { object } from '../types/meta.ts';
import {
  byPriority,
  type Definition,
  type DefinitionVersion,
  type PrinterColumn,
  type ScalePaths,
} from './definition.ts';
import { applyTypeOf } from './apply-type.ts';
import { firstAt } from './json-path.ts';
import { isFields, pruned, type Schema, withDefaults } from './schema.ts';
import { schemaErrors } from './validate.ts';

/** How upstream lists the verbs of custom resources. */
const VERBS: NonNullable<Kind['verbs']> = [
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'create',
  'update',
  'watch',
];
const OWN = ['apiVersion', 'kind', 'metadata'];

/** The kind that a definition describes, with the versions that it serves; undefined when it serves none. */
export function customKind(definition: Definition): Kind | undefined {
  const { group, names, scope } = definition;
  const served = definition.versions.filter((version) => version.served).toSorted((a, b) => byPriority(a.name, b.name));
  const stored = definition.versions.find(({ storage }) => storage);
  if (stored === undefined || served.length === 0) return undefined;
  const schema = schemaOf(stored);
  const scale = stored.subresources?.scale;
  const hasStatus = stored.subresources?.status !== undefined;
  const preferred = served[0] ?? stored;
  return {
    group,
    kind: names.kind,
    plural: names.plural,
    singular: names.singular || names.kind.toLowerCase(),
    ...(names.shortNames === undefined ? {} : { shortNames: names.shortNames }),
    ...(names.categories === undefined ? {} : { categories: names.categories }),
    namespaced: scope === 'Namespaced',
    custom: true,
    needsVersion: true,
    generation: true,
    verbs: VERBS,
    versions: served.map((version) => kindVersion(version, stored, definition)),
    subresources: { status: hasStatus, ...(scale === undefined ? {} : { scale: scaleRules(scale) }) },
    default: (given) => defaulted(schema, given),
    validate: (given) => [...bodyErrors(schema, given, hasStatus), ...scaleErrors(scale, given)],
    validateStatus: (given) => [...bodyErrors(schema, given, false), ...scaleErrors(scale, given)],
    columns: columnsOf(preferred),
    fields: Object.fromEntries(
      (stored.selectableFields ?? []).map(({ jsonPath }) => [
        jsonPath.replace(/^\./, ''),
        (given: KubeObject) => String(firstAt(given, jsonPath) ?? ''),
      ]),
    ),
  };
}

function schemaOf({ schema }: DefinitionVersion): Schema {
  return schema?.openAPIV3Schema ?? { 'x-kubernetes-preserve-unknown-fields': true };
}

function kindVersion(version: DefinitionVersion, stored: DefinitionVersion, definition: Definition): KindVersion {
  const { group, names } = definition;
  const schema = schemaOf(version);
  const type: StructType = { ...object(`${version.name}.${names.kind}`, {}), open: true };
  const shownAs = (name: string) => (given: KubeObject) => ({ ...given, apiVersion: `${group}/${name}` });
  return {
    version: version.name,
    type,
    applyType: applyTypeOf(schema),
    openApi: schema as Readonly<Record<string, unknown>>,
    prune: (value) => pruneBody(schema, value),
    ...(version === stored ? {} : { toStored: shownAs(stored.name), fromStored: shownAs(version.name) }),
    ...(version.deprecated ? { deprecated: deprecation(version, stored, definition) } : {}),
  };
}

function deprecation(
  { name, deprecationWarning }: DefinitionVersion,
  _stored: DefinitionVersion,
  definition: Definition,
): string {
  if (deprecationWarning !== undefined) return deprecationWarning;
  const { group, names } = definition;
  const newest = definition.versions
    .filter(({ served, deprecated }) => served && !deprecated)
    .map((each) => each.name)
    .toSorted(byPriority)[0];
  const instead = newest === undefined || byPriority(newest, name) > 0 ? '' : `; use ${group}/${newest} ${names.kind}`;
  return `${group}/${name} ${names.kind} is deprecated${instead}`;
}

/** Everything but apiVersion, kind and metadata, which are no business of the schema. */
function pruneBody(
  schema: Schema,
  value: Readonly<Record<string, unknown>>,
): { readonly value: Readonly<Record<string, unknown>>; readonly unknown: readonly string[] } {
  const body = Object.entries(value).filter(([name]) => !OWN.includes(name));
  const own = Object.entries(value).filter(([name]) => OWN.includes(name));
  const result = pruned(schema, Object.fromEntries(body));
  return { value: { ...Object.fromEntries(own), ...(result.value as object) }, unknown: result.unknown };
}

function defaulted(schema: Schema, given: KubeObject): KubeObject {
  const { apiVersion, kind, metadata, ...body } = given;
  return { apiVersion, kind, metadata, ...(withDefaults(schema, body) as object) };
}

function bodyErrors(schema: Schema, given: KubeObject, withoutStatus: boolean): readonly FieldError[] {
  const { apiVersion: _apiVersion, kind: _kind, metadata: _metadata, ...body } = given;
  const { status: _status, ...rest } = body;
  const { type: _type, ...asObject } = schema;
  return schemaErrors(asObject, withoutStatus ? rest : body, '');
}

const partsOf = (path: string) => path.replace(/^\./, '').split('.');

function scaleRules({ specReplicasPath, statusReplicasPath, labelSelectorPath }: ScalePaths): ScaleRules {
  return {
    specReplicas: partsOf(specReplicasPath),
    statusReplicas: partsOf(statusReplicasPath),
    selector: (given) =>
      labelSelectorPath === undefined ? '' : String(fieldAt(given, partsOf(labelSelectorPath)) ?? ''),
  };
}

/** apiextensions-apiserver customresource/validator.go ValidateScaleSpec. */
function scaleErrors(scale: ScalePaths | undefined, given: KubeObject): readonly FieldError[] {
  if (scale === undefined) return [];
  const path = scale.specReplicasPath;
  const value = fieldAt(given, partsOf(path));
  if (value === undefined || value === null) return [];
  if (typeof value !== 'number') {
    const type =
      typeof value === 'object' ? (Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}') : typeof value;
    const shown = typeof value === 'object' ? JSON.stringify(value) : String(value);
    const detail = `${path} accessor error: ${shown} is of the type ${type === 'boolean' ? 'bool' : type}, expected int64`;
    return [invalid([path], numeric(0), detail)];
  }
  return value < 0 ? [invalid([path], json(value), 'should be a non-negative integer')] : [];
}

function columnsOf({ additionalPrinterColumns }: DefinitionVersion): readonly Column[] {
  if (additionalPrinterColumns === undefined) return [NAME, { ...AGE, type: 'date' }];
  return [NAME, ...additionalPrinterColumns.map(printerColumn)];
}

/** tableconvertor.go cellForJSONValue. */
function printerColumn(column: PrinterColumn): Column {
  const { name, type, format, description, priority, jsonPath } = column;
  return {
    name,
    type: type as Column['type'],
    ...(format === undefined ? {} : { format }),
    ...(priority === undefined ? {} : { priority }),
    description: description ?? `Custom resource definition column (in JSONPath format): ${jsonPath}`,
    cell: (given, now) => {
      const value = firstAt(given, jsonPath);
      if (value === undefined || value === null) return null;
      if (type === 'date') return age(String(value), now);
      if (type === 'integer' || type === 'number') return typeof value === 'number' ? value : null;
      if (type === 'boolean') return typeof value === 'boolean' ? value : null;
      return isFields(value) || Array.isArray(value) ? JSON.stringify(value) : String(value);
    },
  };
}

/** Whether two definitions ask for the same kind to be served in the same way. */
export function sameDefinition(a: Definition | undefined, b: Definition): boolean {
  return a !== undefined && sameJson(a, b);
}
