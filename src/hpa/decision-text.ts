import { milliText } from './quantity/milli.ts';
import type {
  BoundsStep,
  DecisionRecord,
  DecisionStep,
  PolicyStep,
  ProposalStep,
  RateStep,
  RatioStep,
  RecordInt64,
  StabilizeStep,
  ToleranceStep,
} from './record.ts';

/** Milli-units as a person writes them: 9500 is "9.5". Beyond 2^53 the quantity's own text. */
export function milliNumber(milli: RecordInt64): string {
  return typeof milli === 'string' ? milliText(BigInt(milli), 'DecimalSI') : String(milli / 1000);
}

/** A ratio with at most four digits that count; Go's words for what is no number. */
export function ratioNumber(ratio: number): string {
  if (Number.isNaN(ratio)) return 'NaN';
  if (!Number.isFinite(ratio)) return ratio > 0 ? '+Inf' : '-Inf';
  return String(Number(ratio.toPrecision(4)));
}

const valueText = (step: RatioStep, value: RecordInt64): string =>
  step.inputs.unit === 'percent' ? `${value}%` : milliNumber(value);

function policyName({ inputs }: PolicyStep): string {
  const size = inputs.type === 'Percent' ? `${inputs.value}%` : String(inputs.value);
  return `policy ${inputs.type} ${size} per ${inputs.periodSeconds} s`;
}

/** Everything of one metric: where its steps are in the record. */
interface MetricSteps {
  readonly index: number;
  readonly ratio: RatioStep | undefined;
  readonly tolerance: ToleranceStep | undefined;
  readonly proposal: ProposalStep | undefined;
  readonly error: string | undefined;
}

function metricSteps(steps: readonly DecisionStep[]): readonly MetricSteps[] {
  const found = new Map<number, MetricSteps>();
  const blank = { ratio: undefined, tolerance: undefined, proposal: undefined, error: undefined };
  for (const step of steps) {
    if (!('metric' in step.inputs)) continue;
    const index = step.inputs.metric;
    const old = found.get(index) ?? { index, ...blank };
    if (step.rule === 'ratio') found.set(index, { ...old, ratio: step });
    else if (step.rule === 'tolerance') found.set(index, { ...old, tolerance: step });
    else if (step.rule === 'proposal') found.set(index, { ...old, proposal: step });
    else if (step.rule === 'metric-failed') found.set(index, { ...old, error: step.result });
  }
  return [...found.values()];
}

function keptText(proposal: ProposalStep, tolerance: ToleranceStep | undefined): string {
  const { basis, ratio } = proposal.inputs;
  const kept = `keeps ${proposal.result}`;
  if (basis === 'within tolerance' && tolerance !== undefined) {
    const { low, high } = tolerance.inputs;
    return `is within tolerance (ratio ${ratioNumber(ratio)} in ${ratioNumber(low)}…${ratioNumber(high)}), ${kept}`;
  }
  return `would turn the direction with the missing pods (ratio ${ratioNumber(ratio)}), ${kept}`;
}

function metricText(metric: MetricSteps, alone: boolean): string {
  const { ratio, proposal, tolerance, error } = metric;
  const name = alone ? 'metric' : (ratio?.inputs.name ?? `metric ${metric.index + 1}`);
  if (error !== undefined) return `${name} failed: ${error}`;
  if (ratio === undefined || proposal === undefined) return `${name} gives nothing`;
  const value = `${name} ${valueText(ratio, ratio.inputs.usage)} / target ${valueText(ratio, ratio.inputs.target)}`;
  const asks = proposal.inputs.basis === 'ratio times pods' || proposal.inputs.basis === 'usage by target';
  return asks ? `${value} asks ${proposal.result}` : `${value} ${keptText(proposal, tolerance)}`;
}

function stabilizeText(step: StabilizeStep): string | null {
  const { desired, reason, upSeconds, downSeconds } = step.inputs;
  if (step.result === desired) return null;
  const up = reason === 'ScaleUpStabilized';
  return `${up ? 'lowest' : 'highest'} recommendation of ${up ? upSeconds : downSeconds} s holds ${step.result}`;
}

/** The rate limit by the policy that set it. */
function rateText(rate: RateStep, policies: readonly PolicyStep[], limits: boolean): string {
  const { direction, select } = rate.inputs;
  if (select === 'Disabled') return `scaling ${direction} is disabled`;
  const setter = policies.find((policy) => policy.result === rate.result);
  const name = setter === undefined ? 'twice the current count, at least 4,' : policyName(setter);
  return `${name} allows ${limits ? 'only ' : ''}${rate.result}`;
}

/** Stabilization, rate and bounds, with what they leave. */
function boundsTexts(steps: readonly DecisionStep[], current: number): readonly string[] {
  const texts: string[] = [];
  const policies = steps.filter((step) => step.rule === 'policy');
  const rate = steps.find((step) => step.rule === 'rate');
  for (const step of steps) {
    if (step.rule === 'stabilize') {
      const text = stabilizeText(step);
      if (text !== null) texts.push(text);
    } else if (step.rule === 'bounds') {
      texts.push(...boundText(step, rate, policies, current));
    } else if (step.rule === 'raise-to-min') {
      texts.push(`min ${step.inputs.min}`);
    }
  }
  return texts;
}

function boundText(
  bounds: BoundsStep,
  rate: RateStep | undefined,
  policies: readonly PolicyStep[],
  current: number,
): readonly string[] {
  const { desired, min, max, reason } = bounds.inputs;
  const limits = reason === 'ScaleUpLimit' || reason === 'ScaleDownLimit';
  const moved = desired > current ? 'up' : 'down';
  const shown = rate !== undefined && desired !== current && rate.inputs.direction === moved;
  const texts = shown ? [rateText(rate, policies, limits)] : [];
  if (desired > current || reason === 'TooManyReplicas') texts.push(`max ${max}`);
  else if (desired < current || reason === 'TooFewReplicas') texts.push(`min ${min}`);
  return texts;
}

function rangeText(record: DecisionRecord): string | null {
  const range = record.steps.find((step) => step.rule === 'range');
  if (range === undefined) return null;
  const { current, min, max } = range.inputs;
  switch (range.result) {
    case 'disabled':
      return `0 replicas: scaling is disabled until somebody scales up`;
    case 'above-max':
      return `${current} replicas are more than max ${max}, metrics are not read`;
    case 'below-min':
      return `${current} replicas are less than min ${min}, metrics are not read`;
    default:
      return null;
  }
}

/**
 * A decision in one line, from its record alone:
 * "metric 80 / target 10 asks 8; policy Pods 4 per 15 s allows 9; max 10 → 8".
 */
export function decisionText(record: DecisionRecord): string {
  const clamped = rangeText(record);
  if (clamped !== null) return `${clamped} → ${record.desired}`;
  const metrics = metricSteps(record.steps);
  const parts = metrics.map((metric) => metricText(metric, metrics.length === 1));
  const largest = record.steps.find((step) => step.rule === 'max-of-metrics');
  if (largest?.inputs.blocked === true) parts.push('a failed metric blocks scaling down');
  else if (metrics.length > 1 && largest !== undefined) parts.push(`the largest is ${largest.result}`);
  parts.push(...boundsTexts(record.steps, record.current));
  return `${parts.join('; ')} → ${record.desired}`;
}

/** One step in words, with its numbers. */
function stepText(step: DecisionStep): string {
  switch (step.rule) {
    case 'range':
      return `replicas ${step.inputs.current}, min ${step.inputs.min}, max ${step.inputs.max}: ${step.result}`;
    case 'pods': {
      const { unready, missing, ignored } = step.inputs;
      return `pods: ${step.result} counted, ${unready} unready, ${missing} without a value, ${ignored} ignored`;
    }
    case 'ratio': {
      const { usage, target, divisor, name } = step.inputs;
      const over = divisor === null ? '' : ` × ${divisor} replicas`;
      return `${name}: ${valueText(step, usage)} / (${valueText(step, target)}${over}) = ${ratioNumber(step.result)}`;
    }
    case 'refill': {
      const { missing, missingAs, unreadyAsZero, pods } = step.inputs;
      const assumed = `${missing} missing as ${missingAs}, ${unreadyAsZero} unready as zero`;
      return `over ${pods} pods (${assumed}) the ratio is ${ratioNumber(step.result)}`;
    }
    case 'tolerance': {
      const { ratio, low, high } = step.inputs;
      const band = `${ratioNumber(low)}…${ratioNumber(high)}`;
      return `ratio ${ratioNumber(ratio)} is ${step.result ? 'within' : 'outside'} ${band}`;
    }
    case 'proposal': {
      const { basis, factor } = step.inputs;
      return `asks ${step.result} (${basis}${factor === null ? '' : `, ${factor} pods`})`;
    }
    case 'metric-failed':
      return `metric ${step.inputs.metric + 1} failed: ${step.result}`;
    case 'max-of-metrics': {
      const { proposals, failed, blocked } = step.inputs;
      const end = blocked ? 'nothing is done' : `the largest is ${step.result}`;
      return `${proposals} proposals, ${failed} failed: ${end}`;
    }
    case 'stabilize': {
      const { desired, lowest, highest } = step.inputs;
      return `recommendation ${desired}, recent ones ${lowest}…${highest}: ${step.result}`;
    }
    case 'policy': {
      const { start, added, removed } = step.inputs;
      const period = `${start} at the start of the period, ${added} added, ${removed} removed`;
      return `${policyName(step)} allows ${step.result} (${period})`;
    }
    case 'rate':
      return `scaling ${step.inputs.direction} (${step.inputs.select}): ${step.result} allowed`;
    case 'bounds': {
      const { desired, min, max, reason } = step.inputs;
      return `${desired} within ${min}…${max}: ${step.result} (${reason})`;
    }
    case 'raise-to-min':
      return `minReplicas ${step.inputs.min} was raised while at zero: ${step.result}`;
    case 'rescale':
      return `replicas ${step.inputs.current} → ${step.result}${step.inputs.reason === '' ? '' : `: ${step.inputs.reason}`}`;
  }
}

/** A decision step by step: the text, the upstream function, and whether the step had the last word. */
export interface DecisionLine {
  readonly text: string;
  readonly upstream: string;
  readonly limit: boolean;
}

export function decisionLines(record: DecisionRecord): readonly DecisionLine[] {
  return record.steps.map((step, index) => ({
    text: stepText(step),
    upstream: step.upstream,
    limit: record.limit?.step === index,
  }));
}
