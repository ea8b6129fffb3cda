import type { HpaSpec, HpaStatus, MetricStatus } from '../api/types.ts';
import { cloneMemory, type HpaMemory } from '../memory.ts';
import { parseQuantity } from '../quantity/parse.ts';
import { approximateFloat64 } from '../quantity/values.ts';
import type { DecisionStep, Trace } from '../record.ts';
import type { Tolerances } from '../replicas/tolerance.ts';
import { type Rules, rulesOf } from '../rules.ts';
import { Conditions } from './conditions.ts';
import { statusesEqual } from './status-equal.ts';
import type { ControllerEvent, ReconcileInput } from './types.ts';

/**
 * Tolerances of one HPA: the flag, and with gate HPAConfigurableTolerance what behavior says per direction.
 * Upstream: horizontal.go tolerancesForHpa.
 */
export function tolerancesForHpa({ behavior }: HpaSpec, flag: number, rules: Rules): Tolerances {
  if (behavior === undefined || !rules.configurableTolerance) return { scaleDown: flag, scaleUp: flag };
  const read = (text: string | undefined): number => {
    const quantity = text === undefined ? '' : parseQuantity(text);
    return typeof quantity === 'string' ? flag : approximateFloat64(quantity);
  };
  return { scaleDown: read(behavior.scaleDown?.tolerance), scaleUp: read(behavior.scaleUp?.tolerance) };
}

/** What a cycle works on: the in-memory copy of the HPA and of the controller's memory, and what it has said so far. */
export class Cycle {
  readonly input: ReconcileInput;
  readonly rules: Rules;
  readonly namespace: string;
  readonly name: string;
  /** "Deployment/ns/name" of the target. */
  readonly reference: string;
  readonly memory: HpaMemory;
  readonly conditions: Conditions;
  readonly tolerances: Tolerances;
  readonly events: ControllerEvent[] = [];
  readonly steps: DecisionStep[] = [];
  readonly trace: Trace;
  /** Without its conditions, which are in `conditions`. */
  status: HpaStatus;

  constructor(input: ReconcileInput) {
    const { hpa } = input;
    this.input = input;
    this.rules = rulesOf(input.platform);
    this.namespace = hpa.metadata.namespace ?? '';
    this.name = hpa.metadata.name ?? '';
    this.reference = `${hpa.spec.scaleTargetRef.kind}/${this.namespace}/${hpa.spec.scaleTargetRef.name}`;
    this.memory = cloneMemory(input.memory);
    this.conditions = new Conditions(hpa.status.conditions ?? [], input.nowMs);
    this.tolerances = tolerancesForHpa(hpa.spec, input.flags.tolerance, this.rules);
    this.trace = input.record ? this.steps : null;
    this.status = hpa.status;
  }

  warn(reason: string, message: string): void {
    this.events.push({ type: 'Warning', reason, message });
  }

  /**
   * The status anew, with what is passed in; an old observedGeneration is dropped, or set anew with gate HPAGeneration.
   * Upstream: horizontal.go setStatus.
   */
  setStatus(
    current: number,
    desired: number,
    metrics: readonly MetricStatus[] | null,
    lastScaleTime: string | undefined,
  ): void {
    const generation = this.rules.generation ? { observedGeneration: this.input.hpa.metadata.generation ?? 0 } : {};
    this.status = {
      ...generation,
      ...(lastScaleTime === undefined ? {} : { lastScaleTime }),
      currentReplicas: current,
      desiredReplicas: desired,
      currentMetrics: metrics,
    };
  }

  /** The status as it would be written now. */
  currentStatus(): HpaStatus {
    const { conditions: _, ...status } = this.status;
    const conditions = this.conditions.all();
    return conditions.length === 0 ? status : { ...status, conditions };
  }

  /**
   * Whether UPDATE status is needed. A rescale and a condition that changed, even there and back, set a time to this very
   * instant, which only looks unchanged once it is stored with whole seconds. Upstream: horizontal.go updateStatusIfNeeded.
   */
  statusChanged(rescaled: boolean): boolean {
    const { hpa, nowMs } = this.input;
    if (nowMs % 1000 !== 0 && (rescaled || this.conditions.moved)) return true;
    return !statusesEqual(hpa.status, this.currentStatus());
  }
}
