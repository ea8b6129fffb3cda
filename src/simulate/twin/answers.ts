import type { MetricSpec } from '../../hpa/api/types.ts';
import type { MetricAnswer as ApiMetricAnswer } from '../../hpa/metrics/answers.ts';
import type { PodObject } from '../../hpa/pods/from-object.ts';
import { formatTime } from '../../hpa/time.ts';
import type { ClusterView, PodSnapshot } from '../autoscaler.ts';
import type { MetricAnswer } from '../metric-pipeline.ts';
import { EPOCH_MS } from './platform.ts';

export const NAMESPACE = 'default';
export const SELECTOR = 'app=simulated';
const LABELS = { app: 'simulated' } as const;
const CONTAINER = 'main';
/** The kubelet's window for CPU, as metrics-server reports it. */
const WINDOW = '15s';

const timeText = (seconds: number): string => formatTime(EPOCH_MS + seconds * 1000);

/** Thousandths, as the metrics APIs print them. */
const milliText = (milli: number): string => (milli % 1000 === 0 ? String(milli / 1000) : `${milli}m`);
const valueText = (value: number): string => milliText(Math.round(value * 1000));

/** Whether the controller looks at pods to compute this metric. */
export function readsPods(spec: MetricSpec): boolean {
  const target = spec.external?.target ?? spec.object?.target;
  return target === undefined || target.averageValue === undefined;
}

/** The pod objects that the controller's informer would hold. */
export function podObjects(
  pods: readonly PodSnapshot[],
  requestCpuMilli: number,
  container: string,
): readonly PodObject[] {
  const requests = { cpu: `${requestCpuMilli}m` };
  return pods.map(({ name, created, running, ready, readyChanged }) => ({
    metadata: { name, namespace: NAMESPACE, labels: LABELS },
    spec: { containers: [{ name: container, resources: { requests } }] },
    status: {
      phase: running ? 'Running' : 'Pending',
      startTime: timeText(created),
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: timeText(readyChanged) }],
    },
  }));
}

/** The container whose resources a metric reads. */
export function containerOf(specs: readonly MetricSpec[]): string {
  return (
    specs.find(({ containerResource }) => containerResource !== undefined)?.containerResource?.container ?? CONTAINER
  );
}

/** What the metrics APIs answer to one entry of spec.metrics. `cpu` is in thousandths of a core, the same for every pod. */
export function apiAnswer(
  spec: MetricSpec,
  view: ClusterView,
  pods: readonly PodSnapshot[],
  cpu: MetricAnswer,
): ApiMetricAnswer {
  const { metric } = view;
  const timestamp = timeText(view.time);
  if (spec.external !== undefined) {
    return { external: 'error' in metric ? metric : { items: [{ value: valueText(metric.value) }] } };
  }
  if (spec.object !== undefined) {
    const describedObject = { name: spec.object.describedObject.name };
    return {
      custom: 'error' in metric ? metric : { items: [{ describedObject, timestamp, value: valueText(metric.value) }] },
    };
  }
  const running = pods.filter((pod) => pod.running);
  if (spec.pods !== undefined) {
    if ('error' in metric) return { custom: metric };
    const value = valueText(metric.value);
    return { custom: { items: running.map(({ name }) => ({ describedObject: { name }, timestamp, value })) } };
  }
  if ('error' in cpu) return { resource: cpu };
  const resource = spec.resource?.name ?? spec.containerResource?.name ?? 'cpu';
  const containers = [
    { name: spec.containerResource?.container ?? CONTAINER, usage: { [resource]: milliText(Math.round(cpu.value)) } },
  ];
  const metadataOf = (name: string) => ({ name, namespace: NAMESPACE });
  return {
    resource: {
      items: running.map(({ name }) => ({ metadata: metadataOf(name), timestamp, window: WINDOW, containers })),
    },
  };
}
