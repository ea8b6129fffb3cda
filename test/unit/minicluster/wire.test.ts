import { expect, test } from 'vitest';
import { configMap } from '../../../src/minicluster/kinds/config-map.ts';
import { protobufJson } from '../../../src/minicluster/protobuf/decode.ts';
import { readFields, WireError } from '../../../src/minicluster/protobuf/wire.ts';

const bytes = (...values: (number | string)[]) =>
  Buffer.concat(values.map((value) => (typeof value === 'number' ? Buffer.from([value]) : Buffer.from(value))));
const field = (number: number, content: Buffer) =>
  bytes((number << 3) | 2, content.length).toString('latin1') + content.toString('latin1');
const message = (...fields: string[]) => Buffer.from(fields.join(''), 'latin1');
const text = (value: string) => Buffer.from(value);

test('reads varints and bytes, and refuses what is cut off', () => {
  expect(readFields(bytes(0x08, 0x96, 0x01, 0x12, 2, 'hi'))).toEqual(
    [
      { number: 1, value: 150n },
      { number: 2, value: new Uint8Array(Buffer.from('hi')) },
    ].map((each) => (typeof each.value === 'bigint' ? each : { ...each, value: Buffer.from(each.value) })),
  );
  expect(() => readFields(bytes(0x12, 5, 'hi'))).toThrow(WireError);
  expect(() => readFields(bytes(0x08, 0x80))).toThrow(WireError);
});

test('reads the envelope, texts, maps and bytes of a ConfigMap as kubectl sends it', () => {
  const type = configMap.versions[0]?.type;
  if (type === undefined) throw new Error('ConfigMap has no version');
  const entry = message(field(1, text('k')), field(2, text('v')));
  const binary = message(field(1, text('b')), field(2, Buffer.from([0, 1])));
  const meta = message(field(1, text('a')), field(8, Buffer.alloc(0)));
  const object = message(field(1, meta), field(2, entry), field(3, binary));
  const head = message(field(1, text('v1')), field(2, text('ConfigMap')));
  const body = Buffer.concat([text('k8s\0'), message(field(1, head), field(2, object))]);
  expect(protobufJson(body, type)).toEqual({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a' },
    data: { k: 'v' },
    binaryData: { b: 'AAE=' },
  });
  expect(() => protobufJson(text('{}'), type)).toThrow('expected prefix');
});
