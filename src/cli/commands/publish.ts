import { text as readAll } from 'node:stream/consumers';
import { publish } from '../../lab/publish.ts';
import type { CommandContext } from '../context.ts';
import type { Flags } from '../flags.ts';
import { labName } from '../lab/lab-name.ts';
import { labPorts } from '../container/lab-ports.ts';
import { ledgerText } from '../lab/status-text.ts';

/** `metrics-lab publish <count>`: into the queue itself, in batches, with progress. */
export async function run(context: CommandContext, flags: Flags): Promise<undefined> {
  const rate = flags.number('rate');
  const payload = await payloadOf(context, flags);
  const lab = await labName(context);
  const result = await publish(labPorts(context), {
    lab,
    count: flags.number('count') ?? 0,
    ...(rate === undefined ? {} : { ratePerSecond: rate }),
    ...(payload === undefined ? {} : { payload }),
  });
  const { published, seconds, queue, ledger } = result;
  await context.output.print({
    kind: 'Published',
    data: { ...result },
    text: () =>
      [
        `published ${published} item${published === 1 ? '' : 's'} into ${queue} in ${seconds.toFixed(1)} s`,
        ledgerText(ledger),
        `next  metrics-lab watch hpa${lab === 'lab' ? '' : ` --lab ${lab}`}`,
      ].join('\n'),
  });
}

async function payloadOf({ streams }: CommandContext, flags: Flags): Promise<string | undefined> {
  const payload = flags.text('payload');
  return payload === '-' ? readAll(streams.stdin) : payload;
}
