import type {
  BoundsStep,
  DecisionRecord,
  DecisionStep,
  PolicyStep,
  ProposalStep,
  RateStep,
  RatioStep,
  StabilizeStep,
  ToleranceStep,
} from './record.ts';
import { policyName, ratioNumber, valueText } from './step-text.ts';

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
