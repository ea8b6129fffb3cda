import type { ErrorEntry } from '../entry.ts';

export type QueueErrorId = never;

/** Queues and the workload on them. */
export const QUEUE_ERRORS: Readonly<Record<QueueErrorId, ErrorEntry>> = {};
