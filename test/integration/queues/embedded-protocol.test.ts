import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeCommand } from '../../../src/sources/resp.ts';
import { haveQueueServers, TestQueueServer } from '../../helpers/queue-servers.ts';

const INT64_MAX = '9223372036854775807';

/**
 * What both servers are told in turn, on one logged-in connection each, beginning with empty data: one string is one command,
 * words split at blanks; `""` is an empty word, `\xNN` a byte.
 */
const SEQUENCES: Readonly<Record<string, readonly string[]>> = {
  'unknown and misspelt commands': [
    'FOO',
    'foo a b',
    `foo ${'x'.repeat(200)} b`,
    `${'y'.repeat(200)} a`,
    'foo a\r\nb c',
    'client foo',
    'client FOO bar',
    'config foo',
    'command foo',
    'slowlog foo',
    'get',
    'get a b',
    'GET',
    'set a',
    'client',
    'client kill',
    'client kill x y',
    'client setname',
    'config get',
    'ping a b',
    'hset h f',
    'hset h f v g',
  ],
  connection: [
    'PING',
    'ping hello',
    'ECHO hi',
    'echo ""',
    'select 1',
    'select 16',
    'select -1',
    'select x',
    'select 0',
    'client getname',
    'client setname metrics',
    'client getname',
    'client setname a\\x20b',
    'client kill id 0',
    'client kill id x',
    'client kill id 999999',
    'client kill id 999999 addr 1.2.3.4:5',
    'client kill 1.2.3.4:5',
    'client kill addr 1.2.3.4:5 skipme maybe',
    'client kill addr',
    'auth wrong',
    'auth default wrong',
    'auth someone wrong',
    'auth a b c',
    'hello 4',
    'hello x',
    'hello 2 auth',
    'hello 2 foo',
    'hello 2 setname a\\x20b',
  ],
  strings: [
    'get a',
    'set a 1',
    'get a',
    'set a 2 NX',
    'set b 2 xx',
    'set b 2 nx get',
    'set b 3 XX GET',
    'set b 4 nx xx',
    'set b 4 ex 10 px 10',
    'set b 4 keepttl ex 10',
    'set b 4 keepttl keepttl',
    'set b 4 foo',
    'set b 4 ex',
    'set b 4 ex 0',
    'set b 4 ex -1',
    'set b 4 ex x',
    `set b 4 ex ${INT64_MAX}`,
    `set b 4 px ${INT64_MAX}`,
    'set b 4 exat 1',
    'get b',
    'set b 4 ex 100',
    'ttl b',
    'incr b',
    'ttl b',
    'set b 5 keepttl',
    'ttl b',
    'set b 5',
    'ttl b',
    'pttl b',
    'ttl nothing',
    'strlen b',
    'strlen nothing',
    'set bin \\x00\\xff\\r\\n',
    'get bin',
    'set "" empty',
    'get ""',
    'exists a b b nothing',
    'del a nothing a',
    'type b',
    'type nothing',
  ],
  numbers: [
    'incr n',
    'incrby n 5',
    'incrby n -10',
    'incrby n x',
    'incrby n 1.5',
    'incrby n 01',
    'incrby n +1',
    'incrby n -0',
    'incrby n 9223372036854775808',
    `set n ${INT64_MAX}`,
    'incr n',
    'incrby n -1',
    'set n 007',
    'incr n',
    'set n abc',
    'incr n',
    'set n " 1"',
    'incr n',
  ],
  bitmaps: [
    'setbit m 7 1',
    'setbit m 7 1',
    'setbit m 100 1',
    'getbit m 7',
    'getbit m 8',
    'getbit m 100000',
    'getbit nothing 1',
    'get m',
    'bitcount m',
    'bitcount nothing',
    'bitcount m 0 0',
    'bitcount m -1 -1',
    'bitcount m 1 -2',
    'bitcount m 5 1',
    'bitcount m 0 7 bit',
    'bitcount m 0 0 byte',
    'bitcount m 0 0 foo',
    'bitcount m 0',
    'bitcount m x 1',
    'bitcount m 0 1 bit x',
    'setbit m 7 0',
    'setbit m 7 2',
    'setbit m -1 1',
    'setbit m x 1',
    'setbit m 4294967296 1',
    'setbit m 1 x',
    'getbit m x',
    'strlen m',
  ],
  lists: [
    'lpush l a b c',
    'rpush l d',
    'lrange l 0 -1',
    'lrange l 1 2',
    'lrange l -2 -1',
    'lrange l 5 9',
    'lrange l 3 1',
    'lrange l -100 100',
    'lrange l x 1',
    'lrange nothing 0 -1',
    'llen l',
    'llen nothing',
    'lmove l m LEFT RIGHT',
    'lmove l m right left',
    'lmove l l left right',
    'lrange l 0 -1',
    'lrange m 0 -1',
    'lmove nothing m left left',
    'lmove l m up down',
    'lmove l m left',
    'lpush r x y x z x',
    'lrem r 2 x',
    'lrange r 0 -1',
    'lrem r -1 x',
    'lrem r 0 nothing',
    'lrem r x y',
    'lrem nothing 1 a',
    'lrem r 0 z',
    'lrem r 0 y',
    'exists r',
    'blmove l m left left 0',
    'blmove l m left left x',
    'blmove l m left left -1',
    'blmove l m left up 1',
    'blmove nothing m left left 0.01',
    'blmove nothing m left left inf',
    'llen l',
    'llen m',
  ],
  hashes: [
    'hset h a 1 b 2',
    'hset h a 3 c 4',
    'hget h a',
    'hget h nothing',
    'hget nothing a',
    'hgetall h',
    'hgetall nothing',
    'hlen h',
    'hlen nothing',
    'hincrby h a 5',
    'hincrby h new -5',
    'hincrby h a x',
    'hset h t text',
    'hincrby h t 1',
    `hset h big ${INT64_MAX}`,
    'hincrby h big 1',
    'hdel h a nothing b',
    'hdel nothing a',
    'hdel h c new t big',
    'exists h',
  ],
  'sorted sets': [
    'zadd z 2 b 1 a 2 aa',
    'zadd z 3 b',
    'zadd z 3 b 5 e',
    'zadd z x y',
    'zadd z nan y',
    'zadd z 1 a 2',
    'zadd z 0.1 tenth 1e20 large 1e-7 small inf top -inf low 3.0 three 123456789012 twelve',
    'zrange z 0 -1',
    'zrange z 0 -1 WITHSCORES',
    'zrange z 1 2',
    'zrange z -1 -1 withscores',
    'zrange z x 1',
    'zrange z 0 -1 foo',
    'zrange nothing 0 -1',
    'zcard z',
    'zcard nothing',
    'zremrangebyscore z 1 (2',
    'zremrangebyscore z (2 3',
    'zremrangebyscore z x 3',
    'zremrangebyscore z -inf 0.5',
    'zremrangebyscore nothing 0 1',
    'zrange z 0 -1 withscores',
    'zremrangebyscore z -inf +inf',
    'exists z',
  ],
  'keys of another kind': [
    'set s 1',
    'lpush l 1',
    'hset h a 1',
    'zadd z 1 a',
    'lpush s 1',
    'llen h',
    'get l',
    'incr h',
    'setbit z 1 1',
    'hset l a b',
    'zadd s 1 a',
    'lmove s l left left',
    'lmove l h left left',
    'lrange l 0 -1',
    'blmove l s left left 0',
    'set s 1 get',
    'set l 2 get',
    'set l 2',
    'type l',
    'type h',
    'type z',
  ],
  'the keyspace': [
    'dbsize',
    'keys *',
    'scan 0',
    'set user:1 a',
    'keys *',
    'keys user:[0-9]',
    'keys user:[^1]',
    'keys u?er:1',
    'keys u\\x5cser*',
    'keys nothing*',
    'scan 0 match user:* count 10',
    'scan 0 type string',
    'scan 0 type list',
    'scan x',
    'scan 0 match',
    'scan 0 count 0',
    'scan 0 count x',
    'scan 0 foo bar',
    'dbsize',
    'select 3',
    'dbsize',
    'set other 1',
    'dbsize',
    'select 0',
    'exists other',
  ],
  transactions: [
    'multi',
    'multi',
    'set a 1',
    'incr a',
    'get a',
    'lpush a 1',
    'exec',
    'get a',
    'exec',
    'discard',
    'multi',
    'foo',
    'set a 5',
    'exec',
    'multi',
    'get',
    'exec',
    'multi',
    'set a 7',
    'discard',
    'get a',
    'watch a',
    'set a 8',
    'multi',
    'get a',
    'exec',
    'watch a',
    'unwatch',
    'set a 9',
    'multi',
    'watch a',
    'get a',
    'exec',
    'multi',
    'blmove nothing m left left 0',
    'select 2',
    'set in-two 1',
    'exec',
    'get in-two',
    'select 0',
    'get in-two',
    'multi',
    'exec',
  ],
  'questions about itself': [
    'config get maxmemory',
    'config get maxmemory-policy',
    'config get databases',
    'config get appendonly',
    'config get save',
    'config get bind',
    'config get timeout',
    'config get nothing-of-that-name',
    'info nothing-of-that-name',
    'slowlog len',
    'slowlog get',
    'slowlog get 1',
    'latency latest',
    'config resetstat',
  ],
};

/** What a server that does not know the sender is told; each on a connection of its own. */
const STRANGERS: readonly string[] = [
  encodeCommand(['PING']),
  encodeCommand(['GET', 'a']),
  encodeCommand(['FOO']),
  encodeCommand(['GET']),
  encodeCommand(['AUTH', 'wrong']),
  encodeCommand(['HELLO']),
  encodeCommand(['HELLO', '2']),
  encodeCommand(['HELLO', '2', 'AUTH', 'default', 'wrong']),
  encodeCommand(['QUIT']),
  encodeCommand(['MULTI']),
  '*11\r\n',
  '*1\r\n$16385\r\n',
];

/** What is no command and makes the server hang up; each on a logged-in connection of its own. */
const NONSENSE: readonly string[] = [
  '*x\r\n',
  '*2147483648\r\n',
  '*01\r\n',
  '*1\r\n$x\r\n',
  '*1\r\n$-1\r\n',
  '*1\r\n$536870913\r\n',
  '*1\r\nPING\r\n',
  '*1\r\n\r\n',
  'ECHO "unbalanced\r\n',
  "ECHO 'unbalanced\r\n",
  'ECHO "a"b\r\n',
  `ECHO ${'x'.repeat(70_000)}`,
  `*${'1'.repeat(70_000)}`,
  `*1\r\n$${'1'.repeat(70_000)}`,
];

/** Inline commands, as typed into netcat; all on one connection. */
const TYPED = [
  'PING\r\n',
  'ping\n',
  '\r\n',
  '  ECHO   hi  \r\n',
  'ECHO "a b\\x41\\n\\q\\""\r\n',
  "ECHO 'it\\'s \\n'\r\n",
  'ECHO ""\r\n',
  '*0\r\n',
  '*-1\r\n',
  'set k v\r\nget k\r\n',
];

describe.skipIf(!haveQueueServers())('the embedded queue server answers byte for byte as redis-server', () => {
  let real: TestQueueServer;
  let ours: TestQueueServer;
  beforeAll(async () => {
    [real, ours] = await Promise.all([TestQueueServer.start('redis'), TestQueueServer.start('embedded')]);
  });
  afterAll(async () => {
    await Promise.all([real[Symbol.asyncDispose](), ours[Symbol.asyncDispose]()]);
  });

  /** Runs the same against both; what each said. */
  async function both<T>(what: (server: TestQueueServer) => Promise<T>): Promise<readonly [T, T]> {
    return await Promise.all([what(real), what(ours)]);
  }

  test.each(Object.entries(SEQUENCES))('%s', async (_, commands) => {
    const [expected, got] = await both(async (server) => {
      const wire = await Wire.open(server, true);
      const said: string[] = [];
      for (const command of commands) said.push(`${command} → ${await wire.ask(encodeCommand(wordsOf(command)))}`);
      await wire.clear();
      return said;
    });
    expect(got).toEqual(expected);
  });

  test.each(STRANGERS)('before the login: %j', async (bytes) => {
    const [expected, got] = await both(async (server) => (await Wire.open(server, false)).lastWords(bytes, false));
    expect(got).toBe(expected);
  });

  test.each(NONSENSE.map((text) => [text.slice(0, 30), text]))('what is no command: %j', async (_, bytes) => {
    const [expected, got] = await both(async (server) => (await Wire.open(server, true)).lastWords(bytes, true));
    expect(got).toBe(expected);
  });

  test('inline commands', async () => {
    const [expected, got] = await both(async (server) => {
      const wire = await Wire.open(server, true);
      const said = await wire.ask(TYPED.join(''));
      await wire.clear();
      return said;
    });
    expect(got).toBe(expected);
  });

  test('a command that arrives byte by byte, and many at once', async () => {
    const [expected, got] = await both(async (server) => {
      const wire = await Wire.open(server, true);
      for (const byte of encodeCommand(['LPUSH', 'slow', 'a\r\nb'])) await wire.send(byte);
      const many = Array.from({ length: 1_000 }, (_, index) => encodeCommand(['LPUSH', 'slow', `item ${index}`]));
      const said = await wire.ask(`${many.join('')}${encodeCommand(['LRANGE', 'slow', '0', '-1'])}`);
      await wire.clear();
      return said;
    });
    expect(got).toBe(expected);
  });

  test('who waits for a list is served in turn, also out of a transaction, and what it sent meanwhile comes after', async () => {
    const [expected, got] = await both(async (server) => {
      const [first, second, pusher] = await Promise.all([1, 2, 3].map(() => Wire.open(server, true)));
      if (first === undefined || second === undefined || pusher === undefined) throw new Error('no connections');
      const blmove = (to: string) => encodeCommand(['BLMOVE', 'wait', to, 'RIGHT', 'LEFT', '0']);
      const blocked = (count: number) => async () =>
        (await pusher.ask(encodeCommand(['INFO', 'clients']))).includes(`blocked_clients:${count}\r\n`);
      const one = first.ask(`${blmove('one')}${encodeCommand(['LLEN', 'one'])}`);
      await until(blocked(1));
      const two = second.ask(blmove('two'));
      await until(blocked(2));
      const pushed = await pusher.ask(
        ['MULTI', 'LPUSH wait a b c', 'LLEN wait', 'EXEC', 'LRANGE wait 0 -1', 'LRANGE one 0 -1', 'LRANGE two 0 -1']
          .map((command) => encodeCommand(command.split(' ')))
          .join(''),
      );
      const said = [await one, await two, pushed];
      await pusher.clear();
      return said;
    });
    expect(got).toEqual(expected);
  });

  test('a change by another connection ends a watch, and CLIENT KILL one that it names by id and address', async () => {
    const [expected, got] = await both(async (server) => {
      const [one, other] = [await Wire.open(server, true), await Wire.open(server, true)];
      const said = [await one.ask(encodeCommand(['WATCH', 'w']))];
      await other.ask(encodeCommand(['LPUSH', 'w', 'x']));
      said.push(await one.ask(['MULTI', 'PING', 'EXEC'].map((word) => encodeCommand([word])).join('')));
      const info = await one.ask(encodeCommand(['CLIENT', 'INFO']));
      const [, id = '', address = ''] = /^\$\d+\r\nid=(\d+) addr=(\S+) /.exec(info) ?? [];
      said.push(await other.ask(encodeCommand(['CLIENT', 'KILL', 'ID', id, 'ADDR', address])));
      await one.closed;
      said.push(await other.ask(encodeCommand(['CLIENT', 'KILL', 'ID', id, 'ADDR', address])));
      await other.clear();
      return said;
    });
    expect(got).toEqual(expected);
  });

  test('what COMMAND tells of a command is what Redis tells of it', async () => {
    const wire = await Wire.open(ours, true);
    const names = [...(await wire.ask(encodeCommand(['COMMAND']))).matchAll(/\*6\r\n\$\d+\r\n(\w+)\r\n/g)].map(
      ([, name = '']) => name,
    );
    expect(names.length).toBeGreaterThan(40);
    const listed = await wire.ask(encodeCommand(['COMMAND']));
    const reference = await Wire.open(real, true);
    const head = (text: string) =>
      /\*\d+\r\n(\$\d+\r\n\w+\r\n:-?\d+\r\n\*[^$]*?(?::-?\d+\r\n){3})/.exec(text)?.[1] ?? text;
    for (const name of names) {
      const told = head(await reference.ask(encodeCommand(['COMMAND', 'INFO', name])));
      expect(listed).toContain(told);
    }
  });

  test('every field of INFO is one of Redis, but its own name', async () => {
    const fields = (text: string) => [...text.matchAll(/^(\w+):/gm)].map(([, name = '']) => name);
    const [expected, got] = await both(async (server) => {
      const wire = await Wire.open(server, true);
      await wire.ask(encodeCommand(['SET', 'a', '1']));
      const text = await wire.ask(encodeCommand(['INFO', 'all']));
      await wire.clear();
      return fields(text);
    });
    expect(got.filter((name) => !expected.includes(name))).toEqual(['server_name']);
  });
});

const MARK = 'the end of the answer';

/** A connection that shows bytes as they come. */
class Wire {
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  #text = '';
  #isClosed = false;
  #wake: () => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => {
      this.#text += chunk.toString('latin1');
      this.#wake();
    });
    socket.on('error', () => {}); // reset by a server that hung up: `closed` tells
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.#isClosed = true;
        this.#wake();
        resolve();
      });
    });
  }

  static async open(server: TestQueueServer, loggedIn: boolean): Promise<Wire> {
    const socket = connect(server.port, '127.0.0.1');
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    const wire = new Wire(socket);
    if (loggedIn) await wire.ask(encodeCommand(['AUTH', decodeURIComponent(new URL(server.url).password)]));
    return wire;
  }

  async send(bytes: string): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#socket.write(bytes, 'latin1', () => resolve());
    });
  }

  /** What is answered to these bytes: everything before the answer to an ECHO that is sent behind them. */
  async ask(bytes: string): Promise<string> {
    // Inside MULTI an ECHO would be queued like everything else: there as many answers as commands are waited for.
    if (/MULTI|EXEC|DISCARD/i.test(bytes) || this.#inTransaction) return await this.#oneByOne(bytes);
    await this.send(bytes + encodeCommand(['ECHO', MARK]));
    const end = `$${MARK.length}\r\n${MARK}\r\n`;
    await this.#until(() => this.#text.endsWith(end));
    const text = this.#text.slice(0, -end.length);
    this.#text = '';
    return text;
  }

  #inTransaction = false;

  /** Waits for as many answers as commands were sent. */
  async #oneByOne(bytes: string): Promise<string> {
    const commands = bytes.split(/(?=\*\d+\r\n\$)/);
    for (const command of commands) {
      if (/\r\nMULTI\r\n/i.test(command)) this.#inTransaction = true;
      if (/\r\n(?:EXEC|DISCARD)\r\n/i.test(command)) this.#inTransaction = false;
    }
    await this.send(bytes);
    await this.#until(() => answers(this.#text) >= commands.length);
    const text = this.#text;
    this.#text = '';
    return text;
  }

  /** The first answer to these bytes, or everything until the server hangs up. */
  async lastWords(bytes: string, hangsUp: boolean): Promise<string> {
    await this.send(bytes);
    await this.#until(() => this.#isClosed || (!hangsUp && answers(this.#text) > 0));
    this.#socket.destroy();
    return this.#text;
  }

  /** Leaves no key behind. */
  async clear(): Promise<void> {
    for (const db of ['1', '2', '3', '0']) {
      const found = await this.ask(`${encodeCommand(['SELECT', db])}${encodeCommand(['KEYS', '*'])}`);
      const names = [...found.matchAll(/\$(\d+)\r\n/g)].map((match) => {
        const start = match.index + match[0].length;
        return found.slice(start, start + Number(match[1]));
      });
      if (names.length > 0) await this.ask(encodeCommand(['DEL', ...names]));
    }
    this.#socket.destroy();
  }

  async #until(done: () => boolean): Promise<void> {
    while (!done()) {
      if (this.#isClosed) throw new Error(`the server hung up after ${JSON.stringify(this.#text)}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

/** Complete answers in a text. */
function answers(text: string): number {
  let at = 0;
  const skip = (): boolean => {
    const end = text.indexOf('\r\n', at);
    if (end < 0) return false;
    const [kind, number] = [text[at], Number(text.slice(at + 1, end))];
    at = end + 2;
    if (kind === '$' && number >= 0) at += number + 2;
    if (kind === '*') for (let i = 0; i < number; i += 1) if (!skip()) return false;
    return at <= text.length;
  };
  let count = 0;
  while (at < text.length && skip()) count += 1;
  return count;
}

function wordsOf(command: string): string[] {
  return command.split(' ').map((word) => {
    const bytes = word.replaceAll(/\\x([\da-f]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    return bytes === '""' ? '' : bytes;
  });
}

async function until(done: () => Promise<boolean>): Promise<void> {
  while (!(await done()));
}
