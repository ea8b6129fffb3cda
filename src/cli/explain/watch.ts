import { followDecisions, type Decided } from '../../explain/follow.ts';
import type { CommandContext } from '../context.ts';
import type { Flags } from '../flags.ts';
import { isForMachines } from '../globals.ts';
import { oneLine } from '../text/one-line.ts';
import { SIGNS } from './text.ts';
import { type ReadCluster, withCluster } from './cluster.ts';

/** `explain hpa --watch`: a sentence per decision until Ctrl-C, or for the time of --for. Raises what `gather` raises. */
export async function watchDecisions(context: CommandContext, flags: Flags): Promise<void> {
  await withCluster(context, flags, (cluster) => follow(context, flags, cluster));
}

async function follow(
  { clock, signal, output }: CommandContext,
  flags: Flags,
  { client, namespace, syncPeriodSeconds = 15 }: ReadCluster,
): Promise<void> {
  const name = flags.text('name');
  const forMs = flags.number('for');
  const options = {
    namespace: flags.has('all') ? null : namespace,
    clock,
    signal,
    everyMs: Math.min(5, syncPeriodSeconds / 3) * 1000,
    ...(name === undefined ? {} : { name }),
    ...(forMs === undefined ? {} : { forMs }),
  };
  const told = new Set<string>();
  for await (const one of followDecisions(client, options)) {
    if (isForMachines(output.format)) await output.record({ ...one });
    else await output.lines(linesOf(one, told));
  }
}

/** The decision, and findings that were not told before. */
function linesOf({ at, namespace, name, from, to, decision, findings }: Decided, told: Set<string>): string {
  const change = from === null || to === null ? '' : from === to ? ` ${to}` : ` ${from} → ${to}`;
  const fresh = findings.filter(({ id, severity }) => severity !== 'info' && !told.has(`${namespace}/${name}/${id}`));
  for (const { id } of fresh) told.add(`${namespace}/${name}/${id}`);
  return [
    `${at.slice(11, 19)}Z ${namespace}/${name}${change}: ${decision}`,
    ...fresh.map(({ severity, title, id }) => `          ${SIGNS[severity]} ${title} [${id}]`),
  ]
    .map(oneLine)
    .join('\n');
}
