/** One field of a message as it is on the wire: a varint, or bytes. */
export interface WireField {
  readonly number: number;
  readonly value: bigint | Uint8Array;
}

/** The bytes are no protobuf. */
export class WireError extends RangeError {
  override readonly name = 'WireError';
}

const CUT_OFF = 'unexpected EOF';

/** The fields of a message in their order (protobuf.dev/programming-guides/encoding). Raises WireError. */
export function readFields(bytes: Uint8Array): readonly WireField[] {
  const fields: WireField[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = readVarint(bytes, at);
    at = tag.next;
    const number = Number(tag.value >> 3n);
    const type = Number(tag.value & 7n);
    if (number === 0) throw new WireError('proto: illegal tag 0');
    if (type === 0) {
      const { value, next } = readVarint(bytes, at);
      fields.push({ number, value });
      at = next;
    } else {
      const size = type === 2 ? readVarint(bytes, at) : { value: fixedSize(type), next: at };
      const end = size.next + Number(size.value);
      if (end > bytes.length) throw new WireError(CUT_OFF);
      fields.push({ number, value: bytes.subarray(size.next, end) });
      at = end;
    }
  }
  return fields;
}

function fixedSize(type: number): bigint {
  if (type === 1) return 8n;
  if (type === 5) return 4n;
  throw new WireError(`proto: illegal wireType ${type}`);
}

export function readVarint(bytes: Uint8Array, from: number): { readonly value: bigint; readonly next: number } {
  let value = 0n;
  for (let at = from, shift = 0n; shift < 70n; at += 1, shift += 7n) {
    const byte = bytes[at];
    if (byte === undefined) throw new WireError(CUT_OFF);
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), next: at + 1 };
  }
  throw new WireError('proto: integer overflow');
}

export function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes.push((rest & 0x7f) | 0x80);
  return Uint8Array.from([...bytes, rest]);
}

/** A field that holds bytes: a text, or the fields of a message. */
export function bytesField(number: number, parts: readonly Uint8Array[]): Uint8Array {
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([varint(number * 8 + 2), varint(size), ...parts]);
}
