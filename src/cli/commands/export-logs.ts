import { resolve } from 'node:path';
import { exportLogs } from '../../lab/export-logs.ts';
import type { CommandContext } from '../context.ts';
import type { Flags } from '../flags.ts';
import { labName } from '../lab/lab-name.ts';
import { labPorts } from '../container/lab-ports.ts';

/** `metrics-lab export logs [dir]`: prints the folder and nothing else on stdout, as kind does. */
export async function run(context: CommandContext, flags: Flags): Promise<undefined> {
  const ports = labPorts(context);
  const lab = await labName(context);
  const stamp = new Date(context.clock.now()).toISOString().replaceAll(/[:.]/g, '-');
  const dir = resolve(context.cwd, flags.text('dir') ?? `metrics-lab-logs-${lab}-${stamp}`);
  const files = await exportLogs(ports, lab, dir);
  await context.output.print({ kind: 'ExportedLogs', data: { lab, dir, files }, text: () => dir });
}
