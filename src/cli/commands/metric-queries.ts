import type { QueryReport } from '../../contracts/metrics-admin.ts';
import { openMetricsAdmin } from '../../lab/metrics-admin.ts';
import { labStatus } from '../../lab/status.ts';
import { labPorts } from '../container/lab-ports.ts';
import type { CommandContext } from '../context.ts';
import type { Flags } from '../flags.ts';
import { labName } from '../lab/lab-name.ts';
import { metricTarget } from '../metric/target.ts';
import { queryLines } from '../metric/query-line.ts';

const FOLLOW_MS = 1_000;
const DEFAULT_TAIL = 20;

/** `metrics-lab metric queries [name]`: the last questions, each from the source's value to what the HPA made of it. */
export async function run(context: CommandContext, flags: Flags): Promise<undefined> {
  const name = flags.text('name');
  const metric = name === undefined ? undefined : metricTarget(name).metric;
  const ports = labPorts(context);
  const lab = await labName(context);
  using admin = openMetricsAdmin(ports, lab);
  const found = await admin.queries(0, metric);
  const queries = found.slice(-(flags.number('tail') ?? DEFAULT_TAIL));
  const { hpas } = await labStatus(ports, lab);
  const { output } = context;
  await output.print({
    kind: 'MetricQueries',
    data: { queries },
    items: queries.map((query) => ({ ...query })),
    text: () => (queries.length === 0 ? 'nobody has asked yet' : queryLines(queries, hpas)),
  });
  let last = found.at(-1)?.number ?? 0;
  while (flags.has('follow') && !context.signal.aborted) {
    await context.clock.sleep(FOLLOW_MS, context.signal);
    const more: readonly QueryReport[] = await admin.queries(last, metric);
    if (more.length === 0) continue;
    last = more.at(-1)?.number ?? last;
    const now = (await labStatus(ports, lab)).hpas;
    if (output.format === 'text' || output.format === 'wide') await output.lines(queryLines(more, now));
    else for (const query of more) await output.record({ ...query });
  }
}
