import { type Call, type Command, int } from '../command.ts';
import { array, bulk, integer, NIL, OK, Refusal, simple, SYNTAX } from '../replies.ts';
import type { Session } from '../session.ts';

const ANY_TIME = ['loading', 'stale', 'fast'];
const BEFORE_LOGIN = ['noscript', ...ANY_TIME, 'no_auth', 'allow_busy'];
const ADMIN = ['admin', 'noscript', 'loading', 'stale'];

const CLIENT_COMMANDS: readonly Command[] = [
  sub('id', 2, ({ session }) => integer(session.id)),
  sub('info', 2, ({ session, engine }) => bulk(`${clientLine(session, engine.now())}\n`)),
  sub('list', 2, ({ engine }) =>
    bulk(
      engine
        .sessions()
        .map((each) => `${clientLine(each, engine.now())}\n`)
        .join(''),
    ),
  ),
  sub('getname', 2, ({ session }) => (session.name === '' ? NIL : bulk(session.name))),
  sub('setname', 3, ({ session, args: [, name = ''] }) => rename(session, name)),
  { ...sub('kill', -3, kill), flags: ADMIN },
];

export const CONNECTION_COMMANDS: readonly Command[] = [
  { name: 'auth', arity: -2, flags: BEFORE_LOGIN, run: auth },
  { name: 'hello', arity: -1, flags: BEFORE_LOGIN, run: hello },
  { name: 'quit', arity: -1, flags: BEFORE_LOGIN, run: quit },
  { name: 'select', arity: 2, flags: ANY_TIME, run: select },
  { name: 'ping', arity: -1, flags: ['fast'], run: ping },
  { name: 'echo', arity: 2, flags: ANY_TIME, run: ({ args: [text] }) => bulk(text) },
  {
    name: 'client',
    arity: -2,
    flags: [],
    subcommands: new Map(CLIENT_COMMANDS.map((command) => [command.name.slice('client|'.length), command])),
    run: () => undefined,
  },
];

function sub(name: string, arity: number, run: Command['run']): Command {
  return { name: `client|${name}`, arity, flags: ['noscript', 'loading', 'stale'], run };
}

function auth({ session, engine, args }: Call): string {
  if (args.length > 2) throw new Refusal(SYNTAX);
  const [user, password] = args.length === 2 ? [args[0], args[1]] : ['default', args[0]];
  logIn(session, engine.isPassword(password ?? '') && user === 'default');
  return OK;
}

/** A failed try does not log out who is logged in already. */
function logIn(session: Session, right: boolean): void {
  if (!right) throw new Refusal('WRONGPASS invalid username-password pair or user is disabled.');
  session.loggedIn = true;
}

/** HELLO [2 [AUTH user password] [SETNAME name]]: RESP3 is not spoken here. */
function hello({ session, engine, args: [version, ...words] }: Call): string {
  if (version !== undefined && int(version, 'ERR Protocol version is not an integer or out of range') !== 2)
    throw new Refusal('NOPROTO unsupported protocol version');
  for (let i = 0; i < words.length; i += 2) {
    const word = words[i]?.toLowerCase();
    const [first, second] = words.slice(i + 1);
    if (word === 'auth' && second !== undefined) {
      logIn(session, first === 'default' && engine.isPassword(second));
      i += 1;
    } else if (word === 'setname' && first !== undefined) rename(session, first);
    else throw new Refusal(`ERR Syntax error in HELLO option '${words[i]}'`);
  }
  if (!session.loggedIn)
    throw new Refusal(
      'NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time',
    );
  const about = ['server', 'redis', 'version', engine.redisVersion];
  const state = [bulk('proto'), integer(2), bulk('id'), integer(session.id)];
  const role = ['mode', 'standalone', 'role', 'master', 'modules'];
  return array([...about.map(bulk), ...state, ...role.map(bulk), array([])]);
}

function quit({ session }: Call): string {
  session.end();
  return OK;
}

function select({ session, engine, args: [word = ''] }: Call): string {
  const db = int(word);
  if (db < 0 || db >= engine.databases.length) throw new Refusal('ERR DB index is out of range');
  session.db = db;
  return OK;
}

function ping({ args }: Call): string {
  if (args.length > 1) throw new Refusal("ERR wrong number of arguments for 'ping' command");
  return args[0] === undefined ? simple('PONG') : bulk(args[0]);
}

function rename(session: Session, name: string): string {
  if (/[^!-~]/.test(name)) throw new Refusal('ERR Client names cannot contain spaces, newlines or special characters.');
  session.name = name;
  return OK;
}

/** CLIENT KILL address, or filters: ID, ADDR, LADDR, SKIPME. */
function kill({ session, engine, args: [, ...words] }: Call): string {
  const [only] = words;
  if (words.length === 1) {
    const found = engine.sessions().find(({ address }) => address === only);
    if (found === undefined) throw new Refusal('ERR No such client');
    found.end();
    return OK;
  }
  let skipMe = true;
  const filters: ((each: Session) => boolean)[] = [];
  for (let i = 0; i < words.length; i += 2) {
    const [word, value] = [words[i]?.toLowerCase(), words[i + 1]];
    if (value === undefined) throw new Refusal(SYNTAX);
    if (word === 'id') {
      const id = int(value, 'ERR client-id should be greater than 0');
      if (id < 1) throw new Refusal('ERR client-id should be greater than 0');
      filters.push((each) => each.id === id);
    } else if (word === 'addr') filters.push((each) => each.address === value);
    else if (word === 'laddr') filters.push((each) => each.localAddress === value);
    else if (word === 'skipme' && /^(?:yes|no)$/i.test(value)) skipMe = value.toLowerCase() === 'yes';
    else throw new Refusal(SYNTAX);
  }
  const victims = engine
    .sessions()
    .filter((each) => !(skipMe && each === session) && filters.every((fits) => fits(each)));
  for (const victim of victims) victim.end();
  return integer(victims.length);
}

/** The fields of Redis that mean something here, in its order. */
function clientLine(session: Session, now: number): string {
  const seconds = (since: number) => Math.max(0, Math.floor((now - since) / 1000));
  const fields = {
    id: session.id,
    addr: session.address,
    laddr: session.localAddress,
    name: session.name,
    age: seconds(session.since),
    idle: seconds(session.seenAt),
    flags: session.waiting === undefined ? (session.transaction === undefined ? 'N' : 'x') : 'b',
    db: session.db,
    sub: 0,
    psub: 0,
    multi: session.transaction?.commands.length ?? -1,
    cmd: session.lastCommand,
    user: 'default',
    resp: 2,
  };
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}
