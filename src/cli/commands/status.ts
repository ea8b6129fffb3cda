import type { ExitName } from '../../errors/exit-codes.ts';
import { type LabStatus, labStatus } from '../../lab/status.ts';
import type { CommandContext } from '../context.ts';
import type { Flags } from '../flags.ts';
import { labPorts } from '../container/lab-ports.ts';
import { statusText } from '../lab/status-text.ts';
import { labName } from '../lab/lab-name.ts';

const WATCH_EVERY_MS = 1_000;

/** `metrics-lab status`: 0 whenever the status could be told; with --exit-code 7 when the lab is not healthy. */
export async function run(context: CommandContext, flags: Flags): Promise<ExitName | undefined> {
  const ports = labPorts(context);
  const lab = await labName(context);
  let status = await labStatus(ports, lab);
  await show(context, status);
  for (let shown = fingerprint(status); flags.has('watch') && !context.signal.aborted; ) {
    await context.clock.sleep(WATCH_EVERY_MS, context.signal);
    status = await labStatus(ports, lab);
    if (fingerprint(status) !== shown) await show(context, status);
    shown = fingerprint(status);
  }
  return flags.has('exit-code') && !status.ready ? 'cluster' : undefined;
}

async function show({ output }: CommandContext, status: LabStatus): Promise<void> {
  await output.print({
    kind: 'LabStatus',
    data: { ...status },
    items: [{ ...status }],
    names: [status.lab],
    text: (page) => statusText(status, page),
  });
}

function fingerprint(status: LabStatus): string {
  return JSON.stringify(status);
}
