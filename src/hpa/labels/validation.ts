/** Rules for label keys and values with upstream's error texts (apimachinery util/validation, api/validate/content). */

const KEY_FORMAT = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const VALUE_FORMAT = `(${KEY_FORMAT})?`;
const SUBDOMAIN_FORMAT = '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*';
const KEY = new RegExp(`^${KEY_FORMAT}$`);
const VALUE = new RegExp(`^${VALUE_FORMAT}$`);
const SUBDOMAIN = new RegExp(`^${SUBDOMAIN_FORMAT}$`);

const CHARACTERS =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const KEY_EXAMPLE = `(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${KEY_FORMAT}')`;
const VALUE_ERROR =
  'a valid label must be an empty string or consist of alphanumeric characters, ' +
  "'-', '_' or '.', and must start and end with an alphanumeric character " +
  `(e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '${VALUE_FORMAT}')`;
const SUBDOMAIN_ERROR =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end " +
  `with an alphanumeric character (e.g. 'example.com', regex used for validation is '${SUBDOMAIN_FORMAT}')`;

/** Bytes of the text in UTF-8, which is what Go's len counts. */
export function byteLength(text: string): number {
  let bytes = 0;
  for (const rune of text) {
    const code = rune.codePointAt(0) ?? 0;
    if (code < 0x80) bytes += 1;
    else if (code < 0x800) bytes += 2;
    else bytes += code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** What differs between versions: the name of a key and the unit of its length (new in 1.35). */
export interface LabelTexts {
  readonly keyName: string;
  readonly lengthUnit: string;
}

export function labelTexts(labelKeyNames: boolean): LabelTexts {
  return labelKeyNames
    ? { keyName: 'a valid label key', lengthUnit: 'bytes' }
    : { keyName: 'a qualified name', lengthUnit: 'characters' };
}

const tooLong = (length: number, texts: LabelTexts): string => `must be no more than ${length} ${texts.lengthUnit}`;

function prefixErrors(prefix: string, texts: LabelTexts): string[] {
  if (prefix === '') return ['prefix part must be non-empty'];
  const errors: string[] = [];
  if (byteLength(prefix) > 253) errors.push(`prefix part ${tooLong(253, texts)}`);
  if (!SUBDOMAIN.test(prefix)) errors.push(`prefix part ${SUBDOMAIN_ERROR}`);
  return errors;
}

/** Upstream: content.IsLabelKey (1.35 on), validation.IsQualifiedName (before). Empty when the key is valid. */
export function labelKeyErrors(key: string, texts: LabelTexts): readonly string[] {
  const parts = key.split('/');
  if (parts.length > 2) {
    const suffix = "with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
    return [`${texts.keyName} ${CHARACTERS} ${KEY_EXAMPLE} ${suffix}`];
  }
  const name = parts.at(-1) ?? '';
  const errors = parts.length === 2 ? prefixErrors(parts[0] ?? '', texts) : [];
  if (name === '') errors.push('name part must be non-empty');
  else if (byteLength(name) > 63) errors.push(`name part ${tooLong(63, texts)}`);
  if (!KEY.test(name)) errors.push(`name part ${CHARACTERS} ${KEY_EXAMPLE}`);
  return errors;
}

/** Upstream: content.IsLabelValue (1.35 on), validation.IsValidLabelValue (before). Empty when the value is valid. */
export function labelValueErrors(value: string, texts: LabelTexts): readonly string[] {
  const errors: string[] = [];
  if (byteLength(value) > 63) errors.push(tooLong(63, texts));
  if (!VALUE.test(value)) errors.push(VALUE_ERROR);
  return errors;
}
