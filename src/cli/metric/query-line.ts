import type { QueryReport } from '../../contracts/metrics-admin.ts';
import type { HpaSummary, MetricSummary } from '../../kube/hpa.ts';
import { metricText } from '../lab/status-text.ts';
import { paint } from '../text/paint.ts';
import { valuesText } from './report-text.ts';

const ACCOUNT = /^system:serviceaccount:[^:]+:/;

/** The lines of questions, oldest first. What the HPA is now stands behind the newest question for its metric only. */
export function queryLines(queries: readonly QueryReport[], hpas: readonly HpaSummary[]): string {
  const newest = new Map(queries.map(({ metric, number }) => [metric, number]));
  return queries.map((query) => queryLine(query, newest.get(query.metric) === query.number ? hpas : [])).join('\n');
}

/**
 * One question in one line: `12:03:01 horizontal-pod-autoscaler queue_length{queue=jobs}  source 12 (redis:jobs/backlog, 1.2 s old) → 200 12 →
 * hpa/consumer 1500m/2 avg, 8 replicas  0.3 ms`. The HPA is as it is now.
 */
function queryLine(query: QueryReport, hpas: readonly HpaSummary[]): string {
  const { metric, object, selector, ms } = query;
  const what = `${object === null ? '' : `${object}/`}${metric}${selector === '' ? '' : `{${selector}}`}`;
  const chain = [sourceText(query), answerText(query), hpaText(query, hpas)].filter((part) => part !== '');
  return `${query.time.slice(11, 19)} ${query.user.replace(ACCOUNT, '')} ${what}  ${chain.join(' → ')}  ${ms.toFixed(1)} ms`;
}

function sourceText({ source }: QueryReport): string {
  if (source === null) return '';
  const age = source.ageSeconds === null ? 'never read' : `${source.ageSeconds.toFixed(1)} s old`;
  const trouble = source.error === null ? '' : `, ${paint('red', source.error)}`;
  return `source ${valuesText(source.values)} (${source.name}, ${age}${trouble})`;
}

function answerText({ status, values, message, faulty }: QueryReport): string {
  const text = values === null ? (message ?? '') : valuesText(values);
  const answer = `${status} ${text}`.trim();
  return `${status === 200 ? answer : paint('red', answer)}${faulty ? paint('yellow', ' (fault on demand)') : ''}`;
}

/** Every HPA that has this metric; only of its namespace. */
function hpaText({ metric, namespace }: QueryReport, hpas: readonly HpaSummary[]): string {
  return hpas
    .filter((hpa) => hpa.namespace === namespace)
    .flatMap((hpa) =>
      hpa.metrics
        .filter(({ name }) => name === metric)
        .map((one) => `hpa/${hpa.name} ${shortText(one)}, ${hpa.current} → ${hpa.desired} replicas`),
    )
    .join(', ');
}

/** The reason of an unknown value is the answer that stands before it. */
function shortText(metric: MetricSummary): string {
  const { current, artefact, target, targetType } = metric;
  if (current !== null || artefact !== undefined) return metricText(metric).slice(metric.name.length + 1);
  return `<unknown>/${target}${targetType === 'AverageValue' ? ' avg' : ''}`;
}
