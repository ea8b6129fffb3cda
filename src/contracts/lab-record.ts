import type { ClusterHandle } from './backend.ts';
import type { LabSpec } from './lab-spec.ts';

/** `lab.json`: what a lab is, written before anything is made, so that whatever was made can be found and removed. */
export interface LabRecord {
  readonly apiVersion: 'metricslab.dev/v1';
  readonly kind: 'LabState';
  /** RFC 3339. */
  readonly createdAt: string;
  readonly spec: LabSpec;
  /** Known once the cluster step is done. */
  readonly cluster?: ClusterHandle;
  /** Ports of 127.0.0.1 that the lab's own programs were given; kept over restarts. */
  readonly ports: {
    readonly queue?: number;
    readonly metricsServer?: number;
    readonly metricsWrite?: number;
    readonly prometheus?: number;
    /** The kubelet API of the process node, and its metrics.k8s.io. */
    readonly kubelet?: number;
    readonly nodeMetrics?: number;
  };
  /** Which server the lab's own queue is; chosen once, for its data are on it. Labs of before had `native` ones only. */
  readonly queueServer?: 'native' | 'embedded';
  /** Whether every step has succeeded once. */
  readonly complete: boolean;
}
