import type { HpaCondition, HpaV2, MetricStatus, MetricValueStatus } from '../hpa/index.ts';
import type { Difference } from './explanation.ts';
import { type HpaView, metricName, scaleOf, windowSeconds } from './hpa-view.ts';
import type { Case, Sync } from './recompute.ts';

/** Where the twin and the status disagree, and what could account for it. Nothing when there was no sync to compare with. */
export function differencesOf(found: Case): readonly Difference[] {
  const { sync, lastSync } = found;
  const { hpa } = found.view;
  if ('impossible' in sync || lastSync === null) return [];
  const metrics = metricDifferences(hpa, sync);
  const { record } = sync.output;
  const desired: Difference[] = [];
  if (record !== null && record.desired !== lastSync.desired) {
    desired.push({
      field: 'desiredReplicas',
      computed: String(record.desired),
      status: String(lastSync.desired),
      causes: causes(found, sync, metrics),
    });
  }
  return [...desired, ...metrics, ...conditionDifferences(hpa, sync, metrics)];
}

const conditionOf = (hpa: Pick<HpaV2, 'status'>, type: string): HpaCondition | undefined =>
  hpa.status.conditions?.find((condition) => condition.type === type);

function causes(found: Case, { output }: Sync, metrics: readonly Difference[]): readonly string[] {
  const { view, lastSync } = found;
  const { hpa } = view;
  const scale = scaleOf(view);
  const list = metrics.map(
    ({ field, computed, status }) => `${field} was ${status} in the last sync and is ${computed} now`,
  );
  const able = conditionOf(hpa, 'AbleToScale');
  if (able?.reason === 'ScaleDownStabilized' || able?.reason === 'ScaleUpStabilized')
    list.push(`an earlier recommendation holds the count, as condition AbleToScale says: ${able.reason}`);
  const limited = conditionOf(hpa, 'ScalingLimited');
  if (limited?.reason === 'ScaleUpLimit' || limited?.reason === 'ScaleDownLimit')
    list.push(`a policy counts what was scaled before, as condition ScalingLimited says: ${limited.reason}`);
  const active = conditionOf(hpa, 'ScalingActive');
  if (active !== undefined && active.status !== 'True')
    list.push(`the last sync ended early: ${active.reason ?? ''}: ${active.message ?? ''}`);
  if (scale !== null && lastSync !== null && scale.spec !== lastSync.desired)
    list.push(`somebody else set spec.replicas to ${scale.spec} since`);
  list.push(...hidden(hpa, output.record?.desired ?? null), ...changedAfter(view));
  const limit = output.record?.limit;
  if (list.length === 0 && limit !== null && limit?.rule !== 'range')
    list.push('the controller remembers recommendations and scale events that are not visible from outside');
  if (list.length === 0)
    list.push('the HPA was changed since the last sync, or the controller has flags or gates of its own');
  return list;
}

/** A sync that scaled says so in AbleToScale, in the place of an earlier recommendation that it followed (reconcileAutoscaler). */
function hidden(hpa: HpaV2, computed: number | null): readonly string[] {
  const able = conditionOf(hpa, 'AbleToScale')?.reason ?? '';
  if (computed === null || !/^(SucceededRescale|FailedUpdateScale)$/.test(able)) return [];
  const direction = computed < hpa.status.desiredReplicas ? 'down' : 'up';
  const seconds = windowSeconds(hpa, direction);
  if (seconds === 0) return [];
  return [
    `an earlier recommendation may hold the count for the window of ${seconds} s: not visible from outside, since condition AbleToScale tells of the rescale instead`,
  ];
}

/** managedFields have whole seconds, and that of the status only moves when the status changes. */
function changedAfter({ object }: HpaView): readonly string[] {
  const fields = object.metadata.managedFields;
  const status = fields.find(({ subresource }) => subresource === 'status')?.time;
  const later = fields.find(({ subresource, time }) => subresource === undefined && (time ?? '') >= (status ?? '~'));
  if (later === undefined) return [];
  return [`the HPA was changed after its status: by ${later.manager ?? 'somebody'} at ${later.time ?? ''}`];
}

/** Live values against those of the last sync, slot by slot. */
function metricDifferences(hpa: HpaV2, { output }: Sync): Difference[] {
  const now = output.status.currentMetrics ?? [];
  const then = hpa.status.currentMetrics ?? [];
  return (hpa.spec.metrics ?? []).flatMap((spec, index): Difference[] => {
    const [computed, status] = [textOf(now[index]), textOf(then[index])];
    if (computed === status) return [];
    return [
      { field: `metric ${metricName(spec)}`, computed, status, causes: ['the metric moved since the last sync'] },
    ];
  });
}

function textOf(slot: MetricStatus | undefined): string {
  const source = slot?.external ?? slot?.object ?? slot?.pods ?? slot?.resource ?? slot?.containerResource;
  const current: MetricValueStatus = source?.current ?? {};
  if (current.averageUtilization !== undefined) return `${current.averageUtilization}%`;
  return current.averageValue ?? current.value ?? 'no value';
}

/** Conditions that tell of the decision itself. AbleToScale tells of what the controller remembers too, so it cannot be compared. */
function conditionDifferences(hpa: HpaV2, { output }: Sync, metrics: readonly Difference[]): Difference[] {
  return ['ScalingActive', 'ScalingLimited'].flatMap((type): Difference[] => {
    const [computed, status] = [conditionOf(output, type), conditionOf(hpa, type)];
    if (computed?.reason === status?.reason && computed?.status === status?.status) return [];
    const causes = [
      metrics.length > 0
        ? 'the metric moved since the last sync'
        : 'what the controller remembers is not visible from outside',
    ];
    return [{ field: `condition ${type}`, computed: wording(computed), status: wording(status), causes }];
  });
}

function wording(condition: HpaCondition | undefined): string {
  return condition === undefined ? 'not there' : `${condition.status} ${condition.reason ?? ''}`.trim();
}
