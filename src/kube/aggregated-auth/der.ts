import { LabError } from '../../errors/lab-error.ts';

/** One element of DER: its tag byte and its content. */
export interface Der {
  readonly tag: number;
  readonly content: Uint8Array;
}

const SEQUENCE = 0x30;
const VERSION = 0xa0;
const EXTENSIONS = 0xa3;
const BOOLEAN = 0x01;
const INTEGER = 0x02;
const BASIC_CONSTRAINTS = '2.5.29.19';
/** ASN.1 string types that Go's x509 takes in a name (crypto/x509 parser.go parseASN1String). */
const STRINGS: Readonly<Record<number, 'utf8' | 'latin1' | 'utf16be'>> = {
  12: 'utf8',
  18: 'latin1',
  19: 'latin1',
  20: 'latin1',
  22: 'latin1',
  30: 'utf16be',
};

export interface CertificateDetails {
  /** Attributes of the subject in the order of the certificate. */
  readonly subject: readonly { readonly type: string; readonly value: string }[];
  readonly criticalExtensions: readonly string[];
  /** How many further CAs may stand below this one; undefined = no limit. */
  readonly pathLength: number | undefined;
}

/**
 * What node:crypto does not tell about a certificate: the subject without any escaping, critical extensions and the path
 * length. Raises ML-AUTH-CERTIFICATE when the bytes are not a certificate.
 */
export function certificateDetails(raw: Uint8Array): CertificateDetails {
  const [certificate] = elements(raw);
  const [tbs] = elements(contentOf(certificate, SEQUENCE));
  const fields = elements(contentOf(tbs, SEQUENCE));
  const offset = fields[0]?.tag === VERSION ? 1 : 0;
  const subject = elements(contentOf(fields[offset + 4], SEQUENCE)).flatMap((set) =>
    elements(set.content).map(attribute),
  );
  const block = fields.find((field) => field.tag === EXTENSIONS);
  const extensions =
    block === undefined ? [] : elements(contentOf(elements(block.content)[0], SEQUENCE)).map(extension);
  const constraints = extensions.find((one) => one.type === BASIC_CONSTRAINTS);
  return {
    subject,
    criticalExtensions: extensions.filter((one) => one.critical).map((one) => one.type),
    pathLength: constraints === undefined ? undefined : pathLength(constraints.value),
  };
}

function attribute(pair: Der): { type: string; value: string } {
  const [type, value] = elements(contentOf(pair, SEQUENCE));
  return { type: objectId(type?.content ?? new Uint8Array()), value: value === undefined ? '' : stringOf(value) };
}

function extension(one: Der): { type: string; critical: boolean; value: Uint8Array } {
  const parts = elements(contentOf(one, SEQUENCE));
  const critical = parts[1]?.tag === BOOLEAN && parts[1].content[0] !== 0;
  return {
    type: objectId(parts[0]?.content ?? new Uint8Array()),
    critical,
    value: parts.at(-1)?.content ?? new Uint8Array(),
  };
}

function pathLength(value: Uint8Array): number | undefined {
  const parts = elements(contentOf(elements(value)[0], SEQUENCE));
  const length = parts.find((part) => part.tag === INTEGER);
  return length === undefined ? undefined : length.content.reduce((sum, byte) => sum * 256 + byte, 0);
}

function stringOf(value: Der): string {
  const encoding = STRINGS[value.tag];
  if (encoding === undefined) throw broken(`a name has a value of ASN.1 type ${value.tag}`);
  return new TextDecoder(encoding === 'utf16be' ? 'utf-16be' : encoding).decode(value.content);
}

function objectId(bytes: Uint8Array): string {
  const numbers: number[] = [];
  let current = 0;
  for (const byte of bytes) {
    current = current * 128 + (byte & 0x7f);
    if (byte & 0x80) continue;
    if (numbers.length === 0)
      numbers.push(Math.min(Math.floor(current / 40), 2), current - 40 * Math.min(Math.floor(current / 40), 2));
    else numbers.push(current);
    current = 0;
  }
  return numbers.join('.');
}

function contentOf(element: Der | undefined, tag: number): Uint8Array {
  if (element?.tag !== tag) throw broken(`expected an element ${tag}, found ${element?.tag ?? 'the end'}`);
  return element.content;
}

/** The elements that follow one another in `bytes`; definite lengths only, as DER demands. */
function elements(bytes: Uint8Array): Der[] {
  const found: Der[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at] ?? 0;
    let length = bytes[at + 1] ?? 0;
    let start = at + 2;
    if (length > 0x7f) {
      const count = length & 0x7f;
      if (count === 0 || count > 4) throw broken('a length is not of DER');
      length = 0;
      for (let i = 0; i < count; i += 1) length = length * 256 + (bytes[start + i] ?? 0);
      start += count;
    }
    if (start + length > bytes.length) throw broken('it ends too early');
    found.push({ tag, content: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return found;
}

function broken(reason: string): LabError {
  return new LabError('ML-AUTH-CERTIFICATE', { reason });
}
