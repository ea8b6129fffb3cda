import type { ConfigReader, PodFacts } from './env.ts';
import type { LogStore } from './log-store.ts';
import type { NodeConfig } from './config.ts';
import type { NodePorts } from './node-ports.ts';
import type { Pod } from './pod.ts';
import type { PortPool } from './port-pool.ts';

export type EventType = 'Normal' | 'Warning';

/** What all pods of a node share. */
export interface NodeContext {
  readonly config: NodeConfig;
  readonly ports: NodePorts;
  readonly logs: LogStore;
  readonly configReader: ConfigReader;
  readonly hostPorts: PortPool;
  /** Aborted when the node itself ends. */
  readonly ending: AbortSignal;
  event(pod: Pod, type: EventType, reason: string, message: string): void;
}

/** What a container's runner needs of its pod. */
export interface PodHost {
  readonly node: NodeContext;
  pod(): Pod;
  readonly facts: PodFacts;
  /** The state of a container has changed: record it on disk before returning, report it soon. */
  changed(): void;
  /** Aborted when the pod is being deleted. */
  readonly terminating: AbortSignal;
}

/** Marks the children of one container; its value is the container's ID. */
export const CONTAINER_ENV = 'METRICS_LAB_CONTAINER';
/** Marks all children of one node; its value is the node's state folder. */
export const NODE_STATE_ENV = 'METRICS_LAB_NODE_STATE';
