import { type Call, type Command, float, int, range } from '../command.ts';
import { bulks, integer, Refusal, SYNTAX } from '../replies.ts';

const ONE_KEY = [1, 1, 1] as const;

export const SORTED_SET_COMMANDS: readonly Command[] = [
  { name: 'zadd', arity: -4, flags: ['write', 'denyoom', 'fast'], keys: ONE_KEY, run: add },
  { name: 'zrange', arity: -4, flags: ['readonly'], keys: ONE_KEY, run: members },
  {
    name: 'zcard',
    arity: 2,
    flags: ['readonly', 'fast'],
    keys: ONE_KEY,
    run: ({ db, args: [key = ''] }) => integer(db.zset(key)?.size ?? 0),
  },
  { name: 'zremrangebyscore', arity: 4, flags: ['write'], keys: ONE_KEY, run: removeByScore },
];

/** ZADD key score member [score member ...], without its options. */
function add({ db, args: [key = '', ...pairs] }: Call): string {
  if (pairs.length % 2 === 1) throw new Refusal(SYNTAX);
  const given: (readonly [string, number])[] = [];
  for (let i = 0; i < pairs.length; i += 2)
    given.push([pairs[i + 1] ?? '', float(pairs[i] ?? '', 'ERR value is not a valid float')]);
  const scores = db.zset(key) ?? new Map<string, number>();
  const before = scores.size;
  const moved = given.some(([member, score]) => scores.get(member) !== score);
  for (const [member, score] of given) scores.set(member, score);
  if (moved) db.setZset(key, scores);
  return integer(scores.size - before);
}

/** ZRANGE key start stop [WITHSCORES]: by index, without its other options. */
function members({ db, args: [key = '', start = '', stop = '', ...options] }: Call): string {
  if (options.some((word) => word.toLowerCase() !== 'withscores')) throw new Refusal(SYNTAX);
  const [first, last] = [int(start), int(stop)];
  const sorted = [...(db.zset(key) ?? [])].sort(([a, one], [b, other]) => one - other || (a < b ? -1 : 1));
  const { from, to } = range(first, last, sorted.length);
  const chosen = sorted.slice(from, to);
  return bulks(options.length === 0 ? chosen.map(([member]) => member) : chosen.flatMap(([m, s]) => [m, scoreText(s)]));
}

function removeByScore({ db, args: [key = '', min = '', max = ''] }: Call): string {
  const [low, high] = [bound(min), bound(max)];
  const scores = db.zset(key);
  if (scores === undefined) return integer(0);
  const before = scores.size;
  for (const [member, score] of scores) {
    const above = low.open ? score > low.value : score >= low.value;
    if (above && (high.open ? score < high.value : score <= high.value)) scores.delete(member);
  }
  if (scores.size < before) db.setZset(key, scores);
  return integer(before - scores.size);
}

function bound(word: string): { readonly value: number; readonly open: boolean } {
  const open = word.startsWith('(');
  return { open, value: float(open ? word.slice(1) : word, 'ERR min or max is not a float') };
}

/** As C prints it with `%.17g`. */
function scoreText(score: number): string {
  if (!Number.isFinite(score)) return score > 0 ? 'inf' : '-inf';
  if (Number.isInteger(score) && Math.abs(score) < 1e17) return Object.is(score, -0) ? '-0' : String(score);
  const [digits = '', exponent] = score.toPrecision(17).split('e');
  const short = digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits;
  const magnitude = exponent?.replace(/^([+-])(\d)$/, '$10$2');
  return magnitude === undefined ? short : `${short}e${magnitude}`;
}
