import type { ClusterBackend, ClusterHandle } from '../../contracts/backend.ts';
import type { KubeClient } from '../../contracts/kube-client.ts';
import type { LabRecord } from '../../contracts/lab-record.ts';
import type { LabSpec } from '../../contracts/lab-spec.ts';
import { LabError } from '../../errors/lab-error.ts';
import { type LabPaths, writeRecord } from '../lab-store.ts';
import type { LabPorts } from '../ports.ts';

export interface UpOptions {
  /** Remove the lab first when a setting needs a new cluster. */
  readonly recreate: boolean;
  /** Remove what was made when a step fails. */
  readonly rollback: boolean;
  /** A kubeconfig of the user's that the lab's context is put into. */
  readonly mergeInto?: string;
  /** How long each wait may take. */
  readonly timeoutMs: number;
}

/** What the steps of one `up` share. `record` grows as steps learn things, and is on disk whenever a step ends. */
export interface UpState {
  readonly ports: LabPorts;
  readonly paths: LabPaths;
  readonly spec: LabSpec;
  readonly backend: ClusterBackend;
  readonly options: UpOptions;
  record: LabRecord;
  /** The image that pods of a container backend run; the step `images` finds it out. */
  programImage?: string;
  /** One connection for all steps; see `clientOf`. */
  client?: KubeClient;
}

/** The record with more in it, written before anything relies on it. */
export function remember(state: UpState, more: Partial<LabRecord>): void {
  state.record = { ...state.record, ...more };
  writeRecord(state.ports.files, state.paths, state.record);
}

/** The component that serves the API: whoever talks to it starts after it. */
export function apiComponent(state: UpState): string {
  return clusterOf(state).backend === 'embedded' ? 'embedded' : 'kube-apiserver';
}

/** The cluster that the first step made. */
export function clusterOf(state: UpState): ClusterHandle {
  const { cluster } = state.record;
  if (cluster === undefined) throw new LabError('ML-INTERNAL', { text: 'a step ran before the cluster was made' });
  return cluster;
}

/** The client of the cluster that the first step made; `up` closes it. */
export function clientOf(state: UpState): KubeClient {
  state.client ??= state.ports.client(clusterOf(state).kubeconfig);
  return state.client;
}
