import type { KindRegistry } from '../kinds/registry.ts';
import { groupVersion } from '../kinds/registry.ts';
import type { StructType, Type } from '../schema/type.ts';
import { labelSelector, objectMeta } from '../types/meta.ts';
import { podTemplate } from '../types/pod.ts';

type Json = Readonly<Record<string, unknown>>;

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity';
const INT_OR_STRING = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString';

/** Schemas that are no structs here. */
const LEAVES: Readonly<Record<string, Json>> = {
  [QUANTITY]: { oneOf: [{ type: 'string' }, { type: 'number' }] },
  [INT_OR_STRING]: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  [`${META}.Time`]: { type: 'string', format: 'date-time' },
  [`${META}.MicroTime`]: { type: 'string', format: 'date-time' },
};

/** The names under which OpenAPI publishes Go's structs: each belongs to the first group it is met in. */
export class SchemaNames {
  readonly #names = new Map<StructType, string>();

  constructor(registry: KindRegistry) {
    for (const type of [objectMeta, labelSelector]) this.#walk(type, META);
    this.#walk(podTemplate, 'io.k8s.api.core.v1');
    const kinds = [...registry.all()].sort((a, b) => Number(b.group === '') - Number(a.group === ''));
    for (const kind of kinds.filter(({ custom }) => custom !== true)) {
      for (const { version, type } of kind.versions) this.#walk(type, packageOf(kind.group, version));
    }
  }

  of(type: StructType): string {
    return this.#names.get(type) ?? type.go;
  }

  #walk(type: Type, home: string): void {
    if (type.is === 'map' || type.is === 'list') return this.#walk(type.of, home);
    if (type.is !== 'struct' || this.#names.has(type)) return;
    this.#names.set(type, `${home}.${type.go.slice(type.go.lastIndexOf('.') + 1)}`);
    for (const field of Object.values(type.fields)) this.#walk(field.type, home);
  }
}

function packageOf(group: string, version: string): string {
  if (group === 'apiextensions.k8s.io') return `io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.${version}`;
  if (group === 'apiregistration.k8s.io') return `io.k8s.kube-aggregator.pkg.apis.apiregistration.${version}`;
  const first = group === '' ? 'core' : (group.split('.')[0] ?? '');
  return `io.k8s.api.${first}.${version}`;
}

/** Collects the schemas that a document refers to. `prefix` is where they stand in it. */
export class SchemaSet {
  readonly #schemas = new Map<string, Json>();
  readonly #names: SchemaNames;
  readonly #prefix: string;

  constructor(names: SchemaNames, prefix: string) {
    this.#names = names;
    this.#prefix = prefix;
  }

  all(): Json {
    return Object.fromEntries([...this.#schemas].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** A kind's own schema, with its name for clients to find. Returns the reference. */
  addKind(type: StructType, group: string, version: string, kind: string): Json {
    const reference = this.#ref(type);
    const name = this.#names.of(type);
    const gvk = { group, kind, version };
    this.#schemas.set(name, { ...this.#schemas.get(name), 'x-kubernetes-group-version-kind': [gvk] });
    return reference;
  }

  /** A schema given as it is (custom resources). */
  addRaw(name: string, schema: Json): Json {
    this.#schemas.set(name, schema);
    return { $ref: `${this.#prefix}${name}` };
  }

  #ref(type: StructType): Json {
    const name = this.#names.of(type);
    if (!this.#schemas.has(name)) {
      this.#schemas.set(name, {});
      const properties = Object.entries(type.fields).map(([field, { type: of, retainKeys }]) => [
        field,
        retainKeys === true ? { ...this.#schema(of), 'x-kubernetes-patch-strategy': 'retainKeys' } : this.#schema(of),
      ]);
      const atomic = type.atomic === true ? { 'x-kubernetes-map-type': 'atomic' } : {};
      this.#schemas.set(name, { type: 'object', properties: Object.fromEntries(properties), ...atomic });
    }
    return { $ref: `${this.#prefix}${name}` };
  }

  #schema(type: Type): Json {
    switch (type.is) {
      case 'struct':
        return this.#ref(type);
      case 'map':
        return { type: 'object', additionalProperties: this.#schema(type.of) };
      case 'list':
        return { type: 'array', items: this.#schema(type.of), ...listExtensions(type) };
      case 'bool':
        return { type: 'boolean' };
      case 'int32':
      case 'int64':
        return { type: 'integer', format: type.is };
      case 'float64':
        return { type: 'number', format: 'double' };
      case 'bytes':
        return { type: 'string', format: 'byte' };
      case 'raw':
        return { type: 'object' };
      case 'quantity':
        return this.#leaf(QUANTITY);
      case 'intOrString':
        return this.#leaf(INT_OR_STRING);
      case 'time':
        return this.#leaf(`${META}.Time`);
      case 'microTime':
        return this.#leaf(`${META}.MicroTime`);
      default:
        return { type: 'string' };
    }
  }

  #leaf(name: string): Json {
    this.#schemas.set(name, LEAVES[name] ?? {});
    return { $ref: `${this.#prefix}${name}` };
  }
}

function listExtensions({ merge }: Type & { is: 'list' }): Json {
  if (merge === undefined) return { 'x-kubernetes-list-type': 'atomic' };
  const { patchKey, applyKeys } = merge;
  return {
    ...(applyKeys === undefined
      ? { 'x-kubernetes-list-type': 'atomic' }
      : applyKeys.length === 0
        ? { 'x-kubernetes-list-type': 'set' }
        : { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': applyKeys }),
    ...(patchKey === undefined ? {} : { 'x-kubernetes-patch-strategy': 'merge' }),
    ...(patchKey === undefined || patchKey === '' ? {} : { 'x-kubernetes-patch-merge-key': patchKey }),
  };
}

/** `/apis/apps/v1`, `/api/v1`. */
export function rootPath(group: string, version: string): string {
  return group === '' ? `/api/${version}` : `/apis/${groupVersion(group, version)}`;
}
