import type { Clock } from '../../contracts/clock.ts';
import type { Files } from '../../contracts/files.ts';
import type { KubeClient } from '../../contracts/kube-client.ts';
import type { Processes } from '../../contracts/processes.ts';

/** What the node needs from outside; wired in cli/programs/process-node.ts. */
export interface NodePorts {
  /** Identity of the node: user `system:node:<name>`, rights as in manifests.ts. */
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly files: Files;
  readonly processes: Processes;
  readonly freePort: () => Promise<number>;
  readonly log: (line: string) => void;
  /** What every child gets of the node's own environment: PATH and the like, never a secret. */
  readonly childEnv: Readonly<Record<string, string>>;
}

/** Waits; false when the signal came first. */
export async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  return clock.sleep(ms, signal).then(
    () => true,
    (error: unknown) => {
      if (signal.aborted) return false;
      throw error;
    },
  );
}
