import {
  calculateScaleDownLimitWithBehaviors,
  calculateScaleUpLimit,
  calculateScaleUpLimitWithScalingRules,
  getReplicasChangePerPeriod,
} from '../../src/hpa/behavior/limits.ts';
import {
  convertDesiredReplicasWithRules,
  type Normalized,
  newNormalized,
  normalizeDesiredReplicas,
} from '../../src/hpa/behavior/normalize.ts';
import { ABLE_MESSAGES, LIMIT_MESSAGES } from '../../src/hpa/behavior/reasons.ts';
import { storeScaleEvent } from '../../src/hpa/behavior/scale-events.ts';
import type { Behavior, ScalingRules } from '../../src/hpa/behavior/scaling-rules.ts';
import {
  changedReason,
  type Stabilized,
  stabilizeRecommendation,
  stabilizeRecommendationWithBehaviors,
} from '../../src/hpa/behavior/stabilize.ts';
import type { HpaMemory, Recommendation, ScaleEvent } from '../../src/hpa/memory.ts';
import { enqueue, type InformerEvent, rateLimiterDelayMs } from '../../src/hpa/queue.ts';
import { shouldComputeMetricsForZeroReplicas } from '../../src/hpa/range.ts';
import type { Arch } from '../../src/hpa/quirks.ts';
import { type Gates, rulesOf } from '../../src/hpa/rules.ts';

/** A fixed instant; the lines give ages. */
const NOW = 1_000_000_000_000;

interface StoredEvent {
  readonly ageMs: number;
  readonly outdated: boolean;
  readonly replicaChange: number;
}

interface StoredRecommendation {
  readonly ageMs: number;
  readonly recommendation: number;
}

interface Input {
  readonly currentReplicas: number;
  readonly desiredReplicas: number;
  readonly prenormalizedDesiredReplicas: number;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly prevReplicas: number;
  readonly newReplicas: number;
  readonly periodSeconds: number;
  readonly syncPeriodSeconds: number;
  readonly downscaleStabilizationSeconds: number;
  readonly events: readonly StoredEvent[];
  readonly scaleUpEvents?: readonly StoredEvent[];
  readonly scaleDownEvents?: readonly StoredEvent[];
  readonly recommendations?: readonly StoredRecommendation[];
  readonly rules: ScalingRules;
  readonly scaleUp: ScalingRules;
  readonly scaleDown: ScalingRules;
  readonly behavior: Behavior;
  readonly scaledToZeroCondition: boolean;
  readonly canScaleFromZero: boolean;
  readonly event: string;
  readonly gates?: Gates;
}

const events = (list: readonly StoredEvent[] | undefined): ScaleEvent[] =>
  (list ?? []).map(({ ageMs, outdated, replicaChange }) => ({ atMs: NOW - ageMs, outdated, replicaChange }));
const recommendations = (input: Input): Recommendation[] =>
  (input.recommendations ?? []).map(({ ageMs, recommendation }) => ({ atMs: NOW - ageMs, recommendation }));
const eventsOut = (list: readonly ScaleEvent[]): StoredEvent[] =>
  list.map(({ atMs, outdated, replicaChange }) => ({ ageMs: NOW - atMs, outdated, replicaChange }));
const recommendationsOut = (list: readonly Recommendation[]): StoredRecommendation[] =>
  list.map(({ atMs, recommendation }) => ({ ageMs: NOW - atMs, recommendation }));
const memoryOf = (input: Input): HpaMemory => ({
  recommendations: recommendations(input),
  scaleUpEvents: events(input.scaleUpEvents),
  scaleDownEvents: events(input.scaleDownEvents),
  selector: undefined,
});

function conditions(out: Normalized): unknown {
  return [
    { type: 'AbleToScale', status: 'True', reason: out.able, message: ABLE_MESSAGES[out.able] },
    {
      type: 'ScalingLimited',
      status: out.replicas === out.stabilized ? 'False' : 'True',
      reason: out.limit,
      message: LIMIT_MESSAGES[out.limit],
    },
  ];
}

function normalize(input: Input, behavior: Behavior | null, saturating: boolean): unknown {
  const memory = memoryOf(input);
  const out = newNormalized();
  normalizeDesiredReplicas(
    {
      current: input.currentReplicas,
      desired: input.desiredReplicas,
      min: input.minReplicas,
      max: input.maxReplicas,
      nowMs: NOW,
      downscaleStabilizationMs: input.downscaleStabilizationSeconds * 1000,
      saturating,
    },
    memory,
    behavior,
    out,
    null,
  );
  const list = recommendationsOut(memory.recommendations ?? []);
  return { replicas: out.replicas, conditions: conditions(out), recommendations: list };
}

function informerEvent(name: string): InformerEvent {
  if (name === 'delete') return { type: 'delete' };
  if (name.startsWith('add')) return { type: 'add' };
  return { type: 'update', oldGeneration: 1, newGeneration: name === 'update-spec' ? 2 : 1 };
}

const stabilized = (): Stabilized => ({ replicas: 0, reason: 'ReadyForNewScale' });

type Replay = (input: Input, minor: number, arch: Arch) => unknown;

/** Replays of the `unit` lines about behavior, the zero rule and the queue, by their `fn`. */
export const UNIT_BEHAVIOR: Readonly<Record<string, Replay>> = {
  convertDesiredReplicasWithRules: (i, _, arch) => {
    const out = newNormalized();
    const saturating = arch === 'arm64';
    convertDesiredReplicasWithRules(
      i.currentReplicas,
      i.desiredReplicas,
      i.minReplicas,
      i.maxReplicas,
      saturating,
      out,
      null,
    );
    return { replicas: out.replicas, reason: out.limit, message: LIMIT_MESSAGES[out.limit] };
  },
  calculateScaleUpLimit: (i, _, arch) => ({ limit: calculateScaleUpLimit(i.currentReplicas, arch === 'arm64') }),
  getReplicasChangePerPeriod: (i) => ({ change: getReplicasChangePerPeriod(i.periodSeconds, events(i.events), NOW) }),
  calculateScaleUpLimitWithScalingRules: (i, _, arch) => ({
    limit: calculateScaleUpLimitWithScalingRules(
      i.currentReplicas,
      events(i.scaleUpEvents),
      events(i.scaleDownEvents),
      i.rules,
      NOW,
      arch === 'arm64',
      null,
    ),
  }),
  calculateScaleDownLimitWithBehaviors: (i, _, arch) => ({
    limit: calculateScaleDownLimitWithBehaviors(
      i.currentReplicas,
      events(i.scaleUpEvents),
      events(i.scaleDownEvents),
      i.rules,
      NOW,
      arch === 'arm64',
      null,
    ),
  }),
  stabilizeRecommendation: (i) => {
    const out = stabilized();
    const list = recommendations(i);
    const windowMs = i.downscaleStabilizationSeconds * 1000;
    stabilizeRecommendation(list, i.prenormalizedDesiredReplicas, 0, windowMs, NOW, out, null);
    return { replicas: out.replicas, recommendations: recommendationsOut(list) };
  },
  stabilizeRecommendationWithBehaviors: (i) => {
    const out = stabilized();
    const list = recommendations(i);
    const up = i.scaleUp.stabilizationWindowSeconds ?? 0;
    const down = i.scaleDown.stabilizationWindowSeconds ?? 0;
    stabilizeRecommendationWithBehaviors(list, i.desiredReplicas, i.currentReplicas, up, down, NOW, out, null);
    const reason = changedReason(i.desiredReplicas, i.currentReplicas);
    return {
      replicas: out.replicas,
      reason,
      message: ABLE_MESSAGES[reason],
      recommendations: recommendationsOut(list),
    };
  },
  normalizeDesiredReplicas: (i, _, arch) => normalize(i, null, arch === 'arm64'),
  normalizeDesiredReplicasWithBehaviors: (i, _, arch) => normalize(i, i.behavior, arch === 'arm64'),
  storeScaleEvent: (i) => {
    const memory = memoryOf(i);
    storeScaleEvent(i.behavior, memory, i.prevReplicas, i.newReplicas, NOW);
    return { scaleUpEvents: eventsOut(memory.scaleUpEvents), scaleDownEvents: eventsOut(memory.scaleDownEvents) };
  },
  shouldComputeMetricsForZeroReplicas: (i) => {
    const needs = shouldComputeMetricsForZeroReplicas(i.minReplicas, i.scaledToZeroCondition, i.canScaleFromZero);
    return { needsMetricComputation: needs, shouldDisable: !needs };
  },
  enqueue: (i, minor, arch) => {
    const { call, selector } = enqueue(informerEvent(i.event), rulesOf({ minor, arch, gates: i.gates ?? {} }));
    // Every event but the first add and the delete finds the HPA registered.
    return { queueCalls: [call], registered: selector !== 'remove' };
  },
  rateLimiter: (i) => ({ delayMs: rateLimiterDelayMs(i.syncPeriodSeconds) }),
};
