import type { ObjectDirectory } from '../objects/directory.ts';
import type { ResourceKind } from '../provider.ts';
import { isNamespace, type RuleConfig } from './rule-config.ts';
import { parseTemplate } from './template/parse.ts';
import { runTemplate } from './template/run.ts';

const sanitized = (group: string) => group.replaceAll(/[.-]/g, '_');

/** Which label of a rule's series names which kind of object, and back. */
export class Association {
  readonly #objects: Pick<ObjectDirectory, 'resolve'>;
  readonly #overrides: ReadonlyMap<string, string>;
  readonly #namespaceLabel: string | undefined;
  readonly #labelOf: ((group: string, resource: string) => string) | undefined;
  readonly #patterns: readonly RegExp[] = [];
  readonly #kinds = new Map<string, ResourceKind>();

  constructor({ template, overrides }: RuleConfig['resources'], objects: Pick<ObjectDirectory, 'resolve'>) {
    this.#objects = objects;
    const entries = Object.entries(overrides);
    this.#overrides = new Map(
      entries.map(([label, { group, resource }]) => [label, group === '' ? resource : `${resource}.${group}`]),
    );
    this.#namespaceLabel = entries.find(([, { resource, group }]) => group === '' && isNamespace(resource))?.[0];
    if (template === undefined) return;
    const nodes = parseTemplate(template);
    this.#labelOf = (group, resource) => runTemplate(nodes, { Group: sanitized(group), Resource: resource });
    // A label as the template makes it with a group, and as it makes it without one.
    this.#patterns = ['\u0001', ''].map((group) => patternOf(runTemplate(nodes, { Group: group, Resource: '\u0002' })));
  }

  /** The label that holds the namespace; undefined when none does. */
  get namespaceLabel(): string | undefined {
    return this.#namespaceLabel ?? this.#labelOf?.('', 'namespace');
  }

  /** Labels that the rule itself names. */
  get namedLabels(): readonly string[] {
    return [...this.#overrides.keys()];
  }

  /** The kind of object that a label names; undefined for any other label, also when the cluster has no such kind. Raises ML-KUBE-*. */
  async kindOf(label: string): Promise<ResourceKind | undefined> {
    const known = this.#kinds.get(label);
    if (known !== undefined) return known;
    const text = this.#overrides.get(label) ?? this.#byTemplate(label);
    const kind = text === undefined ? undefined : await this.#objects.resolve(text);
    if (kind !== undefined) this.#kinds.set(label, kind);
    return kind;
  }

  /** The label that names objects of this kind. */
  labelOf(kind: ResourceKind): string | undefined {
    for (const label of this.#overrides.keys()) {
      const known = this.#kinds.get(label);
      if (known?.resource === kind.resource && known.group === kind.group) return label;
    }
    return this.#labelOf?.(kind.group, kind.kind.toLowerCase());
  }

  #byTemplate(label: string): string | undefined {
    for (const pattern of this.#patterns) {
      const { group = '', resource } = pattern.exec(label)?.groups ?? {};
      if (resource !== undefined) return group === '' ? resource : `${resource}.${group.replaceAll('_', '.')}`;
    }
    return undefined;
  }
}

/** The other way round: which group and resource a label means. */
function patternOf(label: string): RegExp {
  const escaped = label.replaceAll(/[\\^$.|?*+()[\]{}]/g, '\\$&');
  return new RegExp(`^${escaped.replace('\u0001', '(?<group>.+)').replace('\u0002', '(?<resource>[A-Za-z0-9]+)')}$`);
}
