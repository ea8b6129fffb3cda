import { listLabs } from '../../lab/lab-store.ts';
import { type TeardownResult, teardown } from '../../lab/teardown.ts';
import type { CommandContext } from '../context.ts';
import type { Flags } from '../flags.ts';
import { labName } from '../lab/lab-name.ts';
import { labPorts } from '../container/lab-ports.ts';
import { ledgerText } from '../lab/status-text.ts';

/** `metrics-lab teardown`: removes what the lab owns, nothing else; nothing there is 0 as well, and says so (kind#3322). */
export async function run(context: CommandContext, flags: Flags): Promise<undefined> {
  const ports = labPorts(context);
  const labs = flags.has('all') ? listLabs(ports.files, ports.labsDir) : [await labName(context)];
  if (flags.has('dry-run')) {
    const items = labs.filter((lab) => listLabs(ports.files, ports.labsDir).includes(lab)).map((lab) => ({ lab }));
    await context.output.print({
      kind: 'TeardownPlan',
      data: { items },
      items,
      text: () =>
        items.length === 0 ? 'nothing to remove' : items.map(({ lab }) => `would remove lab ${lab}`).join('\n'),
    });
    return;
  }
  const results: TeardownResult[] = [];
  for (const lab of labs) results.push(await teardown(ports, lab, { force: flags.has('force') }));
  await context.output.print({
    kind: 'Teardown',
    data: { items: results },
    items: results.map((result) => ({ ...result })),
    text: () => (results.length === 0 ? 'nothing to remove: there is no lab' : results.map(resultText).join('\n')),
  });
}

function resultText({ lab, existed, removed, ledger, logs, others }: TeardownResult): string {
  if (!existed) {
    const rest = others.length === 0 ? 'there are no labs' : `labs: ${others.join(', ')}`;
    return `nothing to remove: no lab named ${lab} (${rest})`;
  }
  return [
    `lab ${lab} is removed${removed.length === 0 ? '' : ` (${removed.join(', ')})`}`,
    ...(ledger === undefined ? [] : [ledgerText(ledger)]),
    ...(logs === undefined ? [] : [`logs  ${logs}`]),
  ].join('\n');
}
