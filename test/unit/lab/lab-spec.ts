import type { LabSpec } from '../../../src/contracts/lab-spec.ts';

/** A complete spec for tests. */
export const SPEC: LabSpec = {
  lab: 'lab',
  backend: 'native',
  namespace: 'metrics-lab',
  pipeline: 'queue',
  syncPeriodSeconds: 15,
  hpa: { min: 1, max: 20, target: '2', scaleDownWindowSeconds: 300 },
  queue: { kind: 'redis', name: 'jobs' },
  consumer: { serviceTimeMs: 1000, startDelayMs: 0, failureRate: 0, maxAttempts: 5 },
  apiPort: 0,
  node: { cpu: '4', memory: '8Gi', pods: 110 },
  images: {},
};
