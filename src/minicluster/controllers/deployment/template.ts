import type { KubeObject } from '../../../contracts/kube-client.ts';
import { sameJson } from '../../api/objects.ts';
import { type Fields, fieldsOf } from '../../kinds/fields.ts';
import { specOf } from '../../kinds/workload.ts';

export const HASH_LABEL = 'pod-template-hash';
/** apimachinery util/rand. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * A name for a template: FNV-1a as ComputeHash, over canonical JSON where upstream prints Go's own dump of the struct. So it is
 * as stable and as long as upstream's, and another one.
 */
export function templateHash(template: unknown, collisionCount: number | undefined): string {
  let hash = FNV_OFFSET;
  for (const byte of Buffer.from(canonical(template) + (collisionCount === undefined ? '' : String(collisionCount)))) {
    hash = Math.imul(hash ^ byte, FNV_PRIME) >>> 0;
  }
  // rand.SafeEncodeString of the decimal number.
  return [...String(hash)].map((digit) => ALPHABET[digit.charCodeAt(0) % ALPHABET.length]).join('');
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${fields
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`)
    .join(',')}}`;
}

/** EqualIgnoreHash. */
export function sameTemplate(deployment: KubeObject, set: KubeObject): boolean {
  return sameJson(withoutHash(specOf(deployment)['template']), withoutHash(specOf(set)['template']));
}

function withoutHash(template: unknown): Fields {
  const fields = fieldsOf(template);
  const metadata = fieldsOf(fields['metadata']);
  const { [HASH_LABEL]: _hash, ...labels } = fieldsOf(metadata['labels']);
  return { ...fields, metadata: { ...metadata, labels } };
}

/** A template with one more label. */
export function labelledTemplate(template: unknown, name: string, value: string): Fields {
  const fields = fieldsOf(template);
  const metadata = fieldsOf(fields['metadata']);
  return { ...fields, metadata: { ...metadata, labels: { ...fieldsOf(metadata['labels']), [name]: value } } };
}
