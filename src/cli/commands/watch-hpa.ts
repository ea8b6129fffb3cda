import { requireRecord } from '../../lab/lab-store.ts';
import { backlogOf } from '../../lab/ledger.ts';
import { publish } from '../../lab/publish.ts';
import { LabError } from '../../errors/lab-error.ts';
import type { CommandContext } from '../context.ts';
import type { Flags } from '../flags.ts';
import { labName } from '../lab/lab-name.ts';
import { labPorts } from '../container/lab-ports.ts';
import type { WatchRenderer } from '../watch/renderer.ts';
import { watchSession } from '../watch/session.ts';
import { parseUntil } from '../watch/until.ts';

/** What key p publishes. */
const KEY_COUNT = 10;

/** `metrics-lab watch hpa [name]`: the live view on a terminal, else one line per change; 0 when the condition came true. */
export async function run(context: CommandContext, flags: Flags): Promise<undefined> {
  const until = flags.text('until');
  const name = flags.text('name');
  const forMs = flags.number('for') ?? context.globals.timeoutMs;
  const condition = until === undefined ? undefined : parseUntil(until);
  const ports = labPorts(context);
  const lab = await labName(context);
  const record = requireRecord(ports.files, ports.labsDir, lab);
  if (record.cluster === undefined)
    throw new LabError('ML-LAB-NOT-READY', { lab, seconds: 0, reason: 'it has no cluster yet' });
  const client = ports.client(record.cluster.kubeconfig);
  const once = flags.has('once');
  try {
    const end = await watchSession({
      client,
      namespace: record.spec.namespace,
      clock: context.clock,
      signal: context.signal,
      once,
      renderer: () => rendererFor(context, lab, once),
      ...(name === undefined ? {} : { name }),
      ...(condition === undefined ? {} : { until: condition }),
      ...(forMs === undefined ? {} : { forMs }),
    });
    // Ctrl-C as a key (raw mode sends no signal) ends as the signal would.
    if (end === 'interrupted') throw context.signal.reason ?? new LabError('ML-INTERRUPTED');
  } finally {
    client.close();
  }
}

async function rendererFor(context: CommandContext, lab: string, once: boolean): Promise<WatchRenderer> {
  const { streams, output, globals, color } = context;
  const live = streams.stdout.isTTY === true && streams.stdin.isTTY === true && output.format === 'text' && !once;
  if (!live) {
    const { pipeRenderer } = await import('../watch/pipe-renderer.ts');
    const format = output.format === 'text' ? 'text' : 'json';
    return pipeRenderer({ ...streams, format, utc: false, quiet: globals.quiet });
  }
  const { inkRenderer } = await import('../watch/view/ink-renderer.tsx');
  const flag = lab === 'lab' ? '' : ` --lab ${lab}`;
  const ports = labPorts(context);
  const record = requireRecord(ports.files, ports.labsDir, lab);
  return inkRenderer({
    streams,
    color,
    labels: {
      lab,
      backend: record.spec.backend,
      context: record.cluster?.context ?? '',
      own: true,
      namespace: record.spec.namespace,
      utc: false,
    },
    publish: async () => {
      const { ledger } = await publish(ports, { lab, count: KEY_COUNT });
      return `published ${KEY_COUNT}; ${backlogOf(ledger)} in the queue`;
    },
    explainCommand: (name) => `metrics-lab explain hpa ${name}${flag}`,
  });
}
