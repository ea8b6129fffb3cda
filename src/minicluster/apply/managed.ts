import { z } from 'zod';
import type { KubeObject } from '../../contracts/kube-client.ts';
import { type FieldSet, fromFieldsV1, isEmpty, toFieldsV1 } from './field-set.ts';

/** Who owns what: one entry of metadata.managedFields. */
export interface Owner {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
  /** RFC 3339; absent when an apply has not changed anything yet. */
  readonly time: string | undefined;
  readonly fields: FieldSet;
}

/** By identity (managedfields BuildManagerIdentifier). */
export type Owners = ReadonlyMap<string, Owner>;

const Entry = z.object({
  manager: z.string().default(''),
  operation: z.enum(['Apply', 'Update']),
  apiVersion: z.string().default(''),
  subresource: z.string().default(''),
  time: z.string().optional(),
  fieldsType: z.literal('FieldsV1'),
  fieldsV1: z.unknown(),
});

/** One who applies stays the same when they change the version, one who updates does not. */
export function ownerId({
  manager,
  operation,
  apiVersion,
  subresource,
}: Pick<Owner, 'manager' | 'operation' | 'apiVersion' | 'subresource'>): string {
  return JSON.stringify([manager, operation, operation === 'Apply' ? '' : apiVersion, subresource]);
}

export function ownersOf(owners: Iterable<Owner>): Owners {
  return new Map([...owners].map((owner) => [ownerId(owner), owner]));
}

/** Entries of an object; undefined when one of them cannot be read. */
export function readOwners(entries: unknown): Owners | undefined {
  const owners: Owner[] = [];
  for (const foreign of Array.isArray(entries) ? (entries as readonly unknown[]) : []) {
    const entry = Entry.safeParse(foreign);
    const fields = entry.success ? fromFieldsV1(entry.data.fieldsV1) : undefined;
    if (!entry.success || fields === undefined) return undefined;
    const { manager, operation, apiVersion, subresource, time } = entry.data;
    owners.push({ manager, operation, apiVersion, subresource, time, fields });
  }
  return ownersOf(owners);
}

/** A client that wants the owners forgotten sends `managedFields: [{}]`, or an empty list. */
export function isReset(entries: unknown): boolean {
  if (!Array.isArray(entries) || entries.length > 1) return false;
  return Object.keys((entries[0] ?? {}) as object).length === 0;
}

/** metadata.managedFields in upstream's order; undefined when there is none. */
export function writeOwners(owners: Owners): readonly Readonly<Record<string, unknown>>[] | undefined {
  const all = [...owners.values()].filter(({ fields }) => !isEmpty(fields)).sort(byOperationAndTime);
  if (all.length === 0) return undefined;
  return all.map(({ manager, operation, apiVersion, subresource, time, fields }) => ({
    manager,
    operation,
    apiVersion,
    ...(time === undefined ? {} : { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: toFieldsV1(fields),
    ...(subresource === '' ? {} : { subresource }),
  }));
}

function byOperationAndTime(a: Owner, b: Owner): number {
  for (const key of ['operation', 'time', 'manager', 'apiVersion', 'subresource'] as const) {
    const [left = '', right = ''] = [a[key], b[key]];
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

/** The object with these owners in its metadata. */
export function withOwners(object: KubeObject, owners: Owners): KubeObject {
  const { managedFields: _old, ...metadata } = object.metadata;
  const managedFields = writeOwners(owners);
  return {
    ...object,
    metadata: { ...metadata, ...(managedFields === undefined ? {} : { managedFields }) } as KubeObject['metadata'],
  };
}

/** managedFields without the times: what tells whether anything changed. */
export function withoutTimes(entries: unknown): unknown {
  if (!Array.isArray(entries)) return undefined;
  return (entries as readonly Readonly<Record<string, unknown>>[]).map(({ time: _time, ...rest }) => rest);
}
