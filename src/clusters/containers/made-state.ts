import { join } from 'node:path';
import { z } from 'zod';
import type { Files } from '../../contracts/files.ts';
import { describe, LabError } from '../../errors/lab-error.ts';

/**
 * `kind.json`, `minikube.json`: written before a cluster is made, so that what an interrupted `up` left can be told from a
 * cluster of somebody else with the same name. `made`: the tool has said that it is done; a cluster that is not is made anew.
 */
interface MadeState {
  readonly cluster: string;
  readonly made: boolean;
}

const State: z.ZodType<MadeState> = z.object({ cluster: z.string(), made: z.boolean() });

/** That record of one lab. Reading raises ML-STATE-CORRUPT, ML-STATE-IO. */
export interface MadeRecord {
  /** Undefined when the lab has made none. */
  read(): MadeState | undefined;
  write(state: MadeState): void;
  forget(): void;
}

export function madeRecord(
  files: Files,
  { labDir, lab }: { readonly labDir: string; readonly lab: string },
  tool: 'kind' | 'minikube',
): MadeRecord {
  const path = join(labDir, `${tool}.json`);
  return {
    read: () => {
      const text = files.readText(path);
      if (text === undefined) return undefined;
      try {
        return State.parse(JSON.parse(text));
      } catch (error) {
        throw new LabError('ML-STATE-CORRUPT', { lab, path, reason: describe(error) }, { cause: error });
      }
    },
    write: (state) => files.writeAtomic(path, `${JSON.stringify(state, undefined, 2)}\n`, 0o600),
    forget: () => files.remove(path),
  };
}
