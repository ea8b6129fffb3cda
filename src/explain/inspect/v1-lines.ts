import {
  decodeV1,
  type HpaV1,
  type HpaV2,
  type MetricSpec,
  type MetricStatus,
  type Rules,
  v1ToV2,
} from '../../hpa/index.ts';
import { metricName } from '../hpa-view.ts';
import type { V1Line } from './inspection.ts';

const PREFIX = 'autoscaling.alpha.kubernetes.io/';

/**
 * Line by line how autoscaling/v1 shows an HPA (pkg/apis/autoscaling/v1/conversion.go). `foreign` is the object as v1 served it.
 * Raises ML-KUBE-SHAPE when it is no HPA.
 */
export function v1Lines(hpa: HpaV2, foreign: unknown, rules: Rules): readonly V1Line[] {
  const v1 = decodeV1(foreign, rules).value;
  const back = v1ToV2(v1, rules);
  const annotation = (name: string) => v1.metadata.annotations?.[PREFIX + name];
  return [
    same('spec.scaleTargetRef', `${hpa.spec.scaleTargetRef.kind}/${hpa.spec.scaleTargetRef.name}`),
    same('spec.minReplicas', String(hpa.spec.minReplicas ?? 1)),
    same('spec.maxReplicas', String(hpa.spec.maxReplicas)),
    ...specLines(hpa, v1, back),
    ...(hpa.spec.behavior === undefined
      ? []
      : [
          hidden('spec.behavior', json(hpa.spec.behavior), 'behavior', annotation('behavior'), {
            note: 'with the field names of Go (ScaleUp, StabilizationWindowSeconds), so the v2 spelling does not match',
          }),
        ]),
    same('status.currentReplicas', String(hpa.status.currentReplicas)),
    same('status.desiredReplicas', String(hpa.status.desiredReplicas)),
    ...statusLines(hpa, v1),
    ...(hpa.status.conditions === undefined
      ? []
      : [
          hidden(
            'status.conditions',
            hpa.status.conditions.map(({ type, status }) => `${type}=${status}`).join(' '),
            'conditions',
            annotation('conditions'),
          ),
        ]),
  ];
}

function specLines(hpa: HpaV2, v1: HpaV1, back: HpaV2): readonly V1Line[] {
  const metrics = hpa.spec.metrics ?? [];
  const places = (back.spec.metrics ?? []).map(identity);
  const old = annotated(v1, 'metrics');
  const cpu = metrics.findIndex(isCpuUtilization);
  let hiddenBefore = 0;
  return metrics.map((metric, index): V1Line => {
    const field = `spec.metrics[${index}]`;
    const v2 = `${metric.type} ${metricName(metric)} ${json(target(metric))}`;
    const place = places.indexOf(identity(metric));
    const moved =
      place >= 0 && place !== index ? `order lost: written through v1 it comes back as metrics[${place}]` : null;
    if (index === cpu) {
      const v1Text = `targetCPUUtilizationPercentage: ${v1.spec.targetCPUUtilizationPercentage ?? '<none>'}`;
      return { field, v2, v1: v1Text, fate: moved === null ? 'field' : 'mangled', note: moved };
    }
    if (isCpuUtilization(metric)) {
      return {
        field,
        v2,
        v1: '',
        fate: 'lost',
        note: 'v1 has room for one cpu target, and a second one is in no annotation',
      };
    }
    const entry = old[hiddenBefore];
    hiddenBefore += 1;
    return hidden(field, v2, 'metrics', entry === undefined ? undefined : json(entry), {
      note: moved,
      mangled: zeroOverZero(metric, entry),
    });
  });
}

function statusLines(hpa: HpaV2, v1: HpaV1): readonly V1Line[] {
  const old = annotated(v1, 'current-metrics');
  return (hpa.status.currentMetrics ?? []).map((metric, index) => {
    const field = `status.currentMetrics[${index}]`;
    const v2 = metric.type === '' ? 'empty: the metric failed in the last sync' : json(current(metric));
    const entry = old[index];
    const note =
      metric.resource?.name === 'cpu'
        ? `also in status.currentCPUUtilizationPercentage: ${v1.status.currentCPUUtilizationPercentage ?? '<none>'}`
        : null;
    return hidden(field, v2, 'current-metrics', entry === undefined ? undefined : json(entry), {
      note,
      mangled: zeroValue(metric, entry),
    });
  });
}

function same(field: string, text: string): V1Line {
  return { field, v2: text, v1: text, fate: 'field', note: null };
}

function hidden(
  field: string,
  v2: string,
  name: string,
  text: string | undefined,
  { note = null, mangled = null }: { readonly note?: string | null; readonly mangled?: string | null } = {},
): V1Line {
  if (text === undefined)
    return { field, v2, v1: '', fate: 'lost', note: `the object has no entry for it in annotation ${PREFIX}${name}` };
  const v1 = `annotation ${PREFIX}${name}: ${text}`;
  const notes = [mangled, note].filter((part) => part !== null).join('; ');
  return { field, v2, v1, fate: mangled === null ? 'annotation' : 'mangled', note: notes === '' ? null : notes };
}

/** The old shape of an Object metric has a plain targetValue: with an averageValue it says 0. */
function zeroOverZero({ object }: MetricSpec, entry: unknown): string | null {
  if (object?.target.averageValue === undefined || !json(entry).includes('"targetValue":"0"')) return null;
  return `reads as 0/0: targetValue is "0", since the target ${object.target.averageValue} is an averageValue`;
}

function zeroValue({ object, external }: MetricStatus, entry: unknown): string | null {
  const average = object?.current.averageValue ?? external?.current.averageValue;
  if (average === undefined || !json(entry).includes('"currentValue":"0"')) return null;
  return `reads as 0/0: currentValue is "0", since ${average} is an averageValue`;
}

/** The entries of an annotation that is a JSON list; what is none counts as empty, as in upstream. */
function annotated(v1: HpaV1, name: string): readonly unknown[] {
  const text = v1.metadata.annotations?.[PREFIX + name];
  if (text === undefined) return [];
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

const json = (value: unknown): string => JSON.stringify(value) ?? '';

function isCpuUtilization({ type, resource }: MetricSpec): boolean {
  return type === 'Resource' && resource?.name === 'cpu' && resource.target.averageUtilization !== undefined;
}

function target(metric: MetricSpec): unknown {
  const { external, pods, object, resource, containerResource } = metric;
  return (external ?? pods ?? object ?? resource ?? containerResource)?.target;
}

function current(metric: MetricStatus): unknown {
  const { external, pods, object, resource, containerResource } = metric;
  return (external ?? pods ?? object ?? resource ?? containerResource)?.current;
}

const identity = (metric: MetricSpec): string =>
  json([metric.type, metricName(metric), metric.containerResource?.container, metric.object?.describedObject]);
