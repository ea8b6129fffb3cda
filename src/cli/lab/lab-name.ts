import type { CommandContext } from '../context.ts';

/** The lab that a command works on: --lab, METRICS_LAB_NAME, a lab file, or `lab`. A typed one needs no file: a mistake in it must not keep a lab from being removed. */
export async function labName({ globals, settings }: CommandContext): Promise<string> {
  return globals.lab ?? (await settings()).draft.lab;
}
