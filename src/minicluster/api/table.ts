import type { KubeObject } from '../../contracts/kube-client.ts';
import type { Column, Kind } from '../kinds/kind.ts';
import { age } from '../kinds/age.ts';

export type IncludeObject = 'Metadata' | 'Object' | 'None';

const NAME_TEXT =
  'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names';
const CREATED_TEXT =
  'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata';

/** The first column of every Table. */
export const NAME: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: NAME_TEXT,
  cell: ({ metadata }) => metadata.name,
};

export const AGE: Column = {
  name: 'Age',
  type: 'string',
  description: CREATED_TEXT,
  cell: ({ metadata }, now) => age(metadata.creationTimestamp, now),
};

/** rest/table.go: what kinds without columns of their own show. */
export const CREATED_AT: Column = {
  name: 'Created At',
  type: 'date',
  description: CREATED_TEXT,
  cell: ({ metadata }) => metadata.creationTimestamp ?? '',
};

export function columnDefinitions(kind: Kind): readonly Readonly<Record<string, unknown>>[] {
  return columnsOf(kind).map(({ name, type, format = '', description, priority = 0 }) => ({
    name,
    type,
    format,
    description,
    priority,
  }));
}

export function tableRow(
  kind: Kind,
  object: KubeObject,
  shown: KubeObject | null,
  now: number,
): Readonly<Record<string, unknown>> {
  const conditions = kind.rowConditions?.(object);
  const cells = columnsOf(kind).map((column) => column.cell(object, now));
  return { cells, ...(conditions === undefined ? {} : { conditions }), object: shown };
}

function columnsOf(kind: Kind): readonly Column[] {
  return kind.columns ?? [NAME, CREATED_AT];
}
