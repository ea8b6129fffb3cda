import { type DecisionStep, decisionLines } from '../hpa/index.ts';
import type { ChainLink, ChainNumber } from './explanation.ts';
import { answerAsMetric, type Case, type Sync } from './recompute.ts';

/** The source of what the HPA itself says. */
const HPA = 'the HPA, read through autoscaling/v2';

/** metric → ratio → proposal per metric → max → tolerance → stabilization → policy → min/max → final, as the twin went through it. */
export function chainOf(found: Case): readonly ChainLink[] {
  const { sync, lastSync } = found;
  const { hpa } = found.view;
  if ('impossible' in sync)
    return [...sync.impossible.map(unknownLink), finalLink(null, hpa.status.desiredReplicas, lastSync !== null)];
  const { record, error } = sync.output;
  if (record === null) return [unknownLink(sync.output.panic ?? error ?? 'the sync ended without a decision')];
  const lines = decisionLines(record);
  const links = record.steps
    .map((step, index): ChainLink => {
      const line = lines[index];
      return {
        step: step.rule,
        metric: 'metric' in step.inputs ? step.inputs.metric : null,
        text: line?.text ?? step.rule,
        result: plain(step.result),
        origin: 'computed',
        limit: line?.limit ?? false,
        upstream: step.upstream,
        numbers: numbersOf(step, found, sync),
      };
    })
    .filter(({ step }) => step !== 'rescale');
  return [...links, finalLink(record.desired, hpa.status.desiredReplicas, lastSync !== null)];
}

/** JSON has no NaN and no infinity. */
function plain(result: DecisionStep['result']): ChainLink['result'] {
  return typeof result === 'number' && !Number.isFinite(result) ? null : result;
}

function unknownLink(reason: string): ChainLink {
  return {
    step: 'unknown',
    metric: null,
    text: `unknown: ${reason}`,
    result: null,
    origin: 'unknown',
    limit: false,
    upstream: null,
    numbers: [],
  };
}

function finalLink(computed: number | null, desired: number, synced: boolean): ChainLink {
  const status: ChainNumber = {
    name: 'status.desiredReplicas',
    value: synced ? String(desired) : 'not set yet',
    origin: synced ? 'observed' : 'unknown',
    source: HPA,
  };
  return {
    step: 'final',
    metric: null,
    text: computed === null ? 'unknown: the sync cannot be computed' : `${computed} replicas`,
    result: computed,
    origin: computed === null ? 'unknown' : 'computed',
    limit: false,
    upstream: 'reconcileAutoscaler',
    numbers: [status],
  };
}

const observed = (name: string, value: unknown, source: string): ChainNumber => ({
  name,
  value: String(value),
  origin: 'observed',
  source,
});
const unknown = (name: string, value: string, source: string): ChainNumber => ({
  name,
  value,
  origin: 'unknown',
  source,
});

/** What a step was computed from, number by number. Those that follow from earlier steps are not said again. */
function numbersOf(step: DecisionStep, found: Case, sync: Sync): readonly ChainNumber[] {
  const { hpa, paths } = found.view;
  switch (step.rule) {
    case 'range':
      return [
        observed('replicas', step.inputs.current, sync.replicasFrom.spec),
        observed('minReplicas', step.inputs.min, HPA),
        observed('maxReplicas', step.inputs.max, HPA),
      ];
    case 'ratio':
      return ratioNumbers(step, found, sync);
    case 'pods':
      return [observed('pods', sync.input.pods.length, `pods that ${sync.scale.selector} selects`)];
    case 'tolerance':
      return [toleranceNumber(found, step.inputs.ratio)];
    case 'metric-failed':
      return [observed('answer', step.result, from(paths[step.inputs.metric]))];
    case 'stabilize':
      return stabilizeNumbers(step.inputs.upSeconds, step.inputs.downSeconds, hpa.spec.behavior !== undefined);
    case 'policy': {
      const { type, value, periodSeconds } = step.inputs;
      return [observed('policy', `${type} ${value} per ${periodSeconds} s`, HPA), scaleEvents(found, periodSeconds)];
    }
    default:
      return [];
  }
}

function ratioNumbers(
  { inputs }: Extract<DecisionStep, { readonly rule: 'ratio' }>,
  found: Case,
  { replicasFrom }: Sync,
): readonly ChainNumber[] {
  const { metric, name, divisor } = inputs;
  const known = [
    observed(name, valueOf(found, metric), from(found.view.paths[metric])),
    observed('target', targetOf(found, metric), HPA),
  ];
  if (divisor === null) return known;
  const replicas = observed('status.replicas', divisor, replicasFrom.status);
  return [...known, replicasFrom.assumed ? { ...replicas, origin: 'unknown' } : replicas];
}

const from = (path: string | null | undefined): string => (typeof path === 'string' ? `GET ${path}` : HPA);

/** The values of the metric as the API gave them. */
function valueOf({ view }: Case, metric: number): string {
  const read = answerAsMetric(view, metric);
  if (read === undefined) return 'unknown';
  if ('resource' in read) return 'error' in read.resource ? 'unknown' : `of ${read.resource.items.length} pods`;
  const answer = 'custom' in read ? read.custom : read.external;
  if ('error' in answer) return 'unknown';
  const values = answer.items.map(({ value }) => value);
  return values.length > 4 ? `${values.length} values` : values.join(' + ');
}

function targetOf({ view }: Case, index: number): string {
  const metric = view.hpa.spec.metrics?.[index];
  const target = (metric?.external ?? metric?.object ?? metric?.pods ?? metric?.resource ?? metric?.containerResource)
    ?.target;
  if (target?.averageUtilization !== undefined) return `${target.averageUtilization}%`;
  return target?.averageValue ?? target?.value ?? '';
}

function toleranceNumber({ view: { hpa, platform } }: Case, ratio: number): ChainNumber {
  const rules = ratio > 1 ? hpa.spec.behavior?.scaleUp : hpa.spec.behavior?.scaleDown;
  if (rules?.tolerance !== undefined && platform.minor >= 33) return observed('tolerance', rules.tolerance, HPA);
  return unknown('tolerance', '10 %', 'default of --horizontal-pod-autoscaler-tolerance; the real flag is not visible');
}

function stabilizeNumbers(up: number, down: number, behavior: boolean): readonly ChainNumber[] {
  const window = behavior
    ? observed('windows', `up ${up} s, down ${down} s`, HPA)
    : unknown('window', `down ${down} s`, 'default of --horizontal-pod-autoscaler-downscale-stabilization');
  if (up === 0 && down === 0) return [window];
  const why = "in the controller's memory only; computed as if there were none";
  return [window, unknown('earlier recommendations', 'unknown', why)];
}

/** Nothing was scaled within the period when lastScaleTime is older. */
function scaleEvents({ view: { hpa, nowMs } }: Case, periodSeconds: number): ChainNumber {
  const last = hpa.status.lastScaleTime;
  const old = last === undefined || nowMs - Date.parse(last) > periodSeconds * 1000;
  if (old) return observed('scaled within the period', 'no', `${HPA} lastScaleTime ${last ?? 'not set'}`);
  const why = "in the controller's memory only; computed as if there were none";
  return unknown('scaled within the period', `something at ${last}`, why);
}
