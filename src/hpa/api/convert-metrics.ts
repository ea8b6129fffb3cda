import { parseQuantity } from '../quantity/parse.ts';
import type {
  CrossVersionObjectReference,
  LabelSelector,
  MetricIdentifier,
  MetricSpec,
  MetricStatus,
} from './types.ts';

// pkg/apis/autoscaling/v1/conversion.go: the metrics between v2's shape and the older one of v1 and v2beta1.

/** A metric of spec or status as v1's annotations and v2beta1 spell it; '' is a quantity that Go left at zero. */
export interface OldMetric {
  readonly type: string;
  readonly object?: {
    readonly target: CrossVersionObjectReference;
    readonly metricName: string;
    readonly targetValue?: string;
    readonly currentValue?: string;
    readonly selector?: LabelSelector;
    readonly averageValue?: string;
  };
  readonly pods?: {
    readonly metricName: string;
    readonly targetAverageValue?: string;
    readonly currentAverageValue?: string;
    readonly selector?: LabelSelector;
  };
  readonly resource?: OldResource;
  readonly containerResource?: OldResource & { readonly container: string };
  readonly external?: {
    readonly metricName: string;
    readonly metricSelector?: LabelSelector;
    readonly targetValue?: string;
    readonly targetAverageValue?: string;
    readonly currentValue?: string;
    readonly currentAverageValue?: string;
  };
}
interface OldResource {
  readonly name: string;
  readonly targetAverageUtilization?: number;
  readonly targetAverageValue?: string;
  readonly currentAverageUtilization?: number;
  readonly currentAverageValue?: string;
}

/** An object without its undefined fields: absent is what the types here mean. */
export function compact<T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

/** MetricSpec of v2 in the old spelling. */
export function specToOld({ type, object, pods, resource, containerResource, external }: MetricSpec): OldMetric {
  const ofResource = (source: NonNullable<MetricSpec['resource']>): OldResource =>
    compact({
      name: source.name,
      targetAverageUtilization: source.target.averageUtilization,
      targetAverageValue: source.target.averageValue,
    });
  return compact<OldMetric>({
    type,
    object:
      object &&
      compact({
        target: object.describedObject,
        metricName: object.metric.name,
        targetValue: object.target.value ?? '',
        selector: object.metric.selector,
        averageValue: object.target.averageValue,
      }),
    pods:
      pods &&
      compact({
        metricName: pods.metric.name,
        targetAverageValue: pods.target.averageValue ?? '',
        selector: pods.metric.selector,
      }),
    resource: resource && ofResource(resource),
    containerResource: containerResource && {
      ...ofResource(containerResource),
      container: containerResource.container,
    },
    external:
      external &&
      compact({
        metricName: external.metric.name,
        metricSelector: external.metric.selector,
        targetValue: external.target.value,
        targetAverageValue: external.target.averageValue,
      }),
  });
}

const identifier = (name: string, selector: LabelSelector | undefined): MetricIdentifier => compact({ name, selector });

/** The old spelling as a MetricSpec of v2; target.type follows from the field that is set. */
export function specFromOld(metric: OldMetric, keepZeroObjectTarget: boolean): MetricSpec {
  const { type, object, pods, resource, containerResource, external } = metric;
  const ofResource = (source: OldResource): NonNullable<MetricSpec['resource']> => ({
    name: source.name,
    target: compact({
      type: source.targetAverageUtilization === undefined ? 'AverageValue' : 'Utilization',
      averageValue: source.targetAverageValue,
      averageUtilization: source.targetAverageUtilization,
    }),
  });
  return compact<MetricSpec>({
    type,
    object: object && objectFromOld(object, keepZeroObjectTarget),
    pods: pods && {
      metric: identifier(pods.metricName, pods.selector),
      target: { type: 'AverageValue', averageValue: pods.targetAverageValue ?? '' },
    },
    resource: resource && ofResource(resource),
    containerResource: containerResource && {
      ...ofResource(containerResource),
      container: containerResource.container,
    },
    external: external && {
      metric: identifier(external.metricName, external.metricSelector),
      target: compact({
        type: external.targetValue === undefined ? 'AverageValue' : 'Value',
        value: external.targetValue,
        averageValue: external.targetAverageValue,
      }),
    },
  });
}

function objectFromOld(
  object: NonNullable<OldMetric['object']>,
  keepZeroTarget: boolean,
): NonNullable<MetricSpec['object']> {
  const value = object.targetValue ?? '';
  const dropped = object.averageValue !== undefined && !keepZeroTarget && isZero(value);
  return {
    describedObject: object.target,
    target: compact({
      type: object.averageValue === undefined ? 'Value' : 'AverageValue',
      value: dropped ? undefined : value,
      averageValue: object.averageValue,
    }),
    metric: identifier(object.metricName, object.selector),
  };
}

/** MetricStatus of v2 in the old spelling. */
export function statusToOld({ type, object, pods, resource, containerResource, external }: MetricStatus): OldMetric {
  const ofResource = (source: NonNullable<MetricStatus['resource']>): OldResource =>
    compact({
      name: source.name,
      currentAverageUtilization: source.current.averageUtilization,
      currentAverageValue: source.current.averageValue ?? '',
    });
  return compact<OldMetric>({
    type,
    object:
      object &&
      compact({
        target: object.describedObject,
        metricName: object.metric.name,
        currentValue: object.current.value ?? '',
        selector: object.metric.selector,
        averageValue: object.current.averageValue,
      }),
    pods:
      pods &&
      compact({
        metricName: pods.metric.name,
        currentAverageValue: pods.current.averageValue ?? '',
        selector: pods.metric.selector,
      }),
    resource: resource && ofResource(resource),
    containerResource: containerResource && {
      ...ofResource(containerResource),
      container: containerResource.container,
    },
    external:
      external &&
      compact({
        metricName: external.metric.name,
        metricSelector: external.metric.selector,
        currentValue: external.current.value ?? '',
        currentAverageValue: external.current.averageValue,
      }),
  });
}

/** The old spelling as a MetricStatus of v2. Plain values become fields that are there: a missing one comes back as 0. */
export function statusFromOld(metric: OldMetric): MetricStatus {
  const { type, object, pods, resource, containerResource, external } = metric;
  const ofResource = (source: OldResource): NonNullable<MetricStatus['resource']> => ({
    name: source.name,
    current: compact({
      averageValue: source.currentAverageValue ?? '',
      averageUtilization: source.currentAverageUtilization,
    }),
  });
  return compact<MetricStatus>({
    type,
    object: object && {
      metric: identifier(object.metricName, object.selector),
      current: compact({ value: object.currentValue ?? '', averageValue: object.averageValue }),
      describedObject: object.target,
    },
    pods: pods && {
      metric: identifier(pods.metricName, pods.selector),
      current: { averageValue: pods.currentAverageValue ?? '' },
    },
    resource: resource && ofResource(resource),
    containerResource: containerResource && {
      ...ofResource(containerResource),
      container: containerResource.container,
    },
    external: external && {
      metric: identifier(external.metricName, external.metricSelector),
      current: compact({ value: external.currentValue ?? '', averageValue: external.currentAverageValue }),
    },
  });
}

/** Quantity.IsZero of a text; '' is Go's zero. */
function isZero(text: string): boolean {
  const parsed = text === '' ? '' : parseQuantity(text);
  return typeof parsed === 'string' || parsed.unscaled === 0n;
}
