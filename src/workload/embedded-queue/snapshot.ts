import { encodeCommand } from '../../sources/resp.ts';
import { type Keyspace, textOf, type Value } from './keyspace.ts';
import type { Words } from './requests.ts';

/** Members of one command, so that no record is larger than it must be. */
const CHUNK = 500;

/** Commands that make these databases again, a record each. */
export function* snapshot(databases: readonly Keyspace[]): Generator<string> {
  for (const [index, db] of databases.entries()) {
    const select = index === 0 ? '' : encodeCommand(['SELECT', index]);
    for (const key of db.keys()) {
      const value = db.get(key);
      if (value === undefined) continue;
      for (const words of commandsFor(key, value, db.expiresAt(key))) yield select + encodeCommand(words);
    }
  }
}

function* commandsFor(key: string, value: Value, expiresAt: number | undefined): Generator<Words> {
  if (value.type === 'string') {
    const until = expiresAt === undefined ? [] : ['PXAT', String(expiresAt)];
    yield ['SET', key, textOf(value.bytes), ...until];
  } else if (value.type === 'list') {
    for (let at = 0; at < value.items.length; at += CHUNK)
      yield ['RPUSH', key, ...value.items.slice(at, Math.min(at + CHUNK, value.items.length))];
  } else if (value.type === 'hash') {
    yield* inChunks(['HSET', key], [...value.fields].flat());
  } else {
    const pairs = [...value.scores].map(([member, score]) => [scoreWord(score), member]);
    yield* inChunks(['ZADD', key], pairs.flat());
  }
}

function* inChunks(head: Words, words: Words): Generator<Words> {
  for (let at = 0; at < words.length; at += 2 * CHUNK) yield [...head, ...words.slice(at, at + 2 * CHUNK)];
}

/** A word that reads as the same number. */
function scoreWord(score: number): string {
  return Number.isFinite(score) ? String(score) : score > 0 ? 'inf' : '-inf';
}
