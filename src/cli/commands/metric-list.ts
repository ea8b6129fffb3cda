import type { ActiveFault, MetricReport } from '../../contracts/metrics-admin.ts';
import { openMetricsAdmin } from '../../lab/metrics-admin.ts';
import { labPorts } from '../container/lab-ports.ts';
import type { CommandContext } from '../context.ts';
import { labName } from '../lab/lab-name.ts';
import { faultText } from '../metric/fault-text.ts';
import { valuesText } from '../metric/report-text.ts';
import type { Page } from '../output/output.ts';
import { columns } from '../text/columns.ts';
import { paint } from '../text/paint.ts';

/** `metrics-lab metric list`. */
export async function run(context: CommandContext): Promise<undefined> {
  using admin = openMetricsAdmin(labPorts(context), await labName(context));
  const { metrics, faults } = await admin.report();
  await context.output.print({
    kind: 'MetricList',
    data: { metrics, faults },
    items: metrics.map((metric) => ({ ...metric })),
    names: metrics.map(({ metric }) => metric),
    text: (page) => (metrics.length === 0 ? 'no metric' : table(metrics, faults, page)),
  });
}

function table(metrics: readonly MetricReport[], faults: readonly ActiveFault[], page: Page): string {
  const rows = metrics.map((one) => {
    const fault = faults.find(({ metric }) => metric === one.metric);
    const state = one.error === null ? '' : paint('red', one.error);
    return [
      one.metric,
      one.api,
      one.scope,
      one.source ?? 'written',
      valuesText(one.values, one.series ?? 0),
      one.ageSeconds === null ? '-' : `${one.ageSeconds.toFixed(1)} s`,
      ...(page.wide ? [String(one.series ?? '-')] : []),
      [...(fault === undefined ? [] : [paint('yellow', `fault: ${faultText(fault.fault)}`)]), state].join(' ').trim(),
    ];
  });
  const header = ['METRIC', 'API', 'WHERE', 'SOURCE', 'VALUE', 'AGE', ...(page.wide ? ['SERIES'] : []), 'TROUBLE'];
  return columns(header, rows);
}
