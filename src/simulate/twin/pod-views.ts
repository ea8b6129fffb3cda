import type { MetricSample, MetricSpec, PodView } from '../../hpa/index.ts';
import type { PodSnapshot } from '../autoscaler.ts';
import { EPOCH_MS } from './platform.ts';

/** Thousandths as the twin counts them: a bigint only where a number is not exact. */
export function milliOf(value: number): number | bigint {
  const milli = Math.round(value * 1000);
  return Number.isSafeInteger(milli) ? milli : BigInt(milli);
}

/** Whether a metric is computed pod by pod. */
export function isPerPod(spec: MetricSpec): boolean {
  return spec.external === undefined && spec.object === undefined;
}

/** The pods as the controller reads them, each with one container that requests CPU. */
export function podViews(pods: readonly PodSnapshot[], requestCpuMilli: number, container: string): readonly PodView[] {
  const containers = [{ name: container, restartable: false, requests: { cpu: `${requestCpuMilli}m` } }];
  return pods.map(({ name, created, running, ready, readyChanged }) => ({
    name,
    labels: {},
    deleted: false,
    phase: running ? 'Running' : 'Pending',
    startMs: EPOCH_MS + created * 1000,
    ready: { status: ready ? 'True' : 'False', transitionMs: EPOCH_MS + readyChanged * 1000 },
    containers,
    initContainers: [],
    podRequests: null,
    overhead: null,
  }));
}

/** The same value of every running pod, measured now. */
export function podValues(pods: readonly PodSnapshot[], value: number | bigint, time: number): MetricSample['values'] {
  const sample = { value, timestampMs: EPOCH_MS + time * 1000, windowMs: 15_000 };
  return new Map(pods.filter(({ running }) => running).map(({ name }) => [name, sample]));
}
