import { type Call, type Command, int, int64, range, sum } from '../command.ts';
import { type Bytes, bytesOf, textOf } from '../keyspace.ts';
import { bulk, integer, NIL, OK, Refusal, SYNTAX } from '../replies.ts';

const MAX_BYTES = 512 * 1024 * 1024;
const BAD_OFFSET = 'ERR bit offset is not an integer or out of range';
const ONE_KEY = [1, 1, 1] as const;
const WRITE = ['write', 'denyoom'];
const READ = ['readonly', 'fast'];

export const STRING_COMMANDS: readonly Command[] = [
  { name: 'get', arity: 2, flags: READ, keys: ONE_KEY, run: ({ db, args: [key = ''] }) => text(db.string(key)) },
  { name: 'set', arity: -3, flags: WRITE, keys: ONE_KEY, run: set },
  { name: 'strlen', arity: 2, flags: READ, keys: ONE_KEY, run: (call) => integer(stringOf(call)?.length ?? 0) },
  { name: 'incr', arity: 2, flags: [...WRITE, 'fast'], keys: ONE_KEY, run: (call) => add(call, 1n) },
  {
    name: 'incrby',
    arity: 3,
    flags: [...WRITE, 'fast'],
    keys: ONE_KEY,
    run: (call) => add(call, int64(call.args[1] ?? '')),
  },
  { name: 'setbit', arity: 4, flags: WRITE, keys: ONE_KEY, run: setBit },
  { name: 'getbit', arity: 3, flags: READ, keys: ONE_KEY, run: getBit },
  { name: 'bitcount', arity: -2, flags: ['readonly'], keys: ONE_KEY, run: bitCount },
];

function stringOf({ db, args: [key = ''] }: Call): Bytes | undefined {
  return db.string(key);
}

function text(bytes: Bytes | undefined): string {
  return bytes === undefined ? NIL : bulk(textOf(bytes));
}

/** SET key value [NX | XX] [GET] [EX | PX | EXAT | PXAT time | KEEPTTL]. The log gets the time at which it expires. */
function set(call: Call): string {
  const { db, args, engine } = call;
  const [key = '', value = '', ...rest] = args;
  const options = setOptions(rest, engine.now());
  const { only, get, expiresAt } = options;
  const before = get ? db.string(key) : undefined;
  const exists = db.get(key) !== undefined;
  if (only !== undefined && exists !== (only === 'xx')) return get ? text(before) : NIL;
  if (typeof expiresAt === 'number') call.logAs(['SET', key, value, 'PXAT', String(expiresAt)]);
  const answer = get ? text(before) : OK;
  db.setString(key, bytesOf(value), expiresAt);
  return answer;
}

interface SetOptions {
  readonly only: 'nx' | 'xx' | undefined;
  readonly get: boolean;
  readonly expiresAt: number | 'keep' | undefined;
}

/** Unit in milliseconds, and whether it counts from now. */
const TIMES: Readonly<Record<string, readonly [unit: number, fromNow: boolean]>> = {
  ex: [1000, true],
  px: [1, true],
  exat: [1000, false],
  pxat: [1, false],
};

function setOptions(words: readonly string[], now: number): SetOptions {
  let only: SetOptions['only'];
  let get = false;
  let expiry: { readonly word: string; readonly value: string } | 'keep' | undefined;
  for (let i = 0; i < words.length; i += 1) {
    const word = (words[i] ?? '').toLowerCase();
    const value = words[i + 1];
    if (word === 'get') get = true;
    else if ((word === 'nx' || word === 'xx') && (only ?? word) === word) only = word;
    else if (word === 'keepttl' && (expiry ?? 'keep') === 'keep') expiry = 'keep';
    else if (word in TIMES && value !== undefined && expiry === undefined) {
      expiry = { word, value };
      i += 1;
    } else throw new Refusal(SYNTAX);
  }
  if (expiry === undefined || expiry === 'keep') return { only, get, expiresAt: expiry };
  const [unit, fromNow] = TIMES[expiry.word] ?? [1, false];
  const time = int64(expiry.value);
  const at = time * BigInt(unit) + (fromNow ? BigInt(Math.trunc(now)) : 0n);
  if (time <= 0n || at > 2n ** 63n - 1n) throw new Refusal("ERR invalid expire time in 'set' command");
  return { only, get, expiresAt: Number(at) };
}

function add(call: Call, more: bigint): string {
  const [key = ''] = call.args;
  const before = stringOf(call);
  const after = sum(before === undefined ? 0n : int64(textOf(before)), more);
  call.db.setString(key, bytesOf(String(after)), 'keep');
  return integer(after);
}

function bitOffset(word: string | undefined): number {
  const offset = int(word ?? '', BAD_OFFSET);
  if (offset < 0 || offset >= MAX_BYTES * 8) throw new Refusal(BAD_OFFSET);
  return offset;
}

function setBit(call: Call): string {
  const [key = '', offsetWord, bitWord = ''] = call.args;
  const offset = bitOffset(offsetWord);
  const bit = int(bitWord, 'ERR bit is not an integer or out of range');
  if (bit !== 0 && bit !== 1) throw new Refusal('ERR bit is not an integer or out of range');
  const bytes = stringOf(call) ?? bytesOf('');
  const at = offset >> 3;
  const mask = 0x80 >> (offset & 7);
  grow(bytes, at + 1);
  const before = bytes.buffer[at] ?? 0;
  bytes.buffer[at] = bit === 1 ? before | mask : before & ~mask;
  call.db.setString(key, bytes, 'keep');
  return integer(before & mask ? 1 : 0);
}

function grow(bytes: Bytes, length: number): void {
  if (length <= bytes.length) return;
  if (length > bytes.buffer.length) {
    const larger = Buffer.alloc(Math.max(length, bytes.buffer.length * 2));
    bytes.buffer.copy(larger, 0, 0, bytes.length);
    bytes.buffer = larger;
  }
  bytes.length = length;
}

function getBit(call: Call): string {
  const offset = bitOffset(call.args[1]);
  const bytes = stringOf(call);
  const at = offset >> 3;
  const byte = bytes === undefined || at >= bytes.length ? 0 : (bytes.buffer[at] ?? 0);
  return integer(byte & (0x80 >> (offset & 7)) ? 1 : 0);
}

/** BITCOUNT key [start end [BYTE | BIT]]. */
function bitCount(call: Call): string {
  const [, start, end, unit, ...more] = call.args;
  const inBits = unit?.toLowerCase() === 'bit';
  if (more.length > 0 || (start !== undefined && end === undefined)) throw new Refusal(SYNTAX);
  const [first, last] = start === undefined ? [0, -1] : [int(start), int(end ?? '')];
  if (unit !== undefined && !inBits && unit.toLowerCase() !== 'byte') throw new Refusal(SYNTAX);
  const bytes = stringOf(call);
  if (bytes === undefined) return integer(0);
  const { from, to } = range(first, last, inBits ? bytes.length * 8 : bytes.length);
  let count = 0;
  if (inBits) for (let bit = from; bit < to; bit += 1) count += ((bytes.buffer[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1;
  else for (let at = from; at < to; at += 1) count += ones(bytes.buffer[at] ?? 0);
  return integer(count);
}

function ones(byte: number): number {
  let count = 0;
  for (let rest = byte; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}
