import type { MetricSummary } from '../../../kube/hpa.ts';
import { plainSelectors } from '../decision.ts';
import type { HpaView, LiveMetric } from '../model.ts';
import { plainQuantity, quantityNumber, shortNumber } from '../quantity-number.ts';
import { ratioBar } from './drawings.ts';
import { justified, type Row, row, type Tone } from './row.ts';

const BAR_MIN = 10;
const BAR_MAX = 40;

/** Two rows per metric: name, total now and current / target; then the ratio bar with its verdict, or why there is no value. */
export function metricRows(view: HpaView, index: number, width: number): readonly Row[] {
  const metric = view.summary.metrics[index];
  if (metric === undefined) return [];
  const live = view.live[index];
  const head = row({ text: metric.name, tone: 'strong' }, { text: ` ${metric.type}`, tone: 'dim' });
  const values = row(...nowText(live), {
    text: currentText(metric),
    tone: metric.current === null ? 'warn' : 'strong',
  });
  return [justified(head, values, width), barRow(view, metric, live, width)];
}

function nowText(live: LiveMetric | undefined): Row {
  return live !== undefined && 'value' in live
    ? [{ text: `now ${plainQuantity(live.value)}`, tone: 'plain' }, { text: '  ' }]
    : [];
}

/** `30 / 2 avg`; what is no value is not shown as one. */
function currentText({ current, artefact, target, targetType }: MetricSummary): string {
  const missing = artefact === undefined ? '<unknown>' : '<undefined>';
  return `${current === null ? missing : plainQuantity(current)} / ${plainQuantity(target)}${targetType === 'AverageValue' ? ' avg' : ''}`;
}

function barRow(view: HpaView, metric: MetricSummary, live: LiveMetric | undefined, width: number): Row {
  if (metric.artefact !== undefined) return row({ text: `  ${metric.raw}  ${metric.artefact}`, tone: 'warn' });
  if (metric.current === null) return row({ text: `  <unknown>: ${plainSelectors(metric.reason ?? '')}`, tone: 'bad' });
  const ratio = ratioOf(metric);
  const { text, tone } = verdict(ratio, view.tolerance);
  const size = Math.max(Math.min(width - 30, BAR_MAX), BAR_MIN);
  const failed = live !== undefined && 'failure' in live ? `  now unknown: ${plainSelectors(live.failure)}` : '';
  return row(`  ${ratioBar(ratio, view.tolerance, size)} `, { text, tone }, { text: failed, tone: 'bad' });
}

/** Current by target as the status shows them; undefined when one is no number. */
export function ratioOf({ current, target }: MetricSummary): number | undefined {
  const value = current === null ? undefined : quantityNumber(current);
  const wanted = quantityNumber(target);
  return value === undefined || wanted === undefined || wanted === 0 ? undefined : value / wanted;
}

function verdict(ratio: number | undefined, tolerance: HpaView['tolerance']): { text: string; tone: Tone } {
  if (ratio === undefined) return { text: '', tone: 'plain' };
  const times = `×${shortNumber(ratio)}`;
  if (ratio > 1 + tolerance.up) return { text: `${times} above target`, tone: 'warn' };
  if (ratio < 1 - tolerance.down) return { text: `${times} below target`, tone: 'plain' };
  return { text: `${times} within tolerance`, tone: 'good' };
}
