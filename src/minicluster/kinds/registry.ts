import type { Kind, KindVersion } from './kind.ts';

export interface FoundKind {
  readonly kind: Kind;
  readonly version: KindVersion;
}

/** The kinds that are served: the built-in ones, and those that CustomResourceDefinitions add and take away. */
export class KindRegistry {
  readonly #kinds = new Map<string, Kind>();

  #revision = 0;

  constructor(kinds: readonly Kind[]) {
    for (const kind of kinds) this.add(kind);
  }

  add(kind: Kind): void {
    this.#kinds.set(`${kind.group}/${kind.plural}`, kind);
    this.#revision += 1;
  }

  remove(group: string, plural: string): void {
    this.#kinds.delete(`${group}/${plural}`);
    this.#revision += 1;
  }

  /** Grows with every kind that comes or goes. */
  get revision(): number {
    return this.#revision;
  }

  all(): readonly Kind[] {
    return [...this.#kinds.values()];
  }

  get(group: string, plural: string): Kind | undefined {
    return this.#kinds.get(`${group}/${plural}`);
  }

  hasGroup(group: string): boolean {
    return this.all().some((kind) => kind.group === group);
  }

  /** Whether all of a group's kinds come from CustomResourceDefinitions. */
  isCustom(group: string): boolean {
    const kinds = this.all().filter((kind) => kind.group === group);
    return kinds.length > 0 && kinds.every(({ custom }) => custom === true);
  }

  /** Whether upstream's scheme would know this kind: a served one, its list, or one of those that every group has. */
  knows(apiVersion: string, name: string): boolean {
    const [group, version] = splitGroupVersion(apiVersion);
    if (COMMON_KINDS.includes(name)) return this.hasGroup(group);
    return this.all().some(
      (each) =>
        each.group === group &&
        each.versions.some((one) => one.version === version) &&
        (each.kind === name || `${each.kind}List` === name),
    );
  }

  /** The kind in one of its versions. */
  find(group: string, version: string, plural: string): FoundKind | undefined {
    const kind = this.get(group, plural);
    const found = kind?.versions.find((each) => each.version === version);
    return kind === undefined || found === undefined ? undefined : { kind, version: found };
  }

  /** By `apiVersion` and `kind`, as owner references and scale targets name it. */
  byKind(apiVersion: string, name: string): FoundKind | undefined {
    const [group, version] = splitGroupVersion(apiVersion);
    const kind = this.all().find((each) => each.group === group && each.kind === name);
    const found = kind?.versions.find((each) => each.version === version) ?? kind?.versions[0];
    return kind === undefined || found === undefined ? undefined : { kind, version: found };
  }
}

const COMMON_KINDS = [
  'CreateOptions',
  'DeleteOptions',
  'GetOptions',
  'ListOptions',
  'PatchOptions',
  'UpdateOptions',
  'WatchEvent',
];

/** Group and version of `apps/v1` or `v1`. */
export function splitGroupVersion(apiVersion: string): readonly [string, string] {
  const cut = apiVersion.indexOf('/');
  return cut < 0 ? ['', apiVersion] : [apiVersion.slice(0, cut), apiVersion.slice(cut + 1)];
}

/** `apps/v1`, or `v1` for the core group. */
export function groupVersion(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`;
}

/** Key of an object in the store. */
export function storeKey(kind: Kind, namespace: string | undefined, name: string): string {
  return `${storePrefix(kind, namespace)}${name}`;
}

/** Prefix of a collection in the store: of a namespace, or of all. */
export function storePrefix(kind: Kind, namespace: string | undefined): string {
  const all = `/${kind.storedIn ?? (kind.group === '' ? 'core' : kind.group)}/${kind.plural}/`;
  return namespace === undefined ? all : `${all}${namespace}/`;
}
