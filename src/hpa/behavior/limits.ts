import { floatToInt32, MAX_INT32, MIN_INT32 } from '../go-numbers.ts';
import type { ScaleEvent } from '../memory.ts';
import type { Direction, Trace } from '../record.ts';
import { NO_POLICIES, type ScalingPolicy, type ScalingRules } from './scaling-rules.ts';

/**
 * Sum of the changes in the period that ends now. An event exactly at the period's start does not count; whether an event is
 * marked outdated does not matter. Upstream: horizontal.go getReplicasChangePerPeriod.
 */
export function getReplicasChangePerPeriod(
  periodSeconds: number,
  events: readonly ScaleEvent[],
  nowMs: number,
): number {
  const cutoff = nowMs - periodSeconds * 1000;
  let sum = 0;
  for (let i = 0; i < events.length; i += 1) {
    const event = events[i] as ScaleEvent;
    if (event.atMs > cutoff) sum = (sum + event.replicaChange) | 0;
  }
  return sum;
}

/** The limit without behavior: twice the current count, at least 4. Upstream: horizontal.go calculateScaleUpLimit. */
export function calculateScaleUpLimit(current: number, saturating: boolean): number {
  return floatToInt32(Math.max(2 * current, 4), saturating);
}

/** What one policy allows, from the count at the start of its period. `previous` stands for a type that is neither. */
function proposal(policy: ScalingPolicy, start: number, up: boolean, previous: number, saturating: boolean): number {
  if (policy.type === 'Pods') return (up ? start + policy.value : start - policy.value) | 0;
  if (policy.type !== 'Percent') return previous;
  // Up rounds up (else a small count could never grow), down truncates.
  return up
    ? floatToInt32(Math.ceil(start * (1 + policy.value / 100)), saturating)
    : floatToInt32(start * (1 - policy.value / 100), saturating);
}

function limitByPolicies(
  direction: Direction,
  upstream: string,
  current: number,
  upEvents: readonly ScaleEvent[],
  downEvents: readonly ScaleEvent[],
  rules: ScalingRules,
  nowMs: number,
  saturating: boolean,
  trace: Trace,
): number {
  const select = rules.selectPolicy ?? 'Max';
  const up = direction === 'up';
  let result = current;
  if (select !== 'Disabled') {
    // For scaling up 'Min' takes the lowest count; for scaling down the smallest change is the highest count.
    const lowest = up === (select === 'Min');
    result = lowest ? MAX_INT32 : MIN_INT32;
    let proposed = 0;
    const policies = rules.policies ?? NO_POLICIES;
    for (let i = 0; i < policies.length; i += 1) {
      const policy = policies[i] as ScalingPolicy;
      const added = getReplicasChangePerPeriod(policy.periodSeconds, upEvents, nowMs);
      const removed = getReplicasChangePerPeriod(policy.periodSeconds, downEvents, nowMs);
      const start = (current - added + removed) | 0;
      proposed = proposal(policy, start, up, proposed, saturating);
      if (lowest ? proposed < result : proposed > result) result = proposed;
      if (trace !== null) {
        const { type, value, periodSeconds } = policy;
        const inputs = { direction, type, value, periodSeconds, start, added, removed };
        trace.push({ rule: 'policy', upstream, inputs, result: proposed });
      }
    }
  }
  trace?.push({ rule: 'rate', upstream, inputs: { direction, current, select }, result });
  return result;
}

/** The most replicas that the scale-up policies allow now. Upstream: horizontal.go calculateScaleUpLimitWithScalingRules. */
export function calculateScaleUpLimitWithScalingRules(
  current: number,
  upEvents: readonly ScaleEvent[],
  downEvents: readonly ScaleEvent[],
  rules: ScalingRules,
  nowMs: number,
  saturating: boolean,
  trace: Trace,
): number {
  const name = 'calculateScaleUpLimitWithScalingRules';
  return limitByPolicies('up', name, current, upEvents, downEvents, rules, nowMs, saturating, trace);
}

/** The fewest replicas that the scale-down policies allow now. Upstream: horizontal.go calculateScaleDownLimitWithBehaviors. */
export function calculateScaleDownLimitWithBehaviors(
  current: number,
  upEvents: readonly ScaleEvent[],
  downEvents: readonly ScaleEvent[],
  rules: ScalingRules,
  nowMs: number,
  saturating: boolean,
  trace: Trace,
): number {
  const name = 'calculateScaleDownLimitWithBehaviors';
  return limitByPolicies('down', name, current, upEvents, downEvents, rules, nowMs, saturating, trace);
}
