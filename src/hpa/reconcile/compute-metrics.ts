import type { MetricSpec, MetricStatus } from '../api/types.ts';
import { failuresBlock, takesOver } from '../core.ts';
import { sprintfWithoutArguments } from '../go-format.ts';
import { podView } from '../pods/from-object.ts';
import type { CalcContext } from '../replicas/context.ts';
import { computeReplicasForMetric } from './compute-metric.ts';
import type { Cycle } from './cycle.ts';
import type { MetricInput, MetricOutcome } from './metric-outcome.ts';
import { validateAndParseSelector } from './selector.ts';

/** What all metrics ask for. `error` next to `ok` = some failed, but scaling goes on. */
export type MetricsResult =
  | {
      readonly kind: 'ok';
      readonly replicas: number;
      readonly name: string;
      readonly statuses: readonly MetricStatus[];
      readonly error: string | null;
    }
  | { readonly kind: 'failed'; readonly statuses: readonly MetricStatus[] | null; readonly error: string }
  | { readonly kind: 'panic'; readonly text: string };

type FailedMetric = MetricOutcome & { readonly kind: 'failed' };

/** Status of a metric that failed. */
const BLANK: MetricStatus = { type: '' };

/** The short name of a metric, for the record. */
export function metricShortName(spec: MetricSpec): string {
  return (
    spec.object?.metric.name ??
    spec.pods?.metric.name ??
    spec.external?.metric.name ??
    spec.resource?.name ??
    spec.containerResource?.name ??
    spec.type
  );
}

function calcContext(cycle: Cycle): CalcContext {
  const { flags, nowMs } = cycle.input;
  return {
    rules: cycle.rules,
    tolerances: cycle.tolerances,
    nowMs,
    cpuInitializationPeriodMs: flags.cpuInitializationPeriodMs,
    initialReadinessDelayMs: flags.initialReadinessDelayMs,
    metric: 0,
    metricName: '',
    trace: cycle.trace,
  };
}

/** Says that a metric failed. Upstream: horizontal.go getUnableComputeReplicaCountCondition. */
function reportFailure(cycle: Cycle, index: number, outcome: FailedMetric): void {
  if (outcome.reason !== null) cycle.warn(outcome.reason, outcome.event);
  const upstream = 'computeReplicasForMetric';
  cycle.trace?.push({ rule: 'metric-failed', upstream, inputs: { metric: index }, result: outcome.error });
}

/** The condition of the first metric that failed; up to 1.31 its message goes through printf once more. */
function setFailureCondition(cycle: Cycle, { reason, event }: FailedMetric): void {
  if (reason === null) {
    cycle.conditions.set('', '', '', '');
    return;
  }
  const message = `the HPA was unable to compute the replica count: ${event}`;
  const shown = cycle.rules.errorTextAsFormat ? sprintfWithoutArguments(message) : message;
  cycle.conditions.set('ScalingActive', 'False', reason, shown);
}

/** Upstream: horizontal.go computeReplicasForMetrics. */
export function computeReplicasForMetrics(
  cycle: Cycle,
  scale: { readonly specReplicas: number; readonly statusReplicas: number; readonly selector: string },
): MetricsResult {
  const selected = validateAndParseSelector(cycle, scale.selector);
  if ('error' in selected) return { kind: 'failed', statuses: null, error: selected.error };
  const specs = cycle.input.hpa.spec.metrics ?? [];
  const pods = selected.pods.map(podView);
  const ctx = calcContext(cycle);
  const statuses: MetricStatus[] = [];
  const failures: FailedMetric[] = [];
  let replicas = 0;
  let name = '';
  let winner: number | null = null;
  for (const [index, spec] of specs.entries()) {
    ctx.metric = index;
    ctx.metricName = metricShortName(spec);
    const answer = cycle.input.metrics[index];
    const { specReplicas, statusReplicas } = scale;
    const input: MetricInput = { ctx, namespace: cycle.namespace, specReplicas, statusReplicas, pods, answer };
    const outcome = computeReplicasForMetric(spec, input);
    if (outcome.kind === 'panic') return outcome;
    statuses.push(outcome.kind === 'failed' ? BLANK : outcome.status);
    if (outcome.kind === 'failed') {
      failures.push(outcome);
      reportFailure(cycle, index, outcome);
    } else if (takesOver(replicas, outcome.replicas)) {
      replicas = outcome.replicas;
      name = outcome.name;
      winner = index;
    }
  }
  return conclude(cycle, { replicas, name, winner, statuses, failures, specReplicas: scale.specReplicas });
}

interface Computed {
  readonly replicas: number;
  readonly name: string;
  readonly winner: number | null;
  readonly statuses: readonly MetricStatus[];
  readonly failures: readonly FailedMetric[];
  readonly specReplicas: number;
}

function conclude(cycle: Cycle, computed: Computed): MetricsResult {
  const { replicas, name, winner, statuses, failures, specReplicas } = computed;
  const total = statuses.length;
  const [first] = failures;
  const counts = `invalid metrics (${failures.length} invalid out of ${total}), first error is`;
  const error = first === undefined ? null : `${counts}: ${first.error}`;
  const blocked = failuresBlock(failures.length, total, replicas, specReplicas);
  cycle.trace?.push({
    rule: 'max-of-metrics',
    upstream: 'computeReplicasForMetrics',
    inputs: { proposals: total - failures.length, failed: failures.length, blocked, winner },
    result: replicas,
  });
  if (blocked) {
    if (first === undefined || error === null) {
      // No metric at all: upstream returns -1 without an error and goes on with it.
      cycle.conditions.set('', '', '', '');
      return { kind: 'ok', replicas: -1, name: '', statuses, error: null };
    }
    setFailureCondition(cycle, first);
    return { kind: 'failed', statuses, error };
  }
  const message = `the HPA was able to successfully calculate a replica count from ${name}`;
  cycle.conditions.set('ScalingActive', 'True', 'ValidMetricFound', message);
  return { kind: 'ok', replicas, name, statuses, error: cycle.rules.partialFailureReturnsError ? error : null };
}
