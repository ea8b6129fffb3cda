import type { HpaMemory, ScaleEvent } from '../memory.ts';
import { type Behavior, NO_POLICIES, type ScalingRules } from './scaling-rules.ts';

/** Upstream: horizontal.go getLongestPolicyPeriod. Seconds. */
export function getLongestPolicyPeriod(rules: ScalingRules): number {
  let longest = 0;
  for (const policy of rules.policies ?? NO_POLICIES) longest = Math.max(longest, policy.periodSeconds);
  return longest;
}

/** Marks what no policy can see any more; the mark only frees the slot. Upstream: horizontal.go markScaleEventsOutdated. */
function markScaleEventsOutdated(events: readonly ScaleEvent[], longestSeconds: number, nowMs: number): void {
  const cutoff = nowMs - longestSeconds * 1000;
  for (const event of events) {
    if (event.atMs < cutoff) event.outdated = true;
  }
}

function put(events: ScaleEvent[], replicaChange: number, nowMs: number): void {
  let slot: ScaleEvent | undefined;
  for (const event of events) {
    if (event.outdated) slot = event;
  }
  if (slot === undefined) {
    events.push({ replicaChange, atMs: nowMs, outdated: false });
    return;
  }
  slot.replicaChange = replicaChange;
  slot.atMs = nowMs;
  slot.outdated = false;
}

/**
 * Remembers a change of the replica count for the policies; without behavior nothing is remembered. An unchanged count goes
 * into the scale-down list, as upstream. Upstream: horizontal.go storeScaleEvent.
 *
 * @param memory changed in place
 */
export function storeScaleEvent(
  behavior: Behavior | null,
  memory: HpaMemory,
  previous: number,
  next: number,
  nowMs: number,
): void {
  if (behavior === null) return;
  const up = next > previous;
  const events = up ? memory.scaleUpEvents : memory.scaleDownEvents;
  markScaleEventsOutdated(events, getLongestPolicyPeriod(up ? behavior.scaleUp : behavior.scaleDown), nowMs);
  put(events, (up ? next - previous : previous - next) | 0, nowMs);
}
