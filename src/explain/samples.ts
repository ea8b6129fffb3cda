import { type HpaV2, milliNumber, type MetricSpec, type Rules } from '../hpa/index.ts';
import { milliValueOf } from './milli-value.ts';
import { metricName } from './hpa-view.ts';

/** What the controller itself wrote of one metric, beside its target. */
export interface MetricSampleView {
  readonly index: number;
  readonly spec: MetricSpec;
  readonly name: string;
  readonly kind: 'Value' | 'AverageValue' | 'Utilization';
  /** As printed: "9500m", "60%". */
  readonly shown: string;
  readonly target: string;
  /** usage by target. */
  readonly ratio: number;
  readonly usage: number;
}

interface Current {
  readonly value?: string;
  readonly averageValue?: string;
  readonly averageUtilization?: number;
}

export function sourceOf(spec: MetricSpec): { readonly target: { type: string } & Current } | undefined {
  return spec.external ?? spec.pods ?? spec.object ?? spec.containerResource ?? spec.resource;
}

export function currentOf(hpa: HpaV2, index: number): Current | undefined {
  const slot = hpa.status.currentMetrics?.[index];
  if (slot === undefined || slot.type === '') return undefined;
  return (slot.external ?? slot.pods ?? slot.object ?? slot.containerResource ?? slot.resource)?.current;
}

/** By which of its fields the controller reads a target. External looks at averageValue first, Object at the type. */
export function targetKind(spec: MetricSpec): MetricSampleView['kind'] | null {
  const target = sourceOf(spec)?.target;
  if (target === undefined) return null;
  if (spec.type === 'Object') {
    if (target.type === 'Value' && target.value !== undefined) return 'Value';
    return target.type === 'AverageValue' && target.averageValue !== undefined ? 'AverageValue' : null;
  }
  if (target.averageValue !== undefined) return 'AverageValue';
  if (spec.type === 'External') return target.value === undefined ? null : 'Value';
  return target.averageUtilization === undefined ? null : 'Utilization';
}

/** The metrics that the last sync could read, from the status. */
export function samplesOf(hpa: HpaV2): readonly MetricSampleView[] {
  return (hpa.spec.metrics ?? []).flatMap((spec, index) => {
    const kind = targetKind(spec);
    const current = currentOf(hpa, index);
    const target = sourceOf(spec)?.target;
    if (kind === null || current === undefined || target === undefined) return [];
    const read = (from: Current): string | undefined => {
      if (kind === 'Utilization')
        return from.averageUtilization === undefined ? undefined : `${from.averageUtilization}%`;
      return kind === 'Value' ? from.value : from.averageValue;
    };
    const shown = read(current);
    const wanted = read(target);
    if (shown === undefined || wanted === undefined) return [];
    const usage = numberOf(shown);
    return [
      { index, spec, name: metricName(spec), kind, shown, target: wanted, usage, ratio: usage / numberOf(wanted) },
    ];
  });
}

/** What the status prints where no number was: a division by zero, or more than int64 holds. */
export const isArtefact = (text: string): boolean => /^-?922337203685477580[78]m$/.test(text);

/** "9500m" → 9.5, "60%" → 60. */
function numberOf(text: string): number {
  if (text.endsWith('%')) return Number(text.slice(0, -1));
  const milli = milliValueOf(text);
  return milli === null ? Number.NaN : Number(milli) / 1000;
}

export interface Band {
  readonly low: number;
  readonly high: number;
}

/** The ratios that change nothing. Upstream: replica_calculator.go Tolerances; `flag` is --horizontal-pod-autoscaler-tolerance. */
export function bandOf(hpa: HpaV2, rules: Rules, flag: number): Band {
  const own = (text: string | undefined) => {
    const milli = text === undefined || !rules.configurableTolerance ? null : milliValueOf(text);
    return milli === null ? flag : Number(milli) / 1000;
  };
  const { behavior } = hpa.spec;
  return { low: 1 - own(behavior?.scaleDown?.tolerance), high: 1 + own(behavior?.scaleUp?.tolerance) };
}

export function isWithin(ratio: number, band: Band, rules: Rules): boolean {
  if (rules.symmetricTolerance) return Math.abs(1 - ratio) <= band.high - 1;
  return ratio >= band.low && ratio <= band.high;
}

/** A usage or target as people read it: 9.5 instead of "9500m". */
export function plain(text: string): string {
  const milli = text.endsWith('%') ? null : milliValueOf(text);
  return milli === null ? text : milliNumber(Number(milli));
}
