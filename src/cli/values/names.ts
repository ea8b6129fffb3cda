import { LabError } from '../../errors/lab-error.ts';

/** RFC 1123 label; also the pattern in the lab file's JSON schema. */
export const LABEL_PATTERN: RegExp = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
export const LAB_NAME_MAX = 40;
const LABEL_MAX = 63;
/** The version of Kubernetes, with or without a leading v. */
export const VERSION_PATTERN: RegExp = /^v?\d+\.\d+(\.\d+)?$/;
/** A positive Kubernetes quantity as people write one. */
export const QUANTITY_PATTERN: RegExp = /^\d+(\.\d+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$/;

/** The name of a lab: an RFC 1123 label of at most 40 characters. Raises ML-USAGE-LAB-NAME. */
export function parseLabName(text: string): string {
  return label(text, 'The name of a lab', LAB_NAME_MAX);
}

/** The name of a namespace or another object. Raises ML-USAGE-LAB-NAME. */
export function parseLabel(text: string, name: string): string {
  return label(text, name, LABEL_MAX);
}

/** A quantity above zero, as text. Raises ML-USAGE-VALUE. */
export function parseQuantity(text: string, name: string): string {
  if (QUANTITY_PATTERN.test(text) && Number.parseFloat(text) > 0) return text;
  throw new LabError('ML-USAGE-VALUE', {
    name,
    value: text,
    expected: 'a quantity above zero such as 2, 1500m or 16Gi',
  });
}

/** `1.36.3` of `v1.36.3`. Raises ML-USAGE-VALUE. */
export function parseVersion(text: string, name: string): string {
  if (VERSION_PATTERN.test(text)) return text.replace(/^v/, '');
  throw new LabError('ML-USAGE-VALUE', { name, value: text, expected: 'a version of Kubernetes such as 1.36.3' });
}

/** Any text with something in it. Raises ML-USAGE-VALUE. */
export function parseText(text: string, name: string): string {
  if (text.trim() !== '') return text;
  throw new LabError('ML-USAGE-VALUE', { name, value: text, expected: 'a text that is not empty' });
}

/** A parser that takes one of a few words. Raises ML-USAGE-VALUE. */
export function oneOf(words: readonly string[]): (text: string, name: string) => string {
  return (text, name) => {
    if (words.includes(text)) return text;
    throw new LabError('ML-USAGE-VALUE', { name, value: text, expected: `one of ${words.join(', ')}` });
  };
}

function label(text: string, name: string, max: number): string {
  const reason =
    text === ''
      ? 'it is empty'
      : text.length > max
        ? `it has ${text.length} characters; ${max} are allowed`
        : LABEL_PATTERN.test(text)
          ? undefined
          : 'names of Kubernetes objects are built from it, and they must be RFC 1123 labels';
  if (reason === undefined) return text;
  throw new LabError('ML-USAGE-LAB-NAME', { name, value: text, reason, max });
}
