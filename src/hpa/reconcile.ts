import type { HpaStatus } from './api/types.ts';
import { storeScaleEvent } from './behavior/scale-events.ts';
import { isScaledToZero } from './core.ts';
import { type DecisionRecord, recordOf } from './record.ts';
import type { Cycle } from './reconcile/cycle.ts';
import { behaviorOf, hasObjectOrExternalMetrics, type Plan, planReconcile } from './reconcile/plan.ts';
import type { ReconcileInput, ReconcileOutput, ScaleUpdateError, WriteAnswers } from './reconcile/types.ts';
import { formatTime } from './time.ts';

/** Every write succeeds. */
export const ALL_SUCCEED: WriteAnswers = { scaleUpdateErrors: [], statusUpdateError: null };

/** client-go util/retry DefaultRetry: five tries, only after conflicts. */
const MAX_TRIES = 5;

type Settled = Plan & { readonly kind: 'settled' };

interface Updates {
  readonly attempts: readonly number[];
  readonly error: ScaleUpdateError | null;
}

/** UPDATE scale, with the retries of 1.34 on. Upstream: horizontal.go reconcileAutoscaler, retry.RetryOnConflict. */
function updateScale(desired: number, answers: readonly ScaleUpdateError[], retries: boolean): Updates {
  const attempts: number[] = [];
  for (;;) {
    const error = answers[attempts.length] ?? null;
    attempts.push(desired);
    if (error === null) return { attempts, error };
    if (!retries || error.conflict !== true || attempts.length >= MAX_TRIES) return { attempts, error };
  }
}

/** Condition ScaledToZero after a rescale (1.36 on). Upstream: horizontal.go reconcileAutoscaler. */
function setScaledToZero(cycle: Cycle, current: number, desired: number): void {
  const { rules, conditions, input } = cycle;
  if (!rules.zeroNeedsCondition) return;
  const { spec } = input.hpa;
  if (!rules.scaleToZero) {
    conditions.remove('ScaledToZero');
  } else if (isScaledToZero(current, desired, spec.minReplicas ?? 1, hasObjectOrExternalMetrics(spec))) {
    conditions.set('ScaledToZero', 'True', 'ScaledToZero', 'the HPA controller scaled the workload to zero');
  } else {
    const message = 'the HPA controller did not scale the workload to zero';
    conditions.set('ScaledToZero', 'False', 'NotScaledToZero', message);
  }
}

interface Written {
  readonly stored: HpaStatus;
  readonly written: boolean;
  /** The error of UPDATE status, wrapped. */
  readonly error: string | null;
}

/** UPDATE status if it changed. Upstream: horizontal.go updateStatusIfNeeded, updateStatus. */
function writeStatus(cycle: Cycle, statusUpdateError: string | null, rescaled: boolean): Written {
  const old = cycle.input.hpa.status;
  if (!cycle.statusChanged(rescaled)) return { stored: old, written: false, error: null };
  if (statusUpdateError === null) return { stored: cycle.currentStatus(), written: true, error: null };
  cycle.warn('FailedUpdateStatus', statusUpdateError);
  const error = `failed to update status for ${cycle.name}: ${statusUpdateError}`;
  return { stored: old, written: false, error };
}

function recordFor(cycle: Cycle, current: number, desired: number): DecisionRecord | null {
  return cycle.trace === null ? null : recordOf(cycle.steps, current, desired);
}

interface Ending {
  readonly error: string | null;
  readonly panic: string | null;
  readonly updates: readonly number[];
  readonly rescaled: boolean;
  readonly written: Written;
  readonly record: DecisionRecord | null;
}

function output(cycle: Cycle, ending: Ending): ReconcileOutput {
  return {
    error: ending.error,
    panic: ending.panic,
    events: cycle.events,
    scaleUpdates: ending.updates,
    rescaled: ending.rescaled,
    statusWritten: ending.written.written,
    status: ending.written.stored,
    memory: cycle.memory,
    record: ending.record,
  };
}

/** The scale could not be updated: everything but the replica count is kept. */
function finishFailedRescale(plan: Settled, updates: Updates, message: string, answers: WriteAnswers): ReconcileOutput {
  const { cycle, current, desired, reason } = plan;
  const { status } = cycle.input.hpa;
  cycle.warn('FailedRescale', `New size: ${desired}; reason: ${reason}; error: ${message}`);
  const text = `the HPA controller was unable to update the target scale: ${message}`;
  cycle.conditions.set('AbleToScale', 'False', 'FailedUpdateScale', text);
  const frozen = cycle.rules.frozenMetricsOnFailure;
  const metrics = frozen ? (status.currentMetrics ?? null) : plan.metrics;
  cycle.setStatus(current, status.desiredReplicas, metrics, status.lastScaleTime);
  return output(cycle, {
    error: `failed to rescale ${cycle.reference}: ${message}`,
    panic: null,
    updates: updates.attempts,
    rescaled: false,
    written: writeStatus(cycle, answers.statusUpdateError, false),
    record: recordFor(cycle, current, current),
  });
}

function finishSettled(plan: Settled, answers: WriteAnswers): ReconcileOutput {
  const { cycle, current, rescale, reason } = plan;
  const { input, memory, conditions } = cycle;
  const updates = rescale
    ? updateScale(plan.desired, answers.scaleUpdateErrors, cycle.rules.scaleUpdateRetries)
    : { attempts: [], error: null };
  if (updates.error !== null) return finishFailedRescale(plan, updates, updates.error.message, answers);
  const desired = rescale ? plan.desired : current;
  let lastScaleTime = input.hpa.status.lastScaleTime;
  if (rescale) {
    const message = `the HPA controller was able to update the target scale to ${desired}`;
    conditions.set('AbleToScale', 'True', 'SucceededRescale', message);
    const event = `New size: ${desired}; reason: ${reason}`;
    cycle.events.push({ type: 'Normal', reason: 'SuccessfulRescale', message: event });
    storeScaleEvent(behaviorOf(input.hpa.spec.behavior), memory, current, desired, input.nowMs);
    setScaledToZero(cycle, current, desired);
    lastScaleTime = formatTime(input.nowMs);
    cycle.trace?.push({
      rule: 'rescale',
      upstream: 'reconcileAutoscaler',
      inputs: { current, reason },
      result: desired,
    });
  }
  cycle.setStatus(current, desired, plan.metrics, lastScaleTime);
  const written = writeStatus(cycle, answers.statusUpdateError, rescale);
  return output(cycle, {
    error: written.error ?? plan.error,
    panic: null,
    updates: updates.attempts,
    rescaled: rescale,
    written,
    record: recordFor(cycle, current, desired),
  });
}

/** The rest of a cycle, once it is known what the API servers answered to what it writes. */
export function finishReconcile(plan: Plan, answers: WriteAnswers): ReconcileOutput {
  const { cycle } = plan;
  if (plan.kind === 'settled') return finishSettled(plan, answers);
  const { scale, hpa } = cycle.input;
  const current = 'specReplicas' in scale ? scale.specReplicas : hpa.status.currentReplicas;
  const nothing = { updates: [], rescaled: false, record: recordFor(cycle, current, current) };
  if (plan.kind === 'panic') {
    const written: Written = { stored: hpa.status, written: false, error: null };
    return output(cycle, { ...nothing, error: null, panic: plan.text, written });
  }
  const written = writeStatus(cycle, answers.statusUpdateError, false);
  if (plan.lateEvent !== null) cycle.warn('FailedComputeMetricsReplicas', plan.lateEvent);
  return output(cycle, { ...nothing, error: plan.error, panic: null, written });
}

/**
 * One cycle of the controller for one HPA: everything it reads goes in, everything it writes comes out. Same input, same output;
 * nothing of the input is changed. Upstream: horizontal.go reconcileAutoscaler.
 *
 * To write for real between the two halves, use {@link planReconcile} and {@link finishReconcile}.
 */
export function reconcile(input: ReconcileInput, answers: WriteAnswers = ALL_SUCCEED): ReconcileOutput {
  return finishReconcile(planReconcile(input), answers);
}
