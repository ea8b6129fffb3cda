import type { ErrorEntry } from '../entry.ts';

export type ClusterErrorId = never;

/** Backends and their tools. */
export const CLUSTER_ERRORS: Readonly<Record<ClusterErrorId, ErrorEntry>> = {};
