import { type Call, type Command, int64, sum } from '../command.ts';
import { bulk, bulks, integer, Refusal } from '../replies.ts';

const ONE_KEY = [1, 1, 1] as const;
const READ = ['readonly', 'fast'];

export const HASH_COMMANDS: readonly Command[] = [
  { name: 'hset', arity: -4, flags: ['write', 'denyoom', 'fast'], keys: ONE_KEY, run: set },
  {
    name: 'hget',
    arity: 3,
    flags: READ,
    keys: ONE_KEY,
    run: ({ db, args: [key = '', field = ''] }) => bulk(db.hash(key)?.get(field)),
  },
  {
    name: 'hgetall',
    arity: 2,
    flags: ['readonly'],
    keys: ONE_KEY,
    run: ({ db, args: [key = ''] }) => bulks([...(db.hash(key) ?? [])].flat()),
  },
  {
    name: 'hlen',
    arity: 2,
    flags: READ,
    keys: ONE_KEY,
    run: ({ db, args: [key = ''] }) => integer(db.hash(key)?.size ?? 0),
  },
  { name: 'hincrby', arity: 4, flags: ['write', 'denyoom', 'fast'], keys: ONE_KEY, run: incrementBy },
  { name: 'hdel', arity: -3, flags: ['write', 'fast'], keys: ONE_KEY, run: remove },
];

function set({ db, args: [key = '', ...pairs] }: Call): string {
  if (pairs.length % 2 === 1) throw new Refusal("ERR wrong number of arguments for 'hset' command");
  const fields = db.hash(key) ?? new Map<string, string>();
  const before = fields.size;
  for (let i = 0; i < pairs.length; i += 2) fields.set(pairs[i] ?? '', pairs[i + 1] ?? '');
  db.setHash(key, fields);
  return integer(fields.size - before);
}

function incrementBy({ db, args: [key = '', field = '', more = ''] }: Call): string {
  const by = int64(more);
  const fields = db.hash(key) ?? new Map<string, string>();
  const after = sum(int64(fields.get(field) ?? '0', 'ERR hash value is not an integer'), by);
  fields.set(field, String(after));
  db.setHash(key, fields);
  return integer(after);
}

function remove({ db, args: [key = '', ...names] }: Call): string {
  const fields = db.hash(key);
  const removed = fields === undefined ? 0 : names.filter((name) => fields.delete(name)).length;
  if (fields !== undefined && removed > 0) db.setHash(key, fields);
  return integer(removed);
}
