import type { ErrorEntry } from '../entry.ts';

export type NodeErrorId = never;

/** The process node. */
export const NODE_ERRORS: Readonly<Record<NodeErrorId, ErrorEntry>> = {};
