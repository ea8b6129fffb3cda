import type { CommandContext } from '../context.ts';

/** The lab that a command works on: --lab, METRICS_LAB_NAME, a lab file, or `lab`. */
export async function labName({ settings }: CommandContext): Promise<string> {
  return (await settings()).draft.lab;
}
