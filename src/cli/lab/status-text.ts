import type { Ledger } from '../../contracts/queue.ts';
import type { HpaSummary, MetricSummary } from '../../kube/hpa.ts';
import type { LabStatus } from '../../lab/status.ts';
import { faultText } from '../metric/fault-text.ts';
import type { Page } from '../output/output.ts';
import { columns } from '../text/columns.ts';
import { paint } from '../text/paint.ts';

/** The text of `status`: verdict first, then what is abnormal, then the parts, then one next command. */
export function statusText(status: LabStatus, page: Page): string {
  const version = status.kubernetesVersion === null ? '' : `, Kubernetes ${status.kubernetesVersion}`;
  const verdict = status.ready ? paint('green', 'ready') : paint('red', 'not ready');
  const parts = [
    `Lab ${status.lab} (${status.backend}${version}): ${verdict}`,
    ...(status.problems.length === 0
      ? []
      : [status.problems.map((problem) => `  ${paint('red', '✗')} ${problem}`).join('\n')]),
    ...(status.kubeconfig === null
      ? []
      : [`  export KUBECONFIG=${status.kubeconfig}\n  namespace ${status.namespace}`]),
    '',
    hpaTable(status.hpas),
    '',
    ...(status.queue === null ? [] : [queueLine(status.queue, status.ledger), '']),
    ...nodeTable(status),
    componentTable(status, page),
    ...faultLines(status),
    '',
    `next  ${status.next}`,
  ];
  return parts.join('\n');
}

function faultLines({ metricsServer: { faults } }: LabStatus): string[] {
  const lines = (faults ?? []).map(({ metric, fault }) =>
    paint('yellow', `FAULT ON DEMAND  ${metric}: ${faultText(fault)}`),
  );
  return lines.length === 0 ? [] : ['', ...lines];
}

function queueLine({ name, kind }: NonNullable<LabStatus['queue']>, ledger: Ledger | null): string {
  return `QUEUE ${name} (${kind})  ${ledger === null ? 'not known' : ledgerText(ledger)}`;
}

/** published = processed + waiting + in flight + dead, in one line. */
export function ledgerText(ledger: Ledger): string {
  const { published, processed, waiting, inFlight, dead, duplicates, lost } = ledger;
  const abnormal = [
    ...(duplicates > 0 ? [paint('yellow', `${duplicates} done more than once`)] : []),
    ...(lost > 0 ? [paint('red', `${lost} LOST`)] : []),
  ];
  const sum = `published ${published} = processed ${processed} + waiting ${waiting} + in flight ${inFlight} + dead ${dead}`;
  return [sum, ...abnormal].join('; ');
}

function hpaTable(hpas: readonly HpaSummary[]): string {
  if (hpas.length === 0) return 'no HorizontalPodAutoscaler';
  const rows = hpas.map((hpa) => [
    hpa.name,
    hpa.metrics.map(metricText).join(', '),
    String(hpa.current),
    String(hpa.desired),
    String(hpa.min),
    String(hpa.max),
  ]);
  return columns(['HPA', 'METRIC', 'CURRENT', 'DESIRED', 'MIN', 'MAX'], rows);
}

/** `queue_length 1500m/2 avg`; an unknown value with its reason, never as a number. */
export function metricText(metric: MetricSummary): string {
  const average = metric.targetType === 'AverageValue' ? ' avg' : '';
  const current =
    metric.current ?? (metric.artefact === undefined ? `<unknown: ${metric.reason ?? ''}>` : `<${metric.artefact}>`);
  return `${metric.name} ${current}/${metric.target}${average}`;
}

/** One node of its own says nothing that the rest does not say. */
function nodeTable({ nodes }: LabStatus): string[] {
  if (nodes === null || nodes.length < 2) return [];
  const rows = nodes.map(({ name, ready, pods }) => [
    name,
    ready ? paint('green', 'Ready') : paint('red', 'NotReady'),
    String(pods),
  ]);
  return [columns(['NODE', 'STATE', 'PODS'], rows), ''];
}

function componentTable({ components }: LabStatus, page: Page): string {
  if (components.length === 0) return 'no component has been started';
  const rows = components.map(({ name, pid, healthy, restarts, url, log }) => [
    name,
    pid === null ? '-' : String(pid),
    healthy ? paint('green', 'healthy') : paint('red', 'not healthy'),
    String(restarts),
    url ?? '-',
    ...(page.wide ? [log ?? '-'] : []),
  ]);
  return columns(['COMPONENT', 'PID', 'STATE', 'RESTARTS', 'URL', ...(page.wide ? ['LOG'] : [])], rows);
}
