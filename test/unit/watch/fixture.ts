import { type HpaEvent, parseHpaEvent } from '../../../src/cli/watch/hpa-events.ts';
import { INITIAL_STATE, reduce, type WatchInput, type WatchState } from '../../../src/cli/watch/model.ts';
import type { Hpa } from '../../../src/kube/hpa-schema.ts';
import { parseHpa } from '../../../src/kube/hpa.ts';

/** 2026-11-22T12:00:00Z. */
export const NOON = 1_795_348_800_000;

export const GO_SELECTOR =
  'external metric queue_length(&LabelSelector{MatchLabels:map[string]string{queue: jobs,},MatchExpressions:[]LabelSelectorRequirement{},})';

interface HpaParts {
  readonly name?: string;
  readonly uid?: string;
  readonly current?: number;
  readonly desired?: number;
  readonly min?: number;
  readonly max?: number;
  /** averageValue of the status; undefined = no value. */
  readonly average?: string | undefined;
  readonly conditions?: readonly (readonly [type: string, status: string, reason: string, message?: string])[];
}

export const HEALTHY: HpaParts['conditions'] = [
  ['AbleToScale', 'True', 'ReadyForNewScale', 'recommended size matches current size'],
  ['ScalingActive', 'True', 'ValidMetricFound', `the HPA was able to … from ${GO_SELECTOR}`],
  ['ScalingLimited', 'False', 'DesiredWithinRange', 'the desired count is within the acceptable range'],
];

/** The lab's HPA in a given state, through the real parser. */
export function hpa(parts: HpaParts = {}): Hpa {
  const { name = 'consumer', uid = 'u1', current = 1, desired = 1, min = 1, max = 20, average = '2' } = parts;
  const slot = { type: 'External', external: { metric: { name: 'queue_length' }, current: { averageValue: average } } };
  return parseHpa({
    metadata: { name, uid, namespace: 'metrics-lab' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas: min,
      maxReplicas: max,
      metrics: [
        {
          type: 'External',
          external: {
            metric: { name: 'queue_length', selector: { matchLabels: { queue: 'jobs' } } },
            target: { type: 'AverageValue', averageValue: '2' },
          },
        },
      ],
    },
    status: {
      ...(current === 0 ? {} : { currentReplicas: current }),
      desiredReplicas: desired,
      currentMetrics: 'average' in parts && parts.average === undefined ? [{ type: '' }] : [slot],
      conditions: (parts.conditions ?? HEALTHY ?? []).map(([type, status, reason, message = '']) => ({
        type,
        status,
        reason,
        message,
      })),
    },
  });
}

export function event(
  message: string,
  parts: { at?: number; count?: number; reason?: string; type?: string } = {},
): HpaEvent {
  return parseHpaEvent({
    metadata: { name: `consumer.${message.length}.${parts.at ?? 0}`, namespace: 'metrics-lab' },
    involvedObject: { kind: 'HorizontalPodAutoscaler', name: 'consumer', uid: 'u1' },
    type: parts.type ?? 'Normal',
    reason: parts.reason ?? 'SuccessfulRescale',
    message,
    count: parts.count ?? 1,
    lastTimestamp: new Date(parts.at ?? NOON).toISOString(),
  });
}

type Step = WatchInput extends infer Input
  ? Input extends { at: number }
    ? Omit<Input, 'at'> & { at?: number }
    : never
  : never;

/** The state after some inputs, one second apart from noon on. */
export function stateOf(...steps: readonly Step[]): WatchState {
  return after(INITIAL_STATE, ...steps);
}

export function after(state: WatchState, ...steps: readonly Step[]): WatchState {
  const start = state.now === 0 ? NOON : state.now + 1000;
  return steps.reduce(
    (before, step, index) => reduce(before, { at: start + index * 1000, ...step } as WatchInput),
    state,
  );
}

type LiveStep = Extract<Step, { type: 'live' }>;

export function live(value: string): LiveStep {
  return { type: 'live', hpa: 'consumer', live: [{ name: 'queue_length', value, at: NOON }] };
}
export function liveFailure(failure: string): LiveStep {
  return { type: 'live', hpa: 'consumer', live: [{ name: 'queue_length', failure, at: NOON }] };
}
export function ready(count: number): Extract<Step, { type: 'targets' }> {
  return { type: 'targets', targets: [{ kind: 'Deployment', name: 'consumer', ready: count }] };
}
