import { CUSTOM_GROUP, EXTERNAL_GROUP } from './groups.ts';

export type Schema = Readonly<Record<string, unknown>>;
export type Schemas = Readonly<Record<string, Schema>>;

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity';
const REFERENCE = 'io.k8s.api.core.v1.ObjectReference';
const text: Schema = { type: 'string' };
const int64: Schema = { type: 'integer', format: 'int64' };

/** Name of a type of the metrics APIs, as k8s.io/metrics calls it. */
export function schemaName(group: string, version: string, kind: string): string {
  return `io.k8s.metrics.pkg.apis.${group === CUSTOM_GROUP ? 'custom_metrics' : 'external_metrics'}.${version}.${kind}`;
}

/** The schemas of one group version. `ref`: where schemas stand in the document (`#/definitions/`). */
export function schemasOf(group: string, version: string, ref: string): Schemas {
  const to = (name: string): Schema => ({ $ref: `${ref}${name}` });
  return { ...commonSchemas(to), ...(group === EXTERNAL_GROUP ? externalSchemas(to) : customSchemas(version, to)) };
}

type To = (name: string) => Schema;

function object(description: string, properties: Schemas, required: readonly string[] = []): Schema {
  return { description, type: 'object', properties, ...(required.length === 0 ? {} : { required }) };
}

function list(group: string, version: string, kind: string, item: Schema): Schema {
  return {
    ...object(
      `${kind} is a list of values`,
      {
        apiVersion: text,
        kind: text,
        metadata: { $ref: String(item['$ref']).replace(/[^/]+$/, `${META}.ListMeta`) },
        items: { type: 'array', items: item },
      },
      ['metadata', 'items'],
    ),
    'x-kubernetes-group-version-kind': [{ group, version, kind }],
  };
}

function externalSchemas(to: To): Schemas {
  const name = (kind: string) => schemaName(EXTERNAL_GROUP, 'v1beta1', kind);
  const value = object(
    'A value of one series of an external metric',
    {
      metricName: text,
      metricLabels: { type: 'object', additionalProperties: text },
      timestamp: to(`${META}.Time`),
      window: int64,
      value: to(QUANTITY),
    },
    ['metricName', 'metricLabels', 'timestamp', 'value'],
  );
  return {
    [name('ExternalMetricValue')]: value,
    [name('ExternalMetricValueList')]: list(
      EXTERNAL_GROUP,
      'v1beta1',
      'ExternalMetricValueList',
      to(name('ExternalMetricValue')),
    ),
  };
}

function customSchemas(version: string, to: To): Schemas {
  const name = (kind: string) => schemaName(CUSTOM_GROUP, version, kind);
  const common = { describedObject: to(REFERENCE), timestamp: to(`${META}.Time`), value: to(QUANTITY) };
  const selector = to(`${META}.LabelSelector`);
  const value =
    version === 'v1beta1'
      ? object('A metric value of an object', { ...common, metricName: text, window: int64, selector }, [
          'describedObject',
          'metricName',
          'timestamp',
          'value',
          'selector',
        ])
      : object(
          'A metric value of an object',
          { ...common, metric: to(name('MetricIdentifier')), windowSeconds: int64 },
          ['describedObject', 'metric', 'timestamp', 'value'],
        );
  const identifier = object('Name of a metric, and a selector of its series', { name: text, selector }, ['name']);
  return {
    ...(version === 'v1beta1' ? {} : { [name('MetricIdentifier')]: identifier }),
    [name('MetricValue')]: value,
    [name('MetricValueList')]: list(CUSTOM_GROUP, version, 'MetricValueList', to(name('MetricValue'))),
  };
}

function commonSchemas(to: To): Schemas {
  const texts: Schema = { type: 'array', items: text };
  const requirement = object('A requirement of a label selector', { key: text, operator: text, values: texts }, [
    'key',
    'operator',
  ]);
  return {
    [QUANTITY]: { description: 'A fixed-point number such as 1500m', type: 'string' },
    [REFERENCE]: object('A reference to an object', {
      kind: text,
      namespace: text,
      name: text,
      uid: text,
      apiVersion: text,
      resourceVersion: text,
      fieldPath: text,
    }),
    [`${META}.Time`]: { description: 'A moment in RFC 3339', type: 'string', format: 'date-time' },
    [`${META}.ListMeta`]: object('Metadata of a list', {
      selfLink: text,
      resourceVersion: text,
      continue: text,
      remainingItemCount: int64,
    }),
    [`${META}.LabelSelectorRequirement`]: requirement,
    [`${META}.LabelSelector`]: object('A query over labels', {
      matchLabels: { type: 'object', additionalProperties: text },
      matchExpressions: { type: 'array', items: to(`${META}.LabelSelectorRequirement`) },
    }),
  };
}
