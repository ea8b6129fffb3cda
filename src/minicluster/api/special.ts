import type { ResourceRoute } from './route.ts';
import { scaleFor } from './scale.ts';
import type { SpecialResource } from './resource.ts';

/** Handlers by `<group>/<plural>` or `<group>/<plural>/<subresource>`; one group is the empty text. */
export type SpecialTable = Readonly<Record<string, SpecialResource>>;

export function specialOf(table: SpecialTable): (route: ResourceRoute) => SpecialResource | undefined {
  return ({ kind, name, subresource }) => {
    const key = `${kind.group}/${kind.plural}`;
    if (subresource === 'scale') return scaleFor(kind);
    if (subresource !== undefined) return table[`${key}/${subresource}`];
    return name === undefined ? table[key] : undefined;
  };
}
