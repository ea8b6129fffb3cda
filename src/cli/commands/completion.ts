import type { CommandContext } from '../context.ts';
import { COMPLETION_SCRIPTS } from '../completion/scripts.ts';
import type { Flags } from '../flags.ts';

/** `metrics-lab completion <shell>` */
export async function run({ output }: CommandContext, flags: Flags): Promise<undefined> {
  await output.lines(COMPLETION_SCRIPTS[flags.text('shell') ?? ''] ?? '');
}
