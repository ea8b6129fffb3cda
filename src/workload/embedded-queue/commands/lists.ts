import { type Call, type Command, float, int, range } from '../command.ts';
import { Deque } from '../deque.ts';
import { bulk, bulks, integer, NIL, Refusal, SYNTAX } from '../replies.ts';

const ONE_KEY = [1, 1, 1] as const;
const WRITE = ['write', 'denyoom'];

export const LIST_COMMANDS: readonly Command[] = [
  { name: 'lpush', arity: -3, flags: [...WRITE, 'fast'], keys: ONE_KEY, run: (call) => push(call, 'left') },
  { name: 'rpush', arity: -3, flags: [...WRITE, 'fast'], keys: ONE_KEY, run: (call) => push(call, 'right') },
  {
    name: 'llen',
    arity: 2,
    flags: ['readonly', 'fast'],
    keys: ONE_KEY,
    run: ({ db, args: [key = ''] }) => integer(db.list(key)?.length ?? 0),
  },
  { name: 'lrange', arity: 4, flags: ['readonly'], keys: ONE_KEY, run: listRange },
  { name: 'lrem', arity: 4, flags: ['write'], keys: ONE_KEY, run: remove },
  { name: 'lmove', arity: 5, flags: WRITE, keys: [1, 2, 1], run: (call) => bulk(move(call)) },
  { name: 'blmove', arity: 6, flags: [...WRITE, 'noscript', 'blocking'], keys: [1, 2, 1], run: blockingMove },
];

function push({ db, args: [key = '', ...items], engine }: Call, end: 'left' | 'right'): string {
  const list = db.list(key) ?? new Deque();
  for (const item of items) add(list, item, end);
  db.setList(key, list);
  engine.filled(db, key);
  return integer(list.length);
}

function add(list: Deque, item: string, end: 'left' | 'right'): void {
  if (end === 'left') list.pushLeft(item);
  else list.pushRight(item);
}

function listRange({ db, args: [key = '', start = '', stop = ''] }: Call): string {
  const [first, last] = [int(start), int(stop)];
  const list = db.list(key);
  if (list === undefined) return bulks([]);
  const { from, to } = range(first, last, list.length);
  return bulks(list.slice(from, to));
}

function remove({ db, args: [key = '', count = '', item = ''] }: Call): string {
  const wanted = int(count);
  const list = db.list(key);
  const removed = list?.remove(item, wanted === 0 ? Infinity : Math.abs(wanted), wanted < 0) ?? 0;
  if (list !== undefined && removed > 0) db.setList(key, list);
  return integer(removed);
}

/** LMOVE source destination from to: the item that was moved. */
function move({ db, args, engine }: Call): string | undefined {
  const [source = '', destination = ''] = args;
  const [from, to] = [endOf(args[2]), endOf(args[3])];
  const list = db.list(source);
  if (list === undefined) return undefined;
  const target = db.list(destination) ?? new Deque(); // refuses before anything is taken
  const item = from === 'left' ? list.takeLeft() : list.takeRight();
  if (item === undefined) return undefined;
  add(target, item, to);
  db.setList(source, list);
  db.setList(destination, target);
  engine.filled(db, destination);
  return item;
}

function endOf(word: string | undefined): 'left' | 'right' {
  const end = word?.toLowerCase();
  if (end === 'left' || end === 'right') return end;
  throw new Refusal(SYNTAX);
}

function blockingMove(call: Call): string | undefined {
  const { args, engine, session } = call;
  const [source = '', destination = '', from = '', to = '', timeout = ''] = args;
  endOf(from);
  endOf(to);
  const seconds = float(timeout, 'ERR timeout is not a float or out of range');
  if (seconds < 0 || seconds === Infinity) throw new Refusal('ERR timeout is negative'); // as C casts infinity
  if (seconds * 1000 > Number.MAX_SAFE_INTEGER) throw new Refusal('ERR timeout is out of range');
  const plain = ['LMOVE', source, destination, from, to];
  call.logAs(plain);
  const item = move(call);
  if (item !== undefined) return bulk(item);
  if (!call.mayWait) return NIL;
  engine.wait(session, source, plain, seconds * 1000);
  return undefined;
}
