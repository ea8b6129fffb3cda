import type { HpaCondition } from '../api/types.ts';
import { formatTime } from '../time.ts';

/** Upstream's condition types. '' is what a metric that fails without a condition sets (1.27 to 1.29). */
export type ConditionType = 'AbleToScale' | 'ScalingActive' | 'ScalingLimited' | 'ScaledToZero' | '';

/** Conditions in the order of first insertion. Upstream: horizontal.go setCondition, setConditionInList, removeCondition. */
export class Conditions {
  private list: HpaCondition[];
  private timed = false;
  private readonly nowMs: number;

  constructor(conditions: readonly HpaCondition[], nowMs: number) {
    this.list = [...conditions];
    this.nowMs = nowMs;
  }

  /** Only a changed status moves the transition time. */
  set(type: ConditionType, status: string, reason: string, message: string): void {
    const at = this.list.findIndex((condition) => condition.type === type);
    const old = this.list[at] ?? { type, status: '' };
    // The same object again, so that comparing an unchanged status is cheap.
    if (old.status === status && old.reason === reason && old.message === message) return;
    const time = old.status === status ? {} : { lastTransitionTime: formatTime(this.nowMs) };
    if (old.status !== status) this.timed = true;
    const next = { ...old, status, reason, message, ...time };
    if (at < 0) this.list.push(next);
    else this.list[at] = next;
  }

  /** Whether a transition time was set in this cycle. */
  get moved(): boolean {
    return this.timed;
  }

  remove(type: ConditionType): void {
    this.list = this.list.filter((condition) => condition.type !== type);
  }

  isTrue(type: ConditionType): boolean {
    return this.list.find((condition) => condition.type === type)?.status === 'True';
  }

  all(): readonly HpaCondition[] {
    return this.list;
  }
}
