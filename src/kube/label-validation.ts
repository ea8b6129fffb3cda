import { goQuote } from './go-quote.ts';

const MAX_LENGTH = 63;
const MAX_PREFIX = 253;
const KEY = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const SUBDOMAIN = '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*';
const KEY_PATTERN = new RegExp(`^${KEY}$`);
const VALUE_PATTERN = new RegExp(`^(${KEY})?$`);
const SUBDOMAIN_PATTERN = new RegExp(`^${SUBDOMAIN}$`);
const CHARACTERS = "alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

/** Why a text is no label key, in upstream's words; empty when it is one (apimachinery pkg/api/validate/content IsLabelKey). */
export function labelKeyProblems(key: string): readonly string[] {
  const parts = key.split('/');
  if (parts.length > 2) {
    const rule = regexText(`must consist of ${CHARACTERS}`, KEY, ['MyName', 'my.name', '123-abc']);
    return [`a valid label key ${rule} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const name = parts.at(-1) ?? '';
  const problems = parts.length === 2 ? prefixProblems(parts[0] ?? '') : [];
  if (name === '') problems.push('name part must be non-empty');
  else if (byteLength(name) > MAX_LENGTH) problems.push(`name part must be no more than ${MAX_LENGTH} bytes`);
  if (!KEY_PATTERN.test(name))
    problems.push(`name part ${regexText(`must consist of ${CHARACTERS}`, KEY, ['MyName', 'my.name', '123-abc'])}`);
  return problems;
}

/** As `labelKeyProblems`, of a label's value. */
export function labelValueProblems(value: string): readonly string[] {
  const problems: string[] = [];
  if (byteLength(value) > MAX_LENGTH) problems.push(`must be no more than ${MAX_LENGTH} bytes`);
  if (!VALUE_PATTERN.test(value)) {
    const rule = `a valid label must be an empty string or consist of ${CHARACTERS}`;
    problems.push(regexText(rule, `(${KEY})?`, ['MyValue', 'my_value', '12345']));
  }
  return problems;
}

/** Upstream's `field.Invalid(path, value, problems)` as text, or undefined without problems. */
export function invalidText(path: string, value: string, problems: readonly string[]): string | undefined {
  return problems.length === 0 ? undefined : `${path}: Invalid value: ${goQuote(value)}: ${problems.join('; ')}`;
}

function prefixProblems(prefix: string): string[] {
  if (prefix === '') return ['prefix part must be non-empty'];
  const problems: string[] = [];
  if (byteLength(prefix) > MAX_PREFIX) problems.push(`prefix part must be no more than ${MAX_PREFIX} bytes`);
  if (!SUBDOMAIN_PATTERN.test(prefix)) {
    const rule =
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
    problems.push(`prefix part ${regexText(rule, SUBDOMAIN, ['example.com'])}`);
  }
  return problems;
}

function regexText(message: string, pattern: string, examples: readonly string[]): string {
  const list = examples.map((example, index) => `${index === 0 ? '' : ' or '}'${example}', `).join('');
  return `${message} (e.g. ${list}regex used for validation is '${pattern}')`;
}

function byteLength(text: string): number {
  return Buffer.byteLength(text);
}
