import type { HpaObjectMeta } from '../api/types.ts';
import { byteLength } from '../labels/validation.ts';
import { parseTime, ZERO_TIME_MS } from '../time.ts';
import { rfc1123z } from './rfc1123z.ts';

// kubectl/pkg/describe/describe.go

const MAX_ANNOTATION_BYTES = 140;
const SKIPPED_ANNOTATION = 'kubectl.kubernetes.io/last-applied-configuration';

/** Name to CreationTimestamp. */
export function metaLines(meta: HpaObjectMeta): readonly string[] {
  const created = typeof meta.creationTimestamp === 'string' ? parseTime(meta.creationTimestamp) : null;
  return [
    `Name:\t${meta.name ?? ''}`,
    `Namespace:\t${meta.namespace ?? ''}`,
    ...titled(
      'Labels',
      sortedKeys(meta.labels).map((key) => [`${key}=${meta.labels?.[key]}`]),
    ),
    ...titled(
      'Annotations',
      sortedKeys(meta.annotations)
        .filter((key) => key !== SKIPPED_ANNOTATION)
        .map((key) => annotationLines(key, meta.annotations?.[key] ?? '')),
    ),
    `CreationTimestamp:\t${rfc1123z(created ?? ZERO_TIME_MS)}`,
  ];
}

/** The first item beside the title, the others below it. */
function titled(title: string, items: readonly (readonly string[])[]): readonly string[] {
  if (items.length === 0) return [`${title}:\t<none>`];
  return items.flatMap(([first = '', ...rest], index) => [`${index === 0 ? `${title}:` : ''}\t${first}`, ...rest]);
}

/** A long value or one of several lines stands below its key (printAnnotationsMultiline). */
function annotationLines(key: string, annotation: string): readonly string[] {
  const value = annotation.endsWith('\n') ? annotation.slice(0, -1) : annotation;
  const long = byteLength(value) + byteLength(key) + 2 > MAX_ANNOTATION_BYTES;
  if (!long && !value.includes('\n')) return [`${key}: ${value}`];
  return [`${key}:`, ...value.split('\n').map((line) => `\t  ${shorten(line, MAX_ANNOTATION_BYTES - 2)}`)];
}

/** Cuts after so many bytes; of a character that is cut through, each left byte reads as U+FFFD. */
function shorten(line: string, limit: number): string {
  if (byteLength(line) <= limit) return line;
  let bytes = 0;
  let kept = '';
  for (const rune of line) {
    const size = byteLength(rune);
    if (bytes + size > limit) return `${kept}${'\ufffd'.repeat(limit - bytes)}...`;
    bytes += size;
    kept += rune;
  }
  return kept;
}

function sortedKeys(map: Readonly<Record<string, string>> | undefined): readonly string[] {
  return Object.keys(map ?? {}).sort();
}
