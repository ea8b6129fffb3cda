import { milliText } from './quantity/milli.ts';
import type { DecisionRecord, DecisionStep, PolicyStep, RatioStep, RecordInt64 } from './record.ts';

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

/** A usage or target of a ratio step, in its unit. */
export const valueText = (step: RatioStep, value: RecordInt64): string =>
  step.inputs.unit === 'percent' ? `${value}%` : milliNumber(value);

/** "policy Pods 4 per 15 s". */
export function policyName({ inputs }: PolicyStep): string {
  const size = inputs.type === 'Percent' ? `${inputs.value}%` : String(inputs.value);
  return `policy ${inputs.type} ${size} per ${inputs.periodSeconds} s`;
}

/** Steps that compute what one metric asks for. */
type MetricStep = Extract<DecisionStep, { readonly inputs: { readonly metric: number } }>;
type CountStep = Exclude<DecisionStep, MetricStep>;

function metricStepText(step: MetricStep): string {
  switch (step.rule) {
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
  }
}

function countStepText(step: CountStep): string {
  switch (step.rule) {
    case 'range':
      return `replicas ${step.inputs.current}, min ${step.inputs.min}, max ${step.inputs.max}: ${step.result}`;
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
    case 'rescale': {
      const { current, reason } = step.inputs;
      return `replicas ${current} → ${step.result}${reason === '' ? '' : `: ${reason}`}`;
    }
  }
}

const isMetricStep = (step: DecisionStep): step is MetricStep => 'metric' in step.inputs;

/** A decision step by step: the text, the upstream function, and whether the step had the last word. */
export interface DecisionLine {
  readonly text: string;
  readonly upstream: string;
  readonly limit: boolean;
}

export function decisionLines(record: DecisionRecord): readonly DecisionLine[] {
  return record.steps.map((step, index) => ({
    text: isMetricStep(step) ? metricStepText(step) : countStepText(step),
    upstream: step.upstream,
    limit: record.limit?.step === index,
  }));
}
