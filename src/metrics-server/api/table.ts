import type { CustomMetricValue, ExternalMetricValue } from '../provider.ts';
import type { CustomListParts } from './lists.ts';
import { timeText } from './lists.ts';

interface Column {
  readonly name: string;
  readonly description: string;
}

/** External series as a meta.k8s.io Table. */
export function externalTable(version: string, metric: string, values: readonly ExternalMetricValue[]): unknown {
  const columns: readonly Column[] = [
    { name: 'Metric', description: 'Name of the metric' },
    { name: 'Labels', description: 'Labels of the series' },
    { name: 'Value', description: 'The value as a quantity' },
    { name: 'Timestamp', description: 'When the value was true' },
  ];
  return table(
    version,
    columns,
    values.map(({ labels, value, timestampMs }) => ({
      name: metric,
      cells: [metric, labelsText(labels), value, timeText(timestampMs)],
    })),
  );
}

/** Values of objects as a meta.k8s.io Table. */
export function customTable(version: string, parts: CustomListParts, values: readonly CustomMetricValue[]): unknown {
  const columns: readonly Column[] = [
    { name: 'Name', description: 'Name of the described object' },
    { name: 'Kind', description: 'Kind of the described object' },
    { name: 'Metric', description: 'Name of the metric' },
    { name: 'Value', description: 'The value as a quantity' },
    { name: 'Timestamp', description: 'When the value was true' },
  ];
  return table(
    version,
    columns,
    values.map(({ name, value, timestampMs }) => ({
      name,
      namespace: parts.namespace,
      cells: [name, parts.resource.kind, parts.metric, value, timeText(timestampMs)],
    })),
  );
}

interface Row {
  readonly name: string;
  readonly namespace?: string | undefined;
  readonly cells: readonly string[];
}

function table(version: string, columns: readonly Column[], rows: readonly Row[]): unknown {
  const apiVersion = `meta.k8s.io/${version}`;
  return {
    kind: 'Table',
    apiVersion,
    metadata: {},
    columnDefinitions: columns.map(({ name, description }) => ({
      name,
      type: 'string',
      format: name === 'Name' || name === 'Metric' ? 'name' : '',
      description,
      priority: 0,
    })),
    rows: rows.map(({ name, namespace, cells }) => ({
      cells,
      object: {
        kind: 'PartialObjectMetadata',
        apiVersion,
        metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
      },
    })),
  };
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? '<none>' : pairs.join(',');
}
