import { openMetricsAdmin } from '../../lab/metrics-admin.ts';
import { setMetric } from '../../lab/set-metric.ts';
import { LabError } from '../../errors/lab-error.ts';
import { labPorts } from '../container/lab-ports.ts';
import type { CommandContext } from '../context.ts';
import type { Flags } from '../flags.ts';
import { metricTarget, targetPath } from '../metric/target.ts';
import { formatDuration } from '../values/duration.ts';

/** `metrics-lab metric set <name> <value>`. */
export async function run(context: CommandContext, flags: Flags): Promise<undefined> {
  const name = flags.text('name') ?? '';
  const value = flags.text('value') ?? '';
  const labels = flags.text('labels');
  const forMs = flags.number('for');
  const target = metricTarget(name);
  const { draft } = await context.settings();
  const ports = labPorts(context);
  using admin = openMetricsAdmin(ports, draft.lab);
  const inNamespace = `namespaces/${draft.namespace}/${targetPath(target)}`;
  const result = await setMetric(ports, admin, {
    lab: draft.lab,
    name,
    metric: target.metric,
    path: target.kind === 'external' ? `external/${targetPath(target)}` : inNamespace,
    value,
    ...(labels === undefined ? {} : { labels }),
    ...(forMs === undefined ? {} : { forSeconds: forMs / 1000 }),
  });
  if (result === 'written' && forMs !== undefined) {
    throw new LabError('ML-USAGE-ARGUMENT', {
      problem: `--for means nothing here: ${name} was written, and stays so until it is written again`,
      usage: 'metrics-lab metric set <name> <value> [flags]',
      help: 'metric set --help',
    });
  }
  const until =
    forMs === undefined ? `until \`metrics-lab metric fault ${target.metric} --off\`` : `for ${formatDuration(forMs)}`;
  await context.output.print({
    kind: 'MetricSet',
    data: { metric: name, value, result },
    text: () =>
      result === 'written'
        ? `${name} is ${value}`
        : `${name} answers ${value} in the place of what its source says, ${until}`,
  });
}
