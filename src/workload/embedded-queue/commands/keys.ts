import { type Call, type Command, glob, int } from '../command.ts';
import { array, bulk, bulks, integer, Refusal, simple, SYNTAX } from '../replies.ts';

const FAST_READ = ['readonly', 'fast'];
const ONE_KEY = [1, 1, 1] as const;
const ALL_KEYS = [1, -1, 1] as const;

export const KEY_COMMANDS: readonly Command[] = [
  {
    name: 'del',
    arity: -2,
    flags: ['write'],
    keys: ALL_KEYS,
    run: ({ db, args }) => integer(args.filter((key) => db.delete(key)).length),
  },
  {
    name: 'exists',
    arity: -2,
    flags: FAST_READ,
    keys: ALL_KEYS,
    run: ({ db, args }) => integer(args.filter((key) => db.get(key) !== undefined).length),
  },
  {
    name: 'type',
    arity: 2,
    flags: FAST_READ,
    keys: ONE_KEY,
    run: ({ db, args: [key = ''] }) => simple(db.get(key)?.type ?? 'none'),
  },
  {
    name: 'ttl',
    arity: 2,
    flags: FAST_READ,
    keys: ONE_KEY,
    run: (call) => left(call, (ms) => Math.floor((ms + 500) / 1000)),
  },
  { name: 'pttl', arity: 2, flags: FAST_READ, keys: ONE_KEY, run: (call) => left(call, Math.trunc) },
  {
    name: 'keys',
    arity: 2,
    flags: ['readonly'],
    run: ({ db, args: [pattern = ''] }) => bulks(db.keys().filter(glob(pattern))),
  },
  { name: 'scan', arity: -2, flags: ['readonly'], run: scan },
  { name: 'dbsize', arity: 1, flags: FAST_READ, run: ({ db }) => integer(db.size) },
];

function left({ db, args: [key = ''], engine }: Call, inUnit: (ms: number) => number): string {
  if (db.get(key) === undefined) return integer(-2);
  const at = db.expiresAt(key);
  return integer(at === undefined ? -1 : inUnit(Math.max(0, at - engine.now())));
}

/** SCAN cursor [MATCH glob] [COUNT n] [TYPE type]: everything at once, which COUNT, a hint, allows. */
function scan({ db, args: [cursor = '', ...words] }: Call): string {
  if (!/^\d+$/.test(cursor)) throw new Refusal('ERR invalid cursor');
  let fits = (_key: string) => true;
  let type: string | undefined;
  for (let i = 0; i < words.length; i += 2) {
    const [word, value] = [words[i]?.toLowerCase(), words[i + 1]];
    if (value === undefined) throw new Refusal(SYNTAX);
    if (word === 'match') fits = glob(value);
    else if (word === 'type') type = value.toLowerCase();
    else if (word !== 'count' || int(value) < 1) throw new Refusal(SYNTAX);
  }
  const all = cursor === '0' ? db.keys() : [];
  const found = all.filter((key) => fits(key) && (type === undefined || db.get(key)?.type === type));
  return array([bulk('0'), bulks(found)]);
}
