import { type Normalized, type NormalizeInput, newNormalized } from './behavior/normalize.ts';
import type { AbleReason, LimitReason } from './behavior/reasons.ts';
import { storeScaleEvent } from './behavior/scale-events.ts';
import type { CompiledHpa, CompiledMetric } from './compile.ts';
import { failuresBlock, isScaledToZero, settle, takesOver } from './core.ts';
import type { Int64 } from './go-numbers.ts';
import type { HpaMemory } from './memory.ts';
import type { PodView } from './pods/pod.ts';
import { checkRange, type Range } from './range.ts';
import type { Trace } from './record.ts';
import { type CalcContext, newProposal, type PodMetrics, type Proposal } from './replicas/context.ts';
import { perPodReplicas } from './replicas/per-pod.ts';
import { averageReplicas, valueReplicas } from './replicas/totals.ts';

/** What one metric reads in this cycle. The caller may keep and refill one. */
export interface MetricSample {
  /** The metrics API gave an error or nothing. */
  failed: boolean;
  /** Value and AverageValue of Object and External: the (summed) value in milli-units. */
  total: Int64;
  /** Pods, Resource, ContainerResource: the values by pod. */
  values: PodMetrics | null;
}

/** What a decision reads. The caller may keep and refill one. */
export interface DecideInput {
  nowMs: number;
  /** spec.replicas and status.replicas of the scale. */
  specReplicas: number;
  statusReplicas: number;
  /** Pods of the selector that run and are ready; -1 when there is no pod. For Value targets. */
  readyPods: number;
  /** Pods of the selector. For Pods, Resource and ContainerResource. */
  pods: readonly PodView[];
  /** By index of the metrics. */
  samples: readonly MetricSample[];
  /** Condition ScaledToZero is True. */
  scaledToZero: boolean;
}

/** A decision. The caller owns it, so that nothing is allocated. */
export interface Decision {
  /** The replica count that the controller writes; the current one when it writes none. */
  desired: number;
  rescaled: boolean;
  range: Range;
  /** What the metrics ask for; -1 when none was computed or failures stop the cycle. */
  asked: number;
  /** Index of the metric that asks for the most; -1 when there is none. */
  winner: number;
  failedMetrics: number;
  /** Failed metrics stopped the cycle. */
  blocked: boolean;
  /** What the status shows of the winner (milli-units), and its percentage for Utilization. */
  usage: Int64;
  utilization: number;
  /** Reasons of the conditions AbleToScale and ScalingLimited; only new when metrics were computed. */
  able: AbleReason;
  limit: LimitReason;
  /** Condition ScalingLimited is True. */
  limited: boolean;
  /** Condition ScaledToZero after the cycle. */
  scaledToZero: boolean;
}

export function newDecision(): Decision {
  return {
    desired: 0,
    rescaled: false,
    range: 'compute',
    asked: -1,
    winner: -1,
    failedMetrics: 0,
    blocked: false,
    usage: 0,
    utilization: 0,
    able: 'ReadyForNewScale',
    limit: 'DesiredWithinRange',
    limited: false,
    scaledToZero: false,
  };
}

/** Why the count changes, for the record. */
function reasonOf(decision: Decision, current: number, name: string): string {
  if (decision.range !== 'compute') return decision.range;
  if (decision.asked > current) return `${name} above target`;
  return decision.asked < current ? 'All metrics below target' : '';
}

/**
 * The decisions of one HPA at speed: the same rules as `reconcile` (the very functions), without texts, conditions and status.
 * Nothing is allocated per decision while the record is off.
 */
export class Decider {
  private readonly hpa: CompiledHpa;
  private readonly ctx: CalcContext;
  private readonly proposal: Proposal = newProposal();
  private readonly normalized: Normalized = newNormalized();
  private readonly input: NormalizeInput;

  constructor(hpa: CompiledHpa) {
    const { rules, flags, tolerances, min, max } = hpa;
    this.hpa = hpa;
    this.ctx = {
      rules,
      tolerances,
      nowMs: 0,
      cpuInitializationPeriodMs: flags.cpuInitializationPeriodMs,
      initialReadinessDelayMs: flags.initialReadinessDelayMs,
      metric: 0,
      metricName: '',
      trace: null,
    };
    const { downscaleStabilizationMs } = flags;
    this.input = { current: 0, desired: 0, min, max, nowMs: 0, downscaleStabilizationMs, saturating: rules.saturating };
  }

  /**
   * One cycle.
   *
   * @param memory changed in place: recommendations and scale events
   * @param out filled
   * @param trace gets the steps of the record; null = no record
   */
  decide(memory: HpaMemory, input: DecideInput, out: Decision, trace: Trace): void {
    const { rules, min, max, objectOrExternal, behavior } = this.hpa;
    const current = input.specReplicas;
    const scaledToZero = rules.scaleToZero && input.scaledToZero;
    memory.recommendations ??= [{ recommendation: current, atMs: input.nowMs }];
    out.range = checkRange(current, min, max, scaledToZero, objectOrExternal, rules, trace);
    out.asked = -1;
    out.winner = -1;
    out.failedMetrics = 0;
    out.blocked = false;
    out.desired = current;
    out.scaledToZero = scaledToZero;
    if (out.range === 'above-max') out.desired = max;
    else if (out.range === 'below-min') out.desired = min;
    else if (out.range === 'compute') this.computeDesired(memory, input, scaledToZero, out, trace);
    out.rescaled = out.desired !== current;
    if (!out.rescaled) return;
    storeScaleEvent(behavior, memory, current, out.desired, input.nowMs);
    out.scaledToZero = rules.scaleToZero && isScaledToZero(current, out.desired, min, objectOrExternal);
    if (trace === null) return;
    const reason = reasonOf(out, current, this.hpa.metrics[out.winner]?.name ?? '');
    trace.push({ rule: 'rescale', upstream: 'reconcileAutoscaler', inputs: { current, reason }, result: out.desired });
  }

  private computeDesired(
    memory: HpaMemory,
    input: DecideInput,
    scaledToZero: boolean,
    out: Decision,
    trace: Trace,
  ): void {
    const replicas = this.largestProposal(input, out, trace);
    if (out.blocked) return;
    out.asked = replicas < 0 ? 0 : replicas;
    const { input: bounds, normalized } = this;
    bounds.current = input.specReplicas;
    bounds.desired = out.asked;
    bounds.nowMs = input.nowMs;
    out.desired = settle(bounds, memory, this.hpa.behavior, scaledToZero, normalized, trace);
    out.able = normalized.able;
    out.limit = normalized.limit;
    out.limited = normalized.replicas !== normalized.stabilized;
  }

  /** Upstream: horizontal.go computeReplicasForMetrics. */
  private largestProposal(input: DecideInput, out: Decision, trace: Trace): number {
    const { ctx, proposal } = this;
    const { metrics } = this.hpa;
    ctx.nowMs = input.nowMs;
    ctx.trace = trace;
    let replicas = metrics.length === 0 ? -1 : 0;
    for (let i = 0; i < metrics.length; i += 1) {
      const metric = metrics[i] as CompiledMetric;
      ctx.metric = i;
      ctx.metricName = metric.name;
      if (!this.propose(metric, input.samples[i], input)) {
        out.failedMetrics += 1;
        const result = proposal.error ?? 'no value';
        trace?.push({ rule: 'metric-failed', upstream: 'computeReplicasForMetric', inputs: { metric: i }, result });
      } else if (takesOver(replicas, proposal.replicas)) {
        replicas = proposal.replicas;
        out.winner = i;
        out.usage = proposal.usage;
        out.utilization = proposal.utilization;
      }
    }
    const { failedMetrics } = out;
    const total = metrics.length;
    out.blocked = total > 0 && failuresBlock(failedMetrics, total, replicas, input.specReplicas);
    trace?.push({
      rule: 'max-of-metrics',
      upstream: 'computeReplicasForMetrics',
      inputs: {
        proposals: total - failedMetrics,
        failed: failedMetrics,
        blocked: out.blocked,
        winner: out.winner < 0 ? null : out.winner,
      },
      result: replicas,
    });
    return replicas;
  }

  /** Whether the metric has a proposal, which is then in `proposal`. */
  private propose(metric: CompiledMetric, sample: MetricSample | undefined, input: DecideInput): boolean {
    const { ctx, proposal } = this;
    proposal.error = null;
    if (sample === undefined || sample.failed || metric.kind === 'invalid') return false;
    if (metric.kind === 'value') {
      valueReplicas(ctx, input.specReplicas, sample.total, metric.target, input.readyPods, proposal);
    } else if (metric.kind === 'average') {
      averageReplicas(ctx, input.statusReplicas, sample.total, metric.target, metric.capped, proposal);
    } else {
      if (sample.values === null) return false;
      perPodReplicas(ctx, input.specReplicas, metric.target, metric.resource, sample.values, input.pods, proposal);
    }
    return proposal.error === null;
  }
}
