import type { ServiceTime } from '../service-time.ts';

/** How the pods of the scale target behave. Times in seconds. */
export interface PodModel {
  readonly service: ServiceTime;
  /** From creation until the process takes items. */
  readonly startSeconds: number;
  /** From then until the pod is ready. A queue consumer works before that; the HPA does not count it. */
  readonly readySeconds: number;
  /** How long a deleted pod may finish its item; then the item goes back to the queue. */
  readonly graceSeconds: number;
  /** Mean crashes per pod and second; 0 = none. The item of a crashed pod goes back to the queue. */
  readonly crashesPerSecond: number;
  /** CPU of a busy pod, in thousandths of a core; an idle one uses none. */
  readonly busyCpuMilli: number;
  /** CPU request of a pod, in thousandths of a core. */
  readonly requestCpuMilli: number;
}

/** The kubelet's back-off between restarts (10 s doubling to 5 min). */
export function restartDelaySeconds(restarts: number): number {
  return restarts === 0 ? 0 : Math.min(10 * 2 ** (restarts - 1), 300);
}
