import type { ClusterHandle } from './backend.ts';
import type { LabSpec } from './lab-spec.ts';

/** `kubelet`, `nodeMetrics`: the kubelet API of the first process node and its metrics.k8s.io; further nodes have their number behind it. */
export type LabPort =
  | 'queue'
  | 'metricsServer'
  | 'metricsWrite'
  | 'prometheus'
  | 'monitoring'
  | `${'kubelet' | 'nodeMetrics'}${'' | `-${number}`}`;

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
  readonly ports: Readonly<Partial<Record<LabPort, number>>>;
  /** Which server the lab's own queue is; chosen once, for its data are on it. Labs of before had `native` ones only. */
  readonly queueServer?: 'native' | 'embedded';
  /** Whether every step has succeeded once. */
  readonly complete: boolean;
}
