import { decodeV2, type HpaV2, NEWEST_MINOR, rulesOf } from '../../hpa/index.ts';

const RULES = rulesOf({ minor: NEWEST_MINOR, arch: 'amd64', gates: {} });

/** The APIs that HPAs take their metrics from. */
export type MetricsGroup = 'external.metrics.k8s.io' | 'custom.metrics.k8s.io' | 'metrics.k8s.io';
export const GROUPS: readonly MetricsGroup[] = ['metrics.k8s.io', 'custom.metrics.k8s.io', 'external.metrics.k8s.io'];

const GROUP_OF: Readonly<Record<string, MetricsGroup>> = {
  External: 'external.metrics.k8s.io',
  Pods: 'custom.metrics.k8s.io',
  Object: 'custom.metrics.k8s.io',
  Resource: 'metrics.k8s.io',
  ContainerResource: 'metrics.k8s.io',
};

export const decodeHpa = (foreign: unknown): HpaV2 => decodeV2(foreign, RULES).value;

/** The groups that the metrics of these HPAs come from, each with "namespace/name" of the HPAs. */
export function groupsWanted(hpas: readonly HpaV2[]): ReadonlyMap<MetricsGroup, readonly string[]> {
  const wanted = new Map<MetricsGroup, readonly string[]>();
  for (const { metadata, spec } of hpas) {
    const name = `${metadata.namespace ?? ''}/${metadata.name ?? ''}`;
    for (const { type } of spec.metrics ?? []) {
      const group = GROUP_OF[type];
      const known = group === undefined ? undefined : (wanted.get(group) ?? []);
      if (group !== undefined && known !== undefined && !known.includes(name)) wanted.set(group, [...known, name]);
    }
  }
  return wanted;
}
