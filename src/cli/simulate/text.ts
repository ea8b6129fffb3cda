import type { ExpectationResult } from '../../simulate/expect/evaluate.ts';
import type { SimulationSummary } from '../../simulate/summary.ts';
import type { Page } from '../output/output.ts';
import { columns } from '../text/columns.ts';
import { paint } from '../text/paint.ts';
import { about, clock, plain } from './numbers.ts';
import { plot } from './plot.ts';
import type { HpaRun } from './run-hpa.ts';

const DEFAULT_WIDTH = 100;

/** The decisions, the plot, the numbers and the verdicts of one run. */
export function runText(
  { timeline, summary, expectations }: Pick<HpaRun, 'timeline' | 'summary' | 'expectations'>,
  page: Page,
  all: boolean,
): string {
  const shown = all ? timeline : timeline.filter(({ current, desired }) => current !== desired);
  const rows = shown.map(({ time, metric, ready, current, desired, reason }) => [
    clock(time),
    metric === null ? 'unknown' : plain(metric),
    String(ready),
    desired === current ? String(current) : `${current} → ${desired}`,
    reason,
  ]);
  const table =
    rows.length === 0
      ? 'No decision changed the replica count.'
      : columns(['TIME', 'METRIC', 'READY', 'REPLICAS', 'WHY'], rows);
  const numbers = summaryRows(summary).map(([name, text]) => `${name.padEnd(16)}${text}`);
  return [
    table,
    '',
    plot(timeline, summary.seconds, page.columns ?? DEFAULT_WIDTH),
    '',
    ...numbers,
    ...verdicts(expectations),
  ].join('\n');
}

/** One run, or each of several under the name of its HPA. */
export function severalText(runs: readonly HpaRun[], page: Page, all: boolean): string {
  const texts = runs.map((run) => runText(run, page, all));
  if (runs.length === 1) return texts.join('');
  return texts.map((text, at) => `${paint('bold', hpaName(runs[at]))}\n${text}`).join('\n\n');
}

function hpaName(run: HpaRun | undefined): string {
  return `HPA ${run?.file.hpa.metadata.name ?? ''} (${run?.file.file ?? ''})`;
}

/** Runs side by side. */
export function comparisonText(runs: readonly HpaRun[], page: Page): string {
  const tables = runs.map(({ summary }) => summaryRows(summary));
  const rows = (tables[0] ?? []).map(([name], at) => [name, ...tables.map((table) => table[at]?.[1] ?? '')]);
  const width = page.columns ?? DEFAULT_WIDTH;
  return [
    ...runs.flatMap(({ file, timeline, summary }) => [
      paint('bold', file.file),
      plot(timeline, summary.seconds, width),
      '',
    ]),
    columns(['', ...runs.map(({ file }) => file.file)], rows),
    ...runs.flatMap(({ file, expectations }) =>
      expectations.length === 0 ? [] : ['', paint('bold', file.file), ...verdicts(expectations).slice(1)],
    ),
  ].join('\n');
}

function summaryRows(summary: SimulationSummary): readonly (readonly [name: string, text: string])[] {
  const { wait, ledger, desired, ready, utilization, firstReactionSeconds } = summary;
  const queue: readonly (readonly [string, string])[] =
    wait === null || ledger === null
      ? []
      : [
          ['wait', `p50 ${about(wait.p50)}, p95 ${about(wait.p95)}, p99 ${about(wait.p99)}, max ${about(wait.max)}`],
          [
            'items',
            `${ledger.published} published = ${ledger.processed} processed + ${ledger.waiting} waiting + ${ledger.inFlight} in flight; ${ledger.lost} lost, ${ledger.redelivered} redelivered`,
          ],
        ];
  return [
    ...queue,
    ['replicas', `${desired.min} to ${desired.max}, at the end ${desired.last} (ready ${ready.last})`],
    [
      'replica-seconds',
      `${plain(summary.replicaSeconds)}${utilization === null ? '' : `, ${Math.round(utilization * 100)} % busy`}`,
    ],
    ['scaled', `${summary.scaleUps} up, ${summary.scaleDowns} down, ${summary.flaps} flaps`],
    ['first reaction', firstReactionSeconds === null ? 'none' : `after ${about(firstReactionSeconds)}`],
    ['at max', about(summary.secondsAtMax)],
    ...(summary.metricErrors === 0
      ? []
      : [['metric errors', `${summary.metricErrors} of ${summary.syncs} syncs`] as const]),
  ];
}

function verdicts(expectations: readonly ExpectationResult[]): readonly string[] {
  if (expectations.length === 0) return [];
  const line = ({ passed, expectation, detail }: ExpectationResult) =>
    `${passed ? paint('green', '✓') : paint('red', '✗')} ${expectation}: ${detail}`;
  return ['', ...expectations.map(line)];
}
