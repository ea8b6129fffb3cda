import type { ProcessIdentity, Processes } from '../../contracts/processes.ts';
import { NODE_STATE_ENV } from './pod-host.ts';
import type { PodRecord } from './records.ts';

/** They have noticed the lost node by themselves and are finishing; this is the time they get for the rest. */
const GRACE_MS = 3_000;

/** Ends every child that an earlier run of this node has left: by its records, and by their environment what none names. */
export async function reapChildren(
  processes: Processes,
  records: readonly PodRecord[],
  stateDir: string,
): Promise<readonly ProcessIdentity[]> {
  const recorded = records.flatMap(({ containers }) => containers.flatMap(({ process }) => process ?? []));
  const found = new Map<number, ProcessIdentity>();
  for (const identity of [...recorded, ...processes.findByEnv(NODE_STATE_ENV, stateDir)]) {
    if (processes.isAlive(identity)) found.set(identity.pid, identity);
  }
  await Promise.all([...found.values()].map((identity) => processes.stop(identity, GRACE_MS)));
  return [...found.values()];
}
