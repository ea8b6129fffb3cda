import type { MetricReport } from '../../contracts/metrics-admin.ts';
import type { ObjectConfig } from '../config.ts';
import type { MemoryMetrics } from '../memory/memory-metrics.ts';
import type { PolledRules } from '../polling/polls.ts';
import type { MetricRule } from '../polling/rule-metrics.ts';
import { reportValues } from './report-values.ts';

/** Every metric that can be read now: the polled ones, then what was written. */
export function metricReports(rules: PolledRules, memory: MemoryMetrics, now: number): readonly MetricReport[] {
  return [
    ...rules.external.map((rule) => polled('external', rule, rule.namespaces?.join(', ') ?? '*', now)),
    ...rules.custom.map((rule) => polled('custom', rule, objectText(rule.object), now)),
    ...memory.report(now),
  ];
}

function polled(api: MetricReport['api'], rule: MetricRule, scope: string, now: number): MetricReport {
  const { samples, error } = rule.poll.state;
  const times = (samples ?? []).map(({ timestampMs }) => timestampMs);
  return {
    api,
    metric: rule.name,
    scope,
    source: rule.poll.name,
    series: samples?.length ?? null,
    values: reportValues((samples ?? []).map((one) => ({ ...one, labels: { ...one.labels, ...rule.labels } }))),
    ageSeconds: times.length === 0 ? null : (now - times.reduce((a, b) => Math.max(a, b))) / 1000,
    error: error?.message ?? null,
  };
}

function objectText({ resource, namespace, namespaceLabel, name, nameLabel }: ObjectConfig): string {
  const where = namespace ?? (namespaceLabel === undefined ? undefined : `<${namespaceLabel}>`);
  return `${resource}/${name ?? `<${nameLabel}>`}${where === undefined ? '' : ` in ${where}`}`;
}
