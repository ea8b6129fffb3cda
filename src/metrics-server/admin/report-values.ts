import type { MetricReportValue } from '../../contracts/metrics-admin.ts';
import type { Labels } from '../../kube/label-selector.ts';

/** More are counted, not shown. */
const SHOWN = 10;

/** Labels as a selector that means them. */
export function labelText(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

/** The first series with their values, for people. */
export function reportValues(
  samples: readonly { readonly labels: Labels; readonly value: string; readonly fault?: string }[],
): readonly MetricReportValue[] {
  return samples.slice(0, SHOWN).map(({ labels, value, fault }) => ({ of: labelText(labels), value: fault ?? value }));
}
