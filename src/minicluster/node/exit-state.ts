import { constants } from 'node:os';
import type { ProcessExit } from '../../contracts/processes.ts';
import type { Terminated } from './runtime.ts';

/** How a child's end is reported: 128 + signal as every container runtime does. Times are epoch ms. */
export function terminatedBy(
  exit: ProcessExit,
  times: { readonly startedAt: number; readonly finishedAt: number },
  containerID: string,
): Terminated {
  const signal = signalNumber(exit.signal);
  const exitCode = exit.code ?? 128 + (signal ?? 0);
  return {
    kind: 'terminated',
    exitCode,
    ...(signal === undefined ? {} : { signal }),
    reason: exitCode === 0 ? 'Completed' : 'Error',
    ...times,
    containerID,
  };
}

function signalNumber(name: string | null): number | undefined {
  return Object.entries(constants.signals).find(([known]) => known === name)?.[1];
}
