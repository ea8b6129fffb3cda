import type { MetricSpec } from '../../hpa/api/types.ts';
import type { DecisionRecord, DecisionStep, RecordInt64 } from '../../hpa/record.ts';

const TARGET_KINDS = ['external', 'object', 'pods', 'resource', 'containerResource'] as const;

/** A decision in one line, of the numbers in its record: "queue 80 / target 10 asks 8; policy Pods 4 per 15s allows 9; max 10 → 8". */
export function decisionText(record: DecisionRecord, specs: readonly MetricSpec[]): string {
  const parts: string[] = [];
  for (const [at, step] of record.steps.entries()) {
    const text = stepText(step, record, record.steps.slice(0, at), specs);
    if (text !== '') parts.push(text);
  }
  return `${parts.join('; ')} → ${record.desired}`;
}

function stepText(
  step: DecisionStep,
  record: DecisionRecord,
  before: readonly DecisionStep[],
  specs: readonly MetricSpec[],
): string {
  switch (step.rule) {
    case 'range':
      return rangeText(step.result, step.inputs.min, step.inputs.max);
    case 'proposal':
      return proposalText(step.inputs.metric, step.inputs.basis, step.result, before, specs);
    case 'metric-failed':
      return `${metricName(step.inputs.metric, before, specs)} failed: ${step.result}`;
    case 'max-of-metrics':
      return step.inputs.blocked && step.inputs.failed > 0 ? 'failed metrics forbid to scale down' : '';
    case 'stabilize': {
      const { desired, upSeconds, downSeconds } = step.inputs;
      if (step.result === desired) return '';
      return step.result > desired
        ? `the last ${downSeconds}s asked for up to ${step.result}`
        : `the last ${upSeconds}s asked for no more than ${step.result}`;
    }
    case 'rate':
      // The other direction's limit plays no part.
      return step.inputs.direction === directionOf(record) ? rateText(step.inputs.direction, step.result, before) : '';
    case 'bounds':
      return boundsText(step.inputs.reason, step.inputs.min, step.inputs.max);
    case 'raise-to-min':
      return `min ${step.inputs.min}`;
    default:
      return '';
  }
}

function directionOf({ current, desired }: DecisionRecord): 'up' | 'down' | 'none' {
  if (desired === current) return 'none';
  return desired > current ? 'up' : 'down';
}

function rangeText(result: 'compute' | 'disabled' | 'above-max' | 'below-min', min: number, max: number): string {
  switch (result) {
    case 'compute':
      return '';
    case 'disabled':
      return 'scaling is disabled at zero replicas';
    case 'above-max':
      return `above max ${max}`;
    case 'below-min':
      return `below min ${min}`;
  }
}

function proposalText(
  metric: number,
  basis: string,
  result: number,
  before: readonly DecisionStep[],
  specs: readonly MetricSpec[],
): string {
  const ratio = before.find((step) => step.rule === 'ratio' && step.inputs.metric === metric);
  const name = metricName(metric, before, specs);
  const numbers =
    ratio?.rule === 'ratio'
      ? ` ${amount(ratio.inputs.usage, ratio.inputs.unit)} / target ${amount(ratio.inputs.target, ratio.inputs.unit)}`
      : '';
  const how = basis === 'within tolerance' ? ' is within tolerance,' : '';
  return `${name}${numbers}${how} asks ${result}`;
}

function rateText(direction: 'up' | 'down', allowed: number, before: readonly DecisionStep[]): string {
  const policies = before.filter((step) => step.rule === 'policy' && step.inputs.direction === direction);
  const binding = policies.find((step) => step.result === allowed);
  const verb = direction === 'up' ? 'allows up to' : 'allows down to';
  if (binding?.rule !== 'policy') return `the rate limit ${verb} ${allowed}`;
  const { type, value, periodSeconds } = binding.inputs;
  return `policy ${type} ${value} per ${periodSeconds}s ${verb} ${allowed}`;
}

function boundsText(reason: string, min: number, max: number): string {
  if (reason === 'TooManyReplicas') return `max ${max}`;
  if (reason === 'TooFewReplicas') return `min ${min}`;
  return '';
}

function metricName(metric: number, before: readonly DecisionStep[], specs: readonly MetricSpec[]): string {
  const ratio = before.find((step) => step.rule === 'ratio' && step.inputs.metric === metric);
  if (ratio?.rule === 'ratio') return ratio.inputs.name;
  const spec = specs[metric];
  const source = TARGET_KINDS.map((kind) => spec?.[kind]).find((found) => found !== undefined);
  return source === undefined ? `metric ${metric + 1}` : 'metric' in source ? source.metric.name : source.name;
}

/** Thousandths as a plain number, or a percentage. */
function amount(value: RecordInt64, unit: 'milli' | 'percent'): string {
  if (unit === 'percent') return `${value}%`;
  const milli = Number(value);
  return Number.isSafeInteger(milli) ? String(milli / 1000) : `${value}m`;
}
