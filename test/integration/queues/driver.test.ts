import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Clock } from '../../../src/contracts/clock.ts';
import type { ClaimedItem, QueueDriver } from '../../../src/contracts/queue.ts';
import { realClock } from '../../../src/platform/clock.ts';
import { BeanstalkConnection } from '../../../src/sources/beanstalk-connection.ts';
import { parseEndpoint } from '../../../src/sources/endpoint.ts';
import { RedisConnection } from '../../../src/sources/redis-connection.ts';
import { toBytes } from '../../../src/sources/resp.ts';
import { openQueue } from '../../../src/workload/queues/open.ts';
import type { QueueOptions } from '../../../src/workload/queues/options.ts';
import { CuttingProxy } from '../../helpers/cutting-proxy.ts';
import { haveQueueServers, type ServerName, TestQueueServer } from '../../helpers/queue-servers.ts';

const SERVERS: readonly ServerName[] = ['redis', 'embedded', 'redis-stream', 'beanstalkd'];
async function putForeign(server: TestQueueServer, queue: string, text: string): Promise<void> {
  if (server.kind === 'beanstalkd') {
    const beanstalk = await BeanstalkConnection.open(parseEndpoint(server.url, 'beanstalkd'));
    await beanstalk.call(`use ${queue}`, ['USING']);
    await beanstalk.call(`put 1024 0 60 ${toBytes(text).length}\r\n${toBytes(text)}`, ['INSERTED']);
    beanstalk.destroy();
    return;
  }
  const redis = await RedisConnection.open(parseEndpoint(server.url, 'redis'));
  const put = server.kind === 'redis' ? ['LPUSH', queue] : ['XADD', queue, '*', 'text'];
  await redis.call([...put, toBytes(text)]);
  redis.destroy();
}

const never = new AbortController().signal;
/** With the connections cut as well: a process that was killed. No sign of life goes out any more. */
const frozen: Clock = {
  ...realClock,
  // The short pauses are those of reconnecting.
  sleep: (ms, signal) =>
    ms < 200
      ? realClock.sleep(ms, signal)
      : new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason), { once: true })),
};

describe.skipIf(!haveQueueServers()).each(SERVERS)('queue driver %s', (name) => {
  let server: TestQueueServer;
  let queues = 0;
  beforeAll(async () => {
    server = await TestQueueServer.start(name);
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  /** A queue of its own per test; its drivers are closed at the end of the test. */
  function newQueue() {
    queues += 1;
    const name = `q${queues}`;
    const drivers: QueueDriver[] = [];
    return {
      name,
      open: async (more: Partial<QueueOptions> = {}) => {
        const driver = await openQueue(server.options(name, more));
        drivers.push(driver);
        return driver;
      },
      [Symbol.asyncDispose]: async () => {
        for (const driver of drivers) await driver.close();
      },
    };
  }

  async function claim(driver: QueueDriver, waitMs = 2_000): Promise<ClaimedItem> {
    const item = await driver.claim(waitMs, never);
    if (item === undefined) throw new Error('no item came');
    return item;
  }

  /** As every consumer does: recovers from time to time until an item comes. */
  async function claimRecovered(driver: QueueDriver): Promise<ClaimedItem> {
    for (;;) {
      await driver.recover();
      const item = await driver.claim(100, never);
      if (item !== undefined) return item;
    }
  }

  test('what is published is claimed once, acknowledged once and counted', async () => {
    await using queue = newQueue();
    const driver = await queue.open();
    const none = { published: 0, processed: 0, waiting: 0, inFlight: 0, dead: 0, duplicates: 0, lost: 0 };
    expect(await driver.ledger()).toEqual(none);
    expect(await driver.publish(3, { signal: never, payload: 'Grüße\r\n"☃"' })).toBe(3);
    expect(await driver.ledger()).toEqual({ ...none, published: 3, waiting: 3 });
    const first = await claim(driver);
    expect(first).toMatchObject({ payload: 'Grüße\r\n"☃"', attempt: 1 });
    expect(await driver.ledger()).toEqual({ ...none, published: 3, waiting: 2, inFlight: 1 });
    await first.ack();
    const second = await claim(driver);
    const third = await claim(driver);
    expect(new Set([first.id, second.id, third.id]).size).toBe(3);
    expect(await driver.claim(50, never)).toBeUndefined();
    await second.ack();
    await third.ack();
    expect(await driver.ledger()).toEqual({ ...none, published: 3, processed: 3 });
  });

  test('a poison item goes to the dead-letter place after its last attempt', async () => {
    await using queue = newQueue();
    const driver = await queue.open({ maxAttempts: 3 });
    await driver.publish(1, { signal: never });
    for (const [attempt, fate] of [
      [1, 'requeued'],
      [2, 'requeued'],
      [3, 'dead'],
    ]) {
      const item = await claim(driver);
      expect(item.attempt).toBe(attempt);
      expect(await item.fail('no\nluck')).toBe(fate);
    }
    expect(await driver.claim(50, never)).toBeUndefined();
    expect(await driver.ledger()).toMatchObject({
      published: 1,
      processed: 0,
      waiting: 0,
      inFlight: 0,
      dead: 1,
      lost: 0,
    });
  });

  test('a failed item lets the others go first', async () => {
    await using queue = newQueue();
    const driver = await queue.open();
    await driver.publish(2, { signal: never });
    const first = await claim(driver);
    await first.fail('no luck');
    const next = await claim(driver);
    expect(next.id).not.toBe(first.id);
    await next.ack();
    expect((await claim(driver)).id).toBe(first.id);
  });

  test('handing an item back does not count as an attempt', async () => {
    await using queue = newQueue();
    const driver = await queue.open({ maxAttempts: 2 });
    await driver.publish(1, { signal: never });
    for (let i = 0; i < 5; i += 1) {
      const item = await claim(driver);
      expect(item.attempt).toBe(1);
      await item.release();
    }
    await (await claim(driver)).fail('once');
    expect((await claim(driver)).attempt).toBe(2);
  });

  test('closing hands back what is still held', async () => {
    await using queue = newQueue();
    const closing = await queue.open();
    const other = await queue.open();
    await closing.publish(2, { signal: never });
    await claim(closing);
    await claim(closing);
    await closing.close();
    expect(await other.ledger()).toMatchObject({ waiting: 2, inFlight: 0 });
    expect(await claim(other)).toBeDefined();
  });

  test('an item that its consumer keeps alive stays with it, however long the work takes', async () => {
    await using queue = newQueue();
    const slow = await queue.open({ claimTtlMs: 1_000 });
    const other = await queue.open({ claimTtlMs: 1_000 });
    await slow.publish(1, { signal: never });
    const item = await claim(slow);
    const end = realClock.monotonic() + 2_500;
    while (realClock.monotonic() < end) {
      await other.recover();
      expect(await other.claim(100, never)).toBeUndefined();
    }
    await item.ack();
    expect(await other.ledger()).toMatchObject({ processed: 1, inFlight: 0, waiting: 0, duplicates: 0 });
  });

  test('a consumer that is gone loses its item; its late acknowledgement counts, the second is a duplicate', async () => {
    await using proxy = await CuttingProxy.start(server.port);
    await using queue = newQueue();
    const lost = await queue.open({ url: proxy.through(server.url), claimTtlMs: 1_000, clock: frozen });
    const other = await queue.open({ claimTtlMs: 1_000 });
    await other.publish(1, { signal: never });
    const before = await claim(lost);
    proxy.cutAll();
    const again = await claimRecovered(other);
    expect(again).toMatchObject({ id: before.id, attempt: 2 });
    await before.ack();
    await again.ack();
    expect(await other.ledger()).toMatchObject({
      published: 1,
      processed: 1,
      duplicates: 1,
      waiting: 0,
      inFlight: 0,
      lost: 0,
    });
  });

  test('work that its consumer finished late is not done again', async () => {
    await using proxy = await CuttingProxy.start(server.port);
    await using queue = newQueue();
    const lost = await queue.open({ url: proxy.through(server.url), claimTtlMs: 1_000, clock: frozen });
    const other = await queue.open({ claimTtlMs: 1_000 });
    await other.publish(1, { signal: never });
    const item = await claim(lost);
    proxy.cutAll();
    while ((await other.ledger()).waiting === 0) await other.recover();
    await item.ack();
    expect(await other.claim(200, never)).toBeUndefined();
    expect(await other.ledger()).toMatchObject({ processed: 1, duplicates: 0, waiting: 0, inFlight: 0, lost: 0 });
  });

  test('an item whose consumers always die is dead after the last attempt', async () => {
    await using proxy = await CuttingProxy.start(server.port);
    await using queue = newQueue();
    const url = proxy.through(server.url);
    const other = await queue.open({ maxAttempts: 2, claimTtlMs: 1_000 });
    await other.publish(1, { signal: never });
    for (const attempt of [1, 2]) {
      proxy.cutAll(); // the one before
      const victim = await queue.open({ url, maxAttempts: 2, claimTtlMs: 1_000, clock: frozen });
      while ((await other.ledger()).waiting === 0) await other.recover();
      expect((await claim(victim)).attempt).toBe(attempt);
    }
    proxy.cutAll();
    while ((await other.ledger()).dead === 0) {
      await other.recover();
      expect(await other.claim(100, never)).toBeUndefined();
    }
    expect(await other.ledger()).toMatchObject({ published: 1, dead: 1, waiting: 0, inFlight: 0, lost: 0 });
  });

  test('twenty consumers at once: every item goes to one of them', async () => {
    await using queue = newQueue();
    const drivers = await Promise.all(Array.from({ length: 20 }, () => queue.open()));
    await drivers[0]?.publish(400, { signal: never });
    const seen: string[] = [];
    await Promise.all(
      drivers.map(async (driver) => {
        for (let item = await driver.claim(300, never); item !== undefined; item = await driver.claim(300, never)) {
          seen.push(item.id);
          await item.ack();
        }
      }),
    );
    expect(seen.length).toBe(400);
    expect(new Set(seen).size).toBe(400);
    expect(await drivers[0]?.ledger()).toMatchObject({ published: 400, processed: 400, duplicates: 0, lost: 0 });
  });

  test('a claim ends at once when it is aborted, and nothing is lost by that', async () => {
    await using queue = newQueue();
    const driver = await queue.open();
    const stop = new AbortController();
    const claiming = driver.claim(60_000, stop.signal);
    await driver.ledger(); // has connected
    stop.abort();
    expect(await claiming).toBeUndefined();
    await driver.publish(1, { signal: never });
    expect((await claim(driver)).attempt).toBe(1);
  });

  test('publishing over connections that are cut in the middle neither loses nor doubles an item', async () => {
    await using proxy = await CuttingProxy.start(server.port);
    await using queue = newQueue();
    const driver = await queue.open({ url: proxy.through(server.url) });
    const sizes = [180, 30, 420, 90, 200, 60, 400, 380, 440, 700];
    proxy.cutAfter = () => sizes.shift();
    const progress: number[] = [];
    expect(
      await driver.publish(4_000, {
        signal: never,
        payload: 'x'.repeat(3_000),
        onProgress: (done) => progress.push(done),
      }),
    ).toBe(4_000);
    expect(proxy.cuts).toBeGreaterThan(3);
    expect(progress.at(-1)).toBe(4_000);
    const plain = await queue.open();
    expect(await plain.ledger()).toMatchObject({ published: 4_000, waiting: 4_000, lost: 0, duplicates: 0 });
  });

  test('working over connections that are cut in the middle loses nothing', async () => {
    await using proxy = await CuttingProxy.start(server.port);
    await using queue = newQueue();
    const plain = await queue.open();
    await plain.publish(100, { signal: never });
    const sizes = [250, 700, 320, 900, 450];
    let connections = 0;
    proxy.cutAfter = () => {
      connections += 1;
      return sizes[connections % sizes.length];
    };
    const drivers = await Promise.all(
      Array.from({ length: 4 }, () =>
        queue.open({ url: proxy.through(server.url), claimTtlMs: 2_000, maxAttempts: 1_000 }),
      ),
    );
    await Promise.all(
      drivers.map(async (driver) => {
        while ((await plain.ledger()).processed < 100) {
          await plain.recover();
          const item = await driver.claim(200, never);
          await item?.ack();
        }
      }),
    );
    expect(proxy.cuts).toBeGreaterThan(3);
    expect(await plain.ledger()).toMatchObject({ published: 100, processed: 100, dead: 0, lost: 0 });
  });

  test('what another program puts into the queue is worked on and counted like any other item', async () => {
    await using queue = newQueue();
    const driver = await queue.open({ maxAttempts: 2 });
    await driver.publish(1, { signal: never, payload: 'ours' });
    await putForeign(server, queue.name, 'theirs: Grüße');
    const payloads = [];
    for (const item of [await claim(driver), await claim(driver)]) {
      payloads.push(item.payload);
      await item.ack();
    }
    expect(payloads.sort()).toEqual(['ours', expect.stringContaining('theirs: Grüße')]);
    await putForeign(server, queue.name, 'poison');
    await (await claim(driver)).fail('no luck');
    expect(await (await claim(driver)).fail('no luck')).toBe('dead');
    expect(await driver.ledger()).toMatchObject({
      published: 3,
      processed: 2,
      waiting: 0,
      inFlight: 0,
      dead: 1,
      lost: 0,
    });
  });

  if (name !== 'beanstalkd')
    test('a wrong password is told at once, and the right one is not shown', async () => {
      await using queue = newQueue();
      const driver = await queue.open({ url: server.url.replace(/:[^:@]+@/, ':wrong-one@') });
      await expect(driver.publish(1, { signal: never })).rejects.toMatchObject({
        id: 'ML-QUEUE-AUTH',
        message: expect.not.stringContaining('wrong-one'),
      });
    });

  test('a wrong address is told in one sentence once the patience is over', async () => {
    await using queue = newQueue();
    await using proxy = await CuttingProxy.start(1);
    const driver = await queue.open({ url: proxy.through(server.url), giveUpAfterMs: 200 });
    await expect(driver.ledger()).rejects.toMatchObject({ id: 'ML-QUEUE-UNREACHABLE' });
    await expect(driver.publish(1, { signal: never })).rejects.toMatchObject({ id: 'ML-QUEUE-UNREACHABLE' });
  });
});
