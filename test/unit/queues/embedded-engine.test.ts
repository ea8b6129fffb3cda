import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Engine } from '../../../src/workload/embedded-queue/engine.ts';
import { RequestParser, type Words } from '../../../src/workload/embedded-queue/requests.ts';
import { newSession, type Session } from '../../../src/workload/embedded-queue/session.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

interface Client extends Session {
  readonly said: string[];
}

/** An engine without sockets and files. */
class Bench {
  readonly clock: ManualClock;
  readonly records: string[] = [];
  readonly engine: Engine;
  readonly #client: Client;

  constructor(clock: ManualClock = new ManualClock()) {
    this.clock = clock;
    const log = (record: string) => this.records.push(record);
    this.engine = new Engine({ password: 'p', clock, log, about: () => ({ info: {}, config: {} }) });
    this.#client = this.client();
  }

  client(): Client {
    const said: string[] = [];
    const client = { ...newSession(1, '', '', 0), loggedIn: true, answer: (text: string) => said.push(text), said };
    const session = { ...client, end: () => {} };
    this.engine.add(session);
    return session;
  }

  do(command: string, client: Client = this.#client): string | undefined {
    return this.engine.execute(client, command.split(' '));
  }

  /** Another engine that was given these records at its start. */
  restart(records: Iterable<string> = this.records): Bench {
    const bench = new Bench(this.clock);
    for (const record of records) bench.engine.replay(commandsOf(record), bench.client());
    return bench;
  }

  /** All data, as records. */
  get data(): string[] {
    return [...this.engine.snapshot()].sort();
  }
}

function commandsOf(record: string): Words[] {
  const parser = new RequestParser();
  parser.push(Buffer.from(record, 'latin1'));
  const commands: Words[] = [];
  for (let words = parser.next(true); words !== undefined; words = parser.next(true)) commands.push(words);
  return commands;
}

const key = fc.constantFrom('a', 'b', 'c');
const small = fc.integer({ min: -3, max: 3 }).map(String);
const text = fc.constantFrom('x', 'y', '\x00\xff', '7');
const end = fc.constantFrom('left', 'right');
const anyCommand = fc.oneof(
  fc.tuple(fc.constantFrom('incr', 'del', 'get', 'llen', 'watch', 'hgetall'), key),
  fc.tuple(fc.constantFrom('lpush', 'rpush'), key, text, text),
  fc.tuple(fc.constantFrom('lmove'), key, key, end, end),
  fc.tuple(fc.constant('blmove'), key, key, end, end, fc.constant('0.001')),
  fc.tuple(fc.constant('lrem'), key, small, text),
  fc.tuple(fc.constant('set'), key, text),
  fc.tuple(fc.constant('set'), key, text, fc.constantFrom('ex', 'px'), fc.constantFrom('1', '1500')),
  fc.tuple(fc.constant('setbit'), key, fc.constantFrom('0', '9', '300'), fc.constantFrom('0', '1')),
  fc.tuple(fc.constant('hset'), key, text, text),
  fc.tuple(fc.constant('hincrby'), key, text, small),
  fc.tuple(fc.constant('hdel'), key, text),
  fc.tuple(fc.constant('zadd'), key, small, text),
  fc.tuple(fc.constant('zremrangebyscore'), key, small, small),
  fc.tuple(fc.constant('select'), fc.constantFrom('0', '5')),
  fc.tuple(fc.constantFrom('multi', 'exec', 'discard')),
);
const anyStep = fc.record({ words: anyCommand, waitMs: fc.constantFrom(0, 0, 0, 700) });

describe('the embedded queue', () => {
  test('whatever was done, its log makes the same data again, and so does a rewritten log', async () => {
    const property = fc.asyncProperty(fc.array(anyStep, { maxLength: 60 }), async (steps) => {
      const bench = new Bench();
      for (const { words, waitMs } of steps) {
        bench.do(words.join(' '));
        await bench.clock.advance(waitMs);
      }
      expect(bench.restart().data).toEqual(bench.data);
      expect(bench.restart(bench.engine.snapshot()).data).toEqual(bench.data);
    });
    await fc.assert(property, { numRuns: 150 });
  });

  test('a transaction is one record, and what changes nothing is none', () => {
    const bench = new Bench();
    for (const command of ['multi', 'lpush q a', 'incr n', 'get n', 'select 2', 'incr n', 'exec']) bench.do(command);
    expect(bench.records.map(commandsOf)).toEqual([
      [
        ['lpush', 'q', 'a'],
        ['incr', 'n'],
        ['SELECT', '2'],
        ['incr', 'n'],
      ],
    ]);
    bench.do('del nothing');
    bench.do('hdel nothing x');
    bench.do('lpush n x'); // refused
    expect(bench.records).toHaveLength(1);
  });

  test('a time to live is kept over a restart, and a key that went before it does not come back', async () => {
    const bench = new Bench();
    bench.do('set short 1 px 500');
    bench.do('set long 1 ex 10');
    await bench.clock.advance(501);
    bench.do('incr short');
    expect(bench.do('ttl short')).toBe(':-1\r\n');
    const later = bench.restart();
    expect([later.do('get short'), later.do('pttl long')]).toEqual(['$1\r\n1\r\n', ':9499\r\n']);
    await bench.clock.advance(10_000);
    expect([later.do('exists long'), bench.restart().do('exists long')]).toEqual([':0\r\n', ':0\r\n']);
  });

  test('expired keys go unasked, and are told to the log', async () => {
    const bench = new Bench();
    bench.do('set a 1 px 10');
    await bench.clock.advance(11);
    expect(bench.do('dbsize')).toBe(':1\r\n');
    bench.engine.expire();
    expect(bench.do('dbsize')).toBe(':0\r\n');
    expect(bench.records.map(commandsOf).at(-1)).toEqual([['DEL', 'a']]);
  });

  test('who waits is served in the order of coming, once each; who left is not', async () => {
    const bench = new Bench();
    const [gone, first, second] = [bench.client(), bench.client(), bench.client()];
    for (const client of [gone, first, second]) expect(bench.do('blmove q mine right left 0', client)).toBeUndefined();
    bench.engine.remove(gone);
    bench.do('lpush q a b c');
    expect([gone.said, first.said, second.said]).toEqual([[], ['$1\r\na\r\n'], ['$1\r\nb\r\n']]);
    expect(bench.do('lrange q 0 -1')).toBe('*1\r\n$1\r\nc\r\n');
    expect(bench.records.map(commandsOf)).toEqual([
      [['lpush', 'q', 'a', 'b', 'c']],
      [['LMOVE', 'q', 'mine', 'right', 'left']],
      [['LMOVE', 'q', 'mine', 'right', 'left']],
    ]);
  });

  test('a wait ends with its time, and only then', async () => {
    const bench = new Bench();
    const client = bench.client();
    bench.do('blmove q mine right left 1.5', client);
    await bench.clock.advance(1_499);
    expect(client.said).toEqual([]);
    await bench.clock.advance(1);
    expect(client.said).toEqual(['*-1\r\n']);
    bench.do('lpush q a');
    expect(bench.do('llen q')).toBe(':1\r\n');
  });
});
