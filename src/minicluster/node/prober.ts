import type { Clock } from '../../contracts/clock.ts';
import { pause } from './node-ports.ts';
import type { Container, ProbeSpec } from './pod.ts';
import { type ProbeResult, runProbe, type ProbeTarget } from './probe-run.ts';
import { initialProbe, observeProbe } from './probe-state.ts';

export type ProbeKind = 'Startup' | 'Liveness' | 'Readiness';

export interface ProberOptions {
  readonly container: Container;
  readonly target: ProbeTarget;
  readonly clock: Clock;
  /** Every answer that is a failure, for the event. */
  readonly onUnhealthy: (kind: ProbeKind, message: string) => void;
  readonly onStarted: () => void;
  readonly onReady: (ready: boolean) => void;
  /** Liveness or start-up has failed for good: the container must be restarted. */
  readonly onDead: (kind: ProbeKind, spec: ProbeSpec) => void;
  /** Aborted when the container has ended. */
  readonly signal: AbortSignal;
  /** Aborted when the pod is being deleted: from then on only readiness counts, as in the kubelet. */
  readonly terminating: AbortSignal;
}

/** Before the first failure counts, a server that does not listen yet is asked again at this pace. */
const LISTENING_MS = 200;

/** Runs the probes of one incarnation of a container until it ends. Without probes it is started and ready at once. */
export async function probeContainer(options: ProberOptions): Promise<void> {
  const { container, signal } = options;
  const { startupProbe, livenessProbe, readinessProbe } = container;
  if (startupProbe && !(await untilStarted(startupProbe, options))) return;
  if (signal.aborted) return;
  options.onStarted();
  if (!readinessProbe) options.onReady(true);
  await Promise.all([
    livenessProbe ? watchLiveness(livenessProbe, options) : undefined,
    readinessProbe ? watchReadiness(readinessProbe, options) : undefined,
  ]);
}

async function untilStarted(spec: ProbeSpec, options: ProberOptions): Promise<boolean> {
  let state = initialProbe(false);
  const ending = AbortSignal.any([options.signal, options.terminating]);
  for await (const result of answers(spec, options, ending)) {
    state = observeProbe(spec, state, result.ok);
    if (!result.ok) options.onUnhealthy('Startup', result.message);
    if (state.verdict) return true;
    if (!result.ok && state.run >= spec.failureThreshold) {
      options.onDead('Startup', spec);
      return false;
    }
  }
  return false;
}

async function watchLiveness(spec: ProbeSpec, options: ProberOptions): Promise<void> {
  let state = initialProbe(true);
  const ending = AbortSignal.any([options.signal, options.terminating]);
  for await (const result of answers(spec, options, ending)) {
    state = observeProbe(spec, state, result.ok);
    if (!result.ok) options.onUnhealthy('Liveness', result.message);
    if (!state.verdict) {
      options.onDead('Liveness', spec);
      return;
    }
  }
}

async function watchReadiness(spec: ProbeSpec, options: ProberOptions): Promise<void> {
  let state = initialProbe(false);
  for await (const result of answers(spec, options, options.signal)) {
    state = observeProbe(spec, state, result.ok);
    if (!result.ok && !options.terminating.aborted) options.onUnhealthy('Readiness', result.message);
    options.onReady(state.verdict);
  }
}

/** One answer per period, until the signal. The first may come within the period: as soon as the server listens. */
async function* answers(spec: ProbeSpec, options: ProberOptions, signal: AbortSignal): AsyncGenerator<ProbeResult> {
  const { clock, target } = options;
  if (!(await pause(clock, spec.initialDelaySeconds * 1000, signal))) return;
  const periodMs = Math.max(spec.periodSeconds, 1) * 1000;
  let due = clock.monotonic() + periodMs;
  for (let first = true; !signal.aborted; first = false) {
    let result = await runProbe(spec, target);
    while (first && !result.ok && result.message.endsWith('connection refused') && clock.monotonic() < due) {
      if (!(await pause(clock, LISTENING_MS, signal))) return;
      result = await runProbe(spec, target);
    }
    if (signal.aborted) return;
    yield result;
    if (!(await pause(clock, Math.max(due - clock.monotonic(), 0), signal))) return;
    due = Math.max(due + periodMs, clock.monotonic());
  }
}
