import type { Selector } from '../../kube/label-selector.ts';
import type { CustomMetricValue, ExternalMetricValue, ResourceKind } from '../provider.ts';
import { CUSTOM_GROUP, EXTERNAL_GROUP } from './groups.ts';
import { labelSelectorOf } from './selector-object.ts';

const EXTERNAL_HEAD = `{"kind":"ExternalMetricValueList","apiVersion":"${EXTERNAL_GROUP}/v1beta1","metadata":{},"items":[`;

/** An ExternalMetricValueList as JSON text. Written by hand: this is the path that every HPA takes at every sync. */
export function externalList(metric: string, values: readonly ExternalMetricValue[]): string {
  let items = '';
  const name = JSON.stringify(metric);
  for (const { labels, timestampMs, value, windowSeconds } of values) {
    const window = windowSeconds === undefined ? '' : `,"window":${windowSeconds}`;
    const comma = items === '' ? '' : ',';
    items += `${comma}{"metricName":${name},"metricLabels":${JSON.stringify(labels)},"timestamp":"${timeText(timestampMs)}"${window},"value":${JSON.stringify(value)}}`;
  }
  return `${EXTERNAL_HEAD}${items}]}\n`;
}

export interface CustomListParts {
  readonly version: string;
  readonly resource: ResourceKind;
  readonly namespace: string | undefined;
  readonly metric: string;
  readonly metricSelector: Selector;
}

/** A MetricValueList of v1beta1 or v1beta2 as JSON text. */
export function customList(parts: CustomListParts, values: readonly CustomMetricValue[]): string {
  const { version, resource, namespace, metric, metricSelector } = parts;
  const where = namespace === undefined ? '' : `"namespace":${JSON.stringify(namespace)},`;
  const before = `{"describedObject":{"kind":${JSON.stringify(resource.kind)},${where}"name":`;
  // The core group really prints "/v1" (CMA pkg/provider/helpers/helpers.go ReferenceFor).
  const after = `,"apiVersion":${JSON.stringify(`${resource.group}/${resource.version}`)}}`;
  const selector = JSON.stringify(labelSelectorOf(metricSelector) ?? null);
  const name = JSON.stringify(metric);
  const old = version === 'v1beta1';
  const head = old ? `${after},"metricName":${name}` : `${after},"metric":{"name":${name},"selector":${selector}}`;
  const tail = old ? `,"selector":${selector}}` : '}';
  const windowField = old ? 'window' : 'windowSeconds';
  const items = values.map((one) => {
    const window = one.windowSeconds === undefined ? '' : `,"${windowField}":${one.windowSeconds}`;
    return `${before}${JSON.stringify(one.name)}${head},"timestamp":"${timeText(one.timestampMs)}"${window},"value":${JSON.stringify(one.value)}${tail}`;
  });
  return `{"kind":"MetricValueList","apiVersion":"${CUSTOM_GROUP}/${version}","metadata":{},"items":[${items.join(',')}]}\n`;
}

let lastSecond = Number.NaN;
let lastText = '';
/** RFC 3339 in whole seconds, as metav1.Time prints. */
export function timeText(epochMs: number): string {
  const second = Math.floor(epochMs / 1000);
  if (second !== lastSecond) {
    lastText = `${new Date(second * 1000).toISOString().slice(0, 19)}Z`;
    lastSecond = second;
  }
  return lastText;
}
