import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeCommand, fromBytes, RespError, RespParser, type RespReply, toBytes } from '../../../src/sources/resp.ts';

function encodeReply(reply: RespReply): string {
  if (reply === null) return '$-1\r\n';
  if (typeof reply === 'number') return `:${reply}\r\n`;
  if (typeof reply === 'string') return `$${reply.length}\r\n${reply}\r\n`;
  if (reply instanceof RespError) return `-${reply.message}\r\n`;
  return `*${reply.length}\r\n${reply.map(encodeReply).join('')}`;
}

const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array).toString('latin1'));
const { reply } = fc.letrec<{ reply: RespReply }>((tie) => ({
  reply: fc.oneof(
    { maxDepth: 4 },
    bytes,
    fc.integer(),
    fc.constant(null),
    fc.constant(new RespError('WRONGTYPE no')),
    fc.array(tie('reply'), { maxLength: 4 }),
  ),
}));

test('whatever the pieces in which they arrive, the replies are the same', () => {
  fc.assert(
    fc.property(fc.array(reply, { maxLength: 5 }), fc.array(fc.nat(200), { maxLength: 20 }), (replies, cuts) => {
      const whole = Buffer.from(replies.map(encodeReply).join(''), 'latin1');
      const places = [...new Set(cuts.map((cut) => cut % (whole.length + 1)))].sort((a, b) => a - b);
      const parser = new RespParser('redis://x');
      const parsed = [...places, whole.length].flatMap((end, index) =>
        parser.push(whole.subarray(index === 0 ? 0 : places[index - 1], end)),
      );
      expect(parsed).toEqual(replies);
    }),
  );
});

test('a command carries any text', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1 }), (args) => {
      const parsed = new RespParser('x').push(Buffer.from(encodeCommand(args.map(toBytes)), 'latin1'));
      expect(parsed).toEqual([args.map(toBytes)]);
      expect(args.map(toBytes).map(fromBytes)).toEqual(args.map((arg) => arg.toWellFormed()));
    }),
  );
});

test.each(['HTTP/1.1 400 Bad Request\r\n', '$abc\r\n', ':\r\n', '*1.5\r\n', '%1\r\n'])('%j is not Redis', (text) => {
  expect(() => new RespParser('redis://x').push(Buffer.from(text))).toThrow(
    expect.objectContaining({ id: 'ML-QUEUE-PROTOCOL' }),
  );
});

test('nesting has an end', () => {
  expect(() => new RespParser('x').push(Buffer.from('*1\r\n'.repeat(20)))).toThrow(
    expect.objectContaining({ id: 'ML-QUEUE-PROTOCOL' }),
  );
});
