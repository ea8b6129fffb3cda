import { timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../contracts/clock.ts';
import { encodeCommand } from '../../sources/resp.ts';
import type { InfoSections } from './about.ts';
import type { Command } from './command.ts';
import { CONNECTION_COMMANDS } from './commands/connection.ts';
import { HASH_COMMANDS } from './commands/hashes.ts';
import { INSPECTION_COMMANDS } from './commands/inspection.ts';
import { KEY_COMMANDS } from './commands/keys.ts';
import { LIST_COMMANDS } from './commands/lists.ts';
import { SORTED_SET_COMMANDS } from './commands/sorted-sets.ts';
import { STRING_COMMANDS } from './commands/strings.ts';
import { TRANSACTION_COMMANDS } from './commands/transactions.ts';
import { Keyspace } from './keyspace.ts';
import { failure, NIL, NIL_ARRAY, Refusal, simple } from './replies.ts';
import type { Words } from './requests.ts';
import type { Session } from './session.ts';
import { snapshot } from './snapshot.ts';

export interface EngineOptions {
  readonly password: string;
  readonly clock: Clock;
  /** Is given the commands of each change that must be kept whole or not at all, as RESP2. */
  readonly log: (record: string) => void;
  /** For INFO and CONFIG GET. */
  readonly about: () => { readonly info: InfoSections; readonly config: Readonly<Record<string, string>> };
}

const COMMANDS: readonly Command[] = [
  ...CONNECTION_COMMANDS,
  ...HASH_COMMANDS,
  ...INSPECTION_COMMANDS,
  ...KEY_COMMANDS,
  ...LIST_COMMANDS,
  ...SORTED_SET_COMMANDS,
  ...STRING_COMMANDS,
  ...TRANSACTION_COMMANDS,
];
const BY_NAME: ReadonlyMap<string, Command> = new Map(COMMANDS.map((command) => [command.name, command]));
/** Not queued by MULTI. */
const AT_ONCE: ReadonlySet<string> = new Set(['multi', 'exec', 'discard', 'watch', 'quit']);
const DATABASES = 16;
/** Longest time that a timer takes. */
const MAX_WAIT_MS = 2_147_483_647;
/** Arguments of an unknown command are repeated up to so many characters (server.c, commandCheckExistence). */
const SHOWN = 128;

/** The commands of a small Redis on data in memory: no sockets, no files. */
export class Engine {
  readonly commands: readonly Command[] = COMMANDS;
  readonly databases: readonly Keyspace[];
  /** Whose answers these are. */
  readonly redisVersion = '7.0.15';
  readonly counters = { commands: 0, connections: 0, expired: 0 };
  readonly #options: EngineOptions;
  readonly #sessions: Set<Session> = new Set();
  /** By `db key`. */
  readonly #watchers: Map<string, Set<Session>> = new Map();
  readonly #waiting: Map<string, Session[]> = new Map();
  readonly #filled: Set<string> = new Set();
  #dirty = false;
  #record = '';
  #recordDb = 0;
  #replaying = false;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.databases = Array.from({ length: DATABASES }, (_, index) => this.#keyspace(index));
  }

  now(): number {
    return this.#options.clock.now();
  }

  isPassword(text: string): boolean {
    const [given, right] = [Buffer.from(text, 'latin1'), Buffer.from(this.#options.password, 'utf8')];
    return given.length === right.length && timingSafeEqual(given, right);
  }

  about(): ReturnType<EngineOptions['about']> {
    return this.#options.about();
  }

  sessions(): readonly Session[] {
    return [...this.#sessions];
  }

  get waiters(): number {
    return [...this.#waiting.values()].reduce((count, queue) => count + queue.length, 0);
  }

  add(session: Session): void {
    this.#sessions.add(session);
    this.counters.connections += 1;
  }

  remove(session: Session): void {
    this.#sessions.delete(session);
    this.unwatch(session);
    this.#stopWaiting(session);
  }

  /** One command of a client: the answer; undefined when it comes later. */
  execute(session: Session, words: Words): string | undefined {
    session.seenAt = this.now();
    this.counters.commands += 1;
    try {
      const command = this.#admit(session, words);
      session.lastCommand = command.name;
      if (session.transaction === undefined || AT_ONCE.has(command.name))
        return this.run(command, words, session, session.transaction === undefined);
      session.transaction.commands.push({ command, words });
      return simple('QUEUED');
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (session.transaction !== undefined) session.transaction.broken = true;
      return failure(error.message);
    } finally {
      this.#commit();
      this.#serve();
    }
  }

  /** Runs an admitted command and notes what it changed for the log. */
  run(command: Command, words: Words, session: Session, mayWait: boolean): string | undefined {
    const db = this.#database(session.db);
    const before = session.db;
    let logged = words;
    const logAs = (other: Words) => {
      logged = other;
    };
    try {
      return command.run({ args: words.slice(1), session, engine: this, db, mayWait, logAs });
    } catch (error) {
      if (error instanceof Refusal) return failure(error.message);
      throw error;
    } finally {
      if (this.#dirty) this.#note(before, logged);
      this.#dirty = false;
    }
  }

  /** Does again what a record of the log says. Raises Refusal for what no log of ours says. */
  replay(commands: readonly Words[], session: Session): void {
    this.#replaying = true;
    session.db = 0;
    for (const words of commands) {
      const reply = this.run(this.#admit(session, words), words, session, false);
      if (reply?.startsWith('-') === true) throw new Refusal(reply.slice(1).trimEnd());
    }
    this.#replaying = false;
    this.#filled.clear();
  }

  /** Everything as records for a new log. */
  snapshot(): Iterable<string> {
    return snapshot(this.databases);
  }

  /** Removes the keys whose time is over. */
  expire(): void {
    for (const db of this.databases) db.expire();
    this.#commit();
  }

  watch(session: Session, key: string): void {
    this.#database(session.db).get(key); // what has expired by now is no change
    const place = `${session.db} ${key}`;
    const watchers = this.#watchers.get(place) ?? new Set();
    this.#watchers.set(place, watchers.add(session));
    session.watched.add(place);
  }

  unwatch(session: Session): void {
    for (const place of session.watched) {
      const watchers = this.#watchers.get(place);
      watchers?.delete(session);
      if (watchers?.size === 0) this.#watchers.delete(place);
    }
    session.watched.clear();
    session.changed = false;
  }

  changedSinceWatch(session: Session): boolean {
    for (const place of session.watched) {
      const [db, key] = splitPlace(place);
      this.#database(Number(db)).get(key); // expiring is a change, too
    }
    return session.changed;
  }

  /** A list has items: whoever waits for it is served when the command (or transaction) is through. */
  filled(db: Keyspace, key: string): void {
    this.#filled.add(`${this.databases.indexOf(db)} ${key}`);
  }

  /** Has the client wait until the list `key` has an item for `words`, which then run in its place; 0 ms: for ever. */
  wait(session: Session, key: string, words: Words, timeoutMs: number): void {
    const place = `${session.db} ${key}`;
    const stop = new AbortController();
    session.waiting = { key: place, words, stop };
    this.#waiting.set(place, [...(this.#waiting.get(place) ?? []), session]);
    if (timeoutMs === 0) return;
    const over = () => {
      this.#stopWaiting(session);
      session.answer(NIL_ARRAY);
    };
    const served = () => {}; // the sleep was cut short: there is an answer, or nobody to answer
    void this.#options.clock.sleep(Math.min(Math.ceil(timeoutMs), MAX_WAIT_MS), stop.signal).then(over, served);
  }

  /** The command that these words name, if this client may run it. Raises Refusal. */
  #admit(session: Session, words: Words): Command {
    const [name = '', subname] = words;
    const parent = BY_NAME.get(name.toLowerCase());
    if (parent === undefined) throw new Refusal(unknownCommand(words));
    const found = subname === undefined ? undefined : parent.subcommands?.get(subname.toLowerCase());
    if (parent.subcommands !== undefined && subname !== undefined && found === undefined)
      throw new Refusal(`ERR unknown subcommand '${subname.slice(0, SHOWN)}'. Try ${parent.name.toUpperCase()} HELP.`);
    const command = found ?? parent;
    const enough = command.arity > 0 ? words.length === command.arity : words.length >= -command.arity;
    if (!enough) throw new Refusal(`ERR wrong number of arguments for '${command.name}' command`);
    if (!session.loggedIn && !command.flags.includes('no_auth')) throw new Refusal('NOAUTH Authentication required.');
    return command;
  }

  #keyspace(index: number): Keyspace {
    return new Keyspace({
      now: () => (this.#replaying ? -Infinity : this.now()),
      changed: (key) => {
        this.#dirty = true;
        this.#touch(index, key);
      },
      expired: (key) => {
        this.counters.expired += 1;
        this.#note(index, ['DEL', key]);
        this.#touch(index, key);
      },
    });
  }

  #database(index: number): Keyspace {
    const db = this.databases[index];
    if (db === undefined) throw new Refusal('ERR DB index is out of range');
    return db;
  }

  #touch(db: number, key: string): void {
    for (const session of this.#watchers.get(`${db} ${key}`) ?? []) session.changed = true;
  }

  #note(db: number, words: Words): void {
    if (this.#replaying) return;
    if (db !== this.#recordDb) this.#record += encodeCommand(['SELECT', db]);
    this.#recordDb = db;
    this.#record += encodeCommand(words);
  }

  #commit(): void {
    if (this.#record !== '') this.#options.log(this.#record);
    this.#record = '';
    this.#recordDb = 0;
  }

  /** Gives what came into lists to those who wait, first come, first served. */
  #serve(): void {
    for (const place of this.#filled) {
      this.#filled.delete(place);
      const [db, key] = splitPlace(place);
      for (let queue = this.#waiting.get(place); queue !== undefined; queue = this.#waiting.get(place)) {
        const [session] = queue;
        const words = session?.waiting?.words;
        if (session === undefined || words === undefined) break;
        if (this.#database(Number(db)).get(key)?.type !== 'list') break;
        const reply = this.run(this.#admit(session, words), words, session, false) ?? NIL;
        this.#commit();
        this.#stopWaiting(session);
        session.answer(reply);
      }
    }
  }

  #stopWaiting(session: Session): void {
    const { waiting } = session;
    if (waiting === undefined) return;
    session.waiting = undefined;
    waiting.stop.abort();
    const rest = (this.#waiting.get(waiting.key) ?? []).filter((each) => each !== session);
    if (rest.length === 0) this.#waiting.delete(waiting.key);
    else this.#waiting.set(waiting.key, rest);
  }
}

function splitPlace(place: string): readonly [db: string, key: string] {
  const at = place.indexOf(' ');
  return [place.slice(0, at), place.slice(at + 1)];
}

function unknownCommand([name = '', ...args]: Words): string {
  let shown = '';
  for (const arg of args) {
    if (shown.length >= SHOWN) break;
    shown += `'${arg.slice(0, SHOWN - shown.length)}' `;
  }
  return `ERR unknown command '${name.slice(0, SHOWN)}', with args beginning with: ${shown}`;
}
