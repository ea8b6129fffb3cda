import type { MetricFault } from '../../contracts/metrics-admin.ts';
import { LabError } from '../../errors/lab-error.ts';
import { openMetricsAdmin } from '../../lab/metrics-admin.ts';
import { labPorts } from '../container/lab-ports.ts';
import type { CommandContext } from '../context.ts';
import type { Flags } from '../flags.ts';
import { labName } from '../lab/lab-name.ts';
import { faultText } from '../metric/fault-text.ts';
import { metricTarget } from '../metric/target.ts';
import { nearest } from '../nearest.ts';

/** `metrics-lab metric fault <name>`. */
export async function run(context: CommandContext, flags: Flags): Promise<undefined> {
  const { metric } = metricTarget(flags.text('name') ?? '');
  const fault = wantedFault(flags);
  const lab = await labName(context);
  using admin = openMetricsAdmin(labPorts(context), lab);
  if (fault === undefined) {
    const cleared = await admin.clearFault(metric);
    await context.output.print({
      kind: 'MetricFault',
      data: { metric, fault: null, cleared },
      text: () => (cleared ? `${metric} is well again` : `${metric} had no fault`),
    });
    return;
  }
  const names = [...new Set((await admin.report()).metrics.map((one) => one.metric))];
  if (!names.includes(metric))
    throw new LabError('ML-METRIC-NOT-FOUND', { lab, metric, nearest: nearest(metric, names).join(', ') || 'none' });
  await admin.setFault(metric, fault);
  await context.output.print({
    kind: 'MetricFault',
    data: { metric, fault },
    text: () => `${metric}: ${faultText(fault)}; end it with \`metrics-lab metric fault ${metric} --off\``,
  });
}

/** Undefined: --off. Raises ML-USAGE-ARGUMENT for flags that say nothing or contradict each other. */
function wantedFault(flags: Flags): MetricFault | undefined {
  const seconds = (flag: string, key: string) => {
    const ms = flags.number(flag);
    return ms === undefined ? {} : { [key]: ms / 1000 };
  };
  const status = flags.number('status');
  const text = flags.text('text');
  const fault: MetricFault = {
    ...seconds('delay', 'delaySeconds'),
    ...(status === undefined ? {} : { status }),
    ...(flags.has('empty') ? { empty: true } : {}),
    ...seconds('stale', 'staleSeconds'),
    ...(text === undefined ? {} : { text }),
    ...seconds('flap', 'flapSeconds'),
    ...seconds('for', 'forSeconds'),
  };
  const problem = problemOf(flags, fault);
  if (problem === undefined) return flags.has('off') ? undefined : fault;
  const usage =
    'metrics-lab metric fault <name> --delay 20s|--status 503|--empty|--stale 10m|--text NaN|--flap 30s|--off';
  throw new LabError('ML-USAGE-ARGUMENT', { problem, usage, help: 'metric fault --help' });
}

function problemOf(flags: Flags, { forSeconds: _, ...fault }: MetricFault): string | undefined {
  const said = Object.keys(fault).length;
  if (flags.has('off')) return said === 0 ? undefined : '--off goes with no other flag';
  const answers = ['status', 'empty', 'stale', 'text'].filter((flag) => flags.has(flag)).map((flag) => `--${flag}`);
  if (answers.length > 1) return `${answers.join(' and ')} exclude each other`;
  return said === 0 ? 'No fault was named' : undefined;
}
