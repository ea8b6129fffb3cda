import { byteLength, labelKeyErrors, labelTexts, labelValueErrors } from '../labels/validation.ts';
import type { Quirks } from '../quirks.ts';

// Rules for names; each function returns upstream's complaints, none = fine.
// k8s.io/apimachinery/pkg/util/validation/validation.go, pkg/api/validate/content.

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const LABEL_RULE = new RegExp(`^${LABEL}$`);
const SUBDOMAIN_RULE = new RegExp(`^${SUBDOMAIN}$`);
const LABEL_TEXT =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with " +
  `an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${LABEL}')`;
const SUBDOMAIN_TEXT =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end " +
  `with an alphanumeric character (e.g. 'example.com', regex used for validation is '${SUBDOMAIN}')`;

const tooLong = (value: string, limit: number): readonly string[] =>
  byteLength(value) > limit ? [`must be no more than ${limit} characters`] : [];

/** IsDNS1123Label. */
export function dnsLabelFaults(value: string, quirks: Quirks): readonly string[] {
  const faults = tooLong(value, 63);
  if (LABEL_RULE.test(value)) return faults;
  const dots = quirks.dotsInLabelText && SUBDOMAIN_RULE.test(value);
  return [...faults, dots ? 'must not contain dots' : LABEL_TEXT];
}

/** IsDNS1123Subdomain. */
export function dnsSubdomainFaults(value: string): readonly string[] {
  return SUBDOMAIN_RULE.test(value) ? tooLong(value, 253) : [...tooLong(value, 253), SUBDOMAIN_TEXT];
}

/** IsQualifiedName, from 1.35 on IsLabelKey. */
export function labelKeyFaults(value: string, quirks: Quirks): readonly string[] {
  return labelKeyErrors(value, labelTexts(quirks.labelKeyTexts));
}

/** IsValidLabelValue. */
export function labelValueFaults(value: string, quirks: Quirks): readonly string[] {
  return labelValueErrors(value, labelTexts(quirks.labelKeyTexts));
}

/** IsPathSegmentName: may stand alone in a URL path. */
export function pathSegmentFaults(name: string): readonly string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  return ['/', '%'].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`);
}

/** maskTrailingDash: a prefix for generated names may end with a dash. Upstream cuts two characters off, not one. */
export function maskTrailingDash(name: string): string {
  return name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name;
}
