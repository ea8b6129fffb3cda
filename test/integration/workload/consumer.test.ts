import { get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { QueueDriver } from '../../../src/contracts/queue.ts';
import { freePort } from '../../../src/platform/free-port.ts';
import { openQueue } from '../../../src/workload/queues/open.ts';
import { WorkloadProcess, workloadEnv } from '../../helpers/consumer-process.ts';
import { haveQueueServers, TestQueueServer } from '../../helpers/queue-servers.ts';

const never = new AbortController().signal;

describe.skipIf(!haveQueueServers())('the consumer program', () => {
  let server: TestQueueServer;
  let queues = 0;
  beforeAll(async () => {
    server = await TestQueueServer.start('redis');
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  async function setUp(env: Readonly<Record<string, string>>) {
    queues += 1;
    const name = `jobs${queues}`;
    const queue: QueueDriver = await openQueue(server.options(name));
    const consumer = new WorkloadProcess('consumer', workloadEnv(server, name, env));
    return {
      queue,
      consumer,
      [Symbol.asyncDispose]: async () => {
        await consumer[Symbol.asyncDispose]();
        await queue.close();
      },
    };
  }

  /** The server gives an item away before the consumer knows of it: between the two SIGTERM only gives it back. */
  const inHand = async (queue: QueueDriver): Promise<void> => {
    while ((await queue.ledger()).inFlight === 0);
    await delay(500);
  };

  test('SIGTERM while idle: ends at once with 0', async () => {
    await using lab = await setUp({ GRACE: '60s' });
    await lab.consumer.said(/is ready/);
    expect(await lab.consumer.end('SIGTERM')).toBe(0);
  });

  test('SIGTERM in the middle of an item: finishes it', async () => {
    await using lab = await setUp({ SERVICE_TIME: '2s', GRACE: '60s' });
    await lab.queue.publish(2, { signal: never });
    await inHand(lab.queue);
    expect(await lab.consumer.end('SIGTERM')).toBe(0);
    expect(lab.consumer.output).toMatch(/item 1 done after 2\d\d\d ms \(attempt 1\)/);
    expect(await lab.queue.ledger()).toMatchObject({ processed: 1, waiting: 1, inFlight: 0, lost: 0 });
  });

  test('SIGTERM in the middle of an item that takes longer than the grace: returns it unharmed', async () => {
    await using lab = await setUp({ SERVICE_TIME: '60s', GRACE: '300ms' });
    await lab.queue.publish(1, { signal: never });
    await inHand(lab.queue);
    expect(await lab.consumer.end('SIGTERM')).toBe(0);
    expect(lab.consumer.output).toMatch(/item 1 returned, shutting down/);
    expect(await lab.queue.ledger()).toMatchObject({ processed: 0, waiting: 1, inFlight: 0 });
    expect(await lab.queue.claim(1_000, never)).toMatchObject({ attempt: 1 });
  });

  test('start-up delay: alive but not ready before, ready after', async () => {
    const port = await freePort();
    await using lab = await setUp({ START_DELAY: '1500ms', PORT: String(port) });
    while ((await status(port, '/healthz')) !== 200);
    expect(await status(port, '/readyz')).toBe(503);
    await lab.consumer.said(/is ready/);
    expect(await status(port, '/readyz')).toBe(200);
    expect(await status(port, '/nothing')).toBe(404);
  });

  test('failure rate 1: every item is dead after its last attempt', async () => {
    await using lab = await setUp({ FAILURE_RATE: '1', SERVICE_TIME: '1ms', MAX_ATTEMPTS: '3' });
    await lab.queue.publish(5, { signal: never });
    while ((await lab.queue.ledger()).dead < 5);
    expect(await lab.queue.ledger()).toMatchObject({
      published: 5,
      processed: 0,
      waiting: 0,
      inFlight: 0,
      dead: 5,
      lost: 0,
    });
    expect(lab.consumer.output.match(/back in the queue/g)).toHaveLength(10);
  });

  test('not ready while the queue server is away, ready again afterwards', async () => {
    const port = await freePort();
    await using lab = await setUp({ PORT: String(port), SERVICE_TIME: '1ms' });
    await lab.consumer.said(/is ready/);
    await server.kill();
    await lab.consumer.said(/waiting for the queue/);
    expect(await status(port, '/readyz')).toBe(503);
    await server.up();
    await lab.consumer.said(/the queue answers again/);
    while ((await status(port, '/readyz')) !== 200);
    await lab.queue.publish(1, { signal: never });
    await lab.consumer.said(/item 1 done/);
  });

  test('ends when the process that started it is gone', async () => {
    await using lab = await setUp({ METRICS_LAB_PARENT: '2147483000' });
    await lab.consumer.said(/stopping: the process that started this one is gone/);
    expect(await lab.consumer.end('SIGTERM')).toBe(0);
  });

  test.each([
    [{ QUEUE_KIND: 'kafka' }, /QUEUE_KIND.*is none of redis, redis-stream, beanstalkd/],
    [{ SERVICE_TIME: 'soon' }, /SERVICE_TIME.*is not a duration/],
    [{ FAILURE_RATE: '2' }, /FAILURE_RATE.*is not a number from 0 to 1/],
    [{ QUEUE_URL: 'http://localhost' }, /should start with redis:\/\//],
    [{ QUEUE_KIND: 'beanstalkd', QUEUE_URL: 'beanstalkd://127.0.0.1:1', LEDGER_FILE: '' }, /no ledger file/],
  ])('a wrong setting ends it with 2 and one sentence: %j', async (env, text) => {
    await using lab = await setUp(env);
    await lab.consumer.said(text);
    while (lab.consumer.running) await lab.consumer.end('SIGCONT');
    expect(lab.consumer.child.exitCode).toBe(2);
  });
});

/** Status of a GET; undefined while nobody listens. */
function status(port: number, path: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    get({ port, path, host: '127.0.0.1', agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).once('error', () => resolve(undefined));
  });
}
