import type { AbleReason, LimitReason } from './behavior/reasons.ts';

/** An int64 in a record: a number while it is safe as one, its decimal text beyond (so that a record is plain JSON). */
export type RecordInt64 = number | string;

interface Step<Rule extends string, Inputs, Result> {
  readonly rule: Rule;
  /** Upstream function that the step mirrors. */
  readonly upstream: string;
  readonly inputs: Inputs;
  readonly result: Result;
}

/** What kind of number a metric's usage and target are. */
export type ValueUnit = 'milli' | 'percent';

/** Range check before any metric: whether metrics are computed at all. */
export type RangeStep = Step<
  'range',
  { readonly current: number; readonly min: number; readonly max: number; readonly scaledToZero: boolean },
  'compute' | 'disabled' | 'above-max' | 'below-min'
>;
/** A metric's value against its target. `divisor` is the replica count that an AverageValue is divided by. */
export type RatioStep = Step<
  'ratio',
  {
    readonly metric: number;
    readonly name: string;
    readonly unit: ValueUnit;
    readonly usage: RecordInt64;
    readonly target: RecordInt64;
    readonly divisor: number | null;
  },
  number
>;
/** How the pods were counted (groupPods). */
export type PodsStep = Step<
  'pods',
  { readonly metric: number; readonly unready: number; readonly missing: number; readonly ignored: number },
  number
>;
/** The ratio again, with assumed values for the pods that have none. */
export type RefillStep = Step<
  'refill',
  {
    readonly metric: number;
    readonly missing: number;
    readonly missingAs: 'target' | 'zero' | 'left out';
    readonly unreadyAsZero: number;
    readonly before: number;
    readonly pods: number;
  },
  number
>;
export type ToleranceStep = Step<
  'tolerance',
  { readonly metric: number; readonly ratio: number; readonly low: number; readonly high: number },
  boolean
>;
/** What a metric asks for. `basis` says by which formula; `factor` is the pods that the ratio was multiplied by. */
export type ProposalStep = Step<
  'proposal',
  {
    readonly metric: number;
    readonly basis: ProposalBasis;
    readonly ratio: number;
    readonly factor: number | null;
  },
  number
>;
export type ProposalBasis =
  | 'within tolerance'
  | 'ratio times pods'
  | 'usage by target'
  | 'direction would flip'
  | 'count would flip direction';
export type MetricFailedStep = Step<'metric-failed', { readonly metric: number }, string>;
/** The largest proposal. `winner` is the index of its metric, null when none counts. */
export type MaxStep = Step<
  'max-of-metrics',
  { readonly proposals: number; readonly failed: number; readonly blocked: boolean; readonly winner: number | null },
  number
>;
/** Recent recommendations. `lowest`/`highest` are the bounds they give (equal to `desired` when they give none). */
export type StabilizeStep = Step<
  'stabilize',
  {
    readonly desired: number;
    readonly current: number;
    readonly upSeconds: number;
    readonly downSeconds: number;
    readonly lowest: number;
    readonly highest: number;
    readonly reason: AbleReason;
  },
  number
>;
export type Direction = 'up' | 'down';
export type PolicyStep = Step<
  'policy',
  {
    readonly direction: Direction;
    readonly type: string;
    readonly value: number;
    readonly periodSeconds: number;
    readonly start: number;
    readonly added: number;
    readonly removed: number;
  },
  number
>;
/** The replica count that the rate limits allow: of the policies, or of the rule without behavior (twice, at least 4). */
export type RateStep = Step<
  'rate',
  { readonly direction: Direction; readonly current: number; readonly select: string },
  number
>;
export type BoundsStep = Step<
  'bounds',
  {
    readonly desired: number;
    readonly min: number;
    readonly max: number;
    readonly rate: number | null;
    readonly reason: LimitReason;
  },
  number
>;
/** minReplicas was raised while at zero. */
export type RaiseStep = Step<'raise-to-min', { readonly desired: number; readonly min: number }, number>;
export type RescaleStep = Step<'rescale', { readonly current: number; readonly reason: string }, number>;

export type DecisionStep =
  | RangeStep
  | RatioStep
  | PodsStep
  | RefillStep
  | ToleranceStep
  | ProposalStep
  | MetricFailedStep
  | MaxStep
  | StabilizeStep
  | PolicyStep
  | RateStep
  | BoundsStep
  | RaiseStep
  | RescaleStep;

/** Collects the steps of one decision; null where no record is wanted, which costs nothing. */
export type Trace = DecisionStep[] | null;

/** Which step had the last word over what the metrics asked for. */
export interface DecisionLimit {
  /** Index into `steps`. */
  readonly step: number;
  readonly rule: DecisionStep['rule'];
  readonly reason: string;
}

/** One decision with all its numbers. Enough to explain it without computing anything again. */
export interface DecisionRecord {
  readonly steps: readonly DecisionStep[];
  /** What the metrics asked for; null when none was computed. */
  readonly asked: number | null;
  /** Replicas before and after. */
  readonly current: number;
  readonly desired: number;
  readonly limit: DecisionLimit | null;
}

function limitReason(step: DecisionStep): string | null {
  switch (step.rule) {
    case 'range':
      return step.result === 'compute' ? null : step.result;
    case 'stabilize':
      return step.result === step.inputs.desired ? null : step.inputs.reason;
    case 'bounds':
      return step.inputs.reason === 'DesiredWithinRange' ? null : step.inputs.reason;
    case 'raise-to-min':
      return 'TooFewReplicas';
    case 'max-of-metrics':
      return step.inputs.blocked ? 'metrics failed' : null;
    default:
      return null;
  }
}

/** The record of a decision's steps. */
export function recordOf(steps: readonly DecisionStep[], current: number, desired: number): DecisionRecord {
  let asked: number | null = null;
  let limit: DecisionLimit | null = null;
  for (let i = 0; i < steps.length; i += 1) {
    const step = steps[i];
    if (step === undefined) continue;
    if (step.rule === 'max-of-metrics' && !step.inputs.blocked) asked = step.result;
    const reason = limitReason(step);
    if (reason !== null) limit = { step: i, rule: step.rule, reason };
  }
  return { steps, asked, current, desired, limit };
}
