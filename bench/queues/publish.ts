// `node bench/queues/publish.ts [items]`: items per second into and out of each queue on real servers, and how that compares
// with redis-benchmark and with the `redis` npm client on the same server in the same run. Prints; judges nothing.
import { execFileSync } from 'node:child_process';
import type { QueueKind } from '../../src/contracts/lab-spec.ts';
import { openQueue } from '../../src/workload/queues/open.ts';
import { TestQueueServer } from '../../test/helpers/queue-servers.ts';

const ITEMS = Number(process.argv[2] ?? 100_000);
const CLAIMS = 1_000;
const KINDS: readonly QueueKind[] = ['redis', 'redis-stream', 'beanstalkd'];
const never = new AbortController().signal;

async function perSecond(count: number, work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return Math.round(count / ((performance.now() - start) / 1000));
}

function row(what: string, rate: number, compared = ''): void {
  console.log(`${what.padEnd(44)}${rate.toLocaleString('en').padStart(12)} items/s  ${compared}`);
}

async function ours(server: TestQueueServer): Promise<number> {
  const queue = await openQueue(server.options('jobs'));
  const publishing = await perSecond(ITEMS, () => queue.publish(ITEMS, { signal: never }));
  row(`${server.kind}: publish ${ITEMS}`, publishing);
  const claiming = await perSecond(CLAIMS, async () => {
    for (let i = 0; i < CLAIMS; i += 1) await (await queue.claim(1_000, never))?.ack();
  });
  row(`${server.kind}: claim and ack, one consumer`, claiming);
  const { lost, published, processed, waiting } = await queue.ledger();
  if (lost !== 0 || published !== processed + waiting) console.log('THE LEDGER DOES NOT ADD UP');
  await queue.close();
  return publishing;
}

function redisBenchmark(server: TestQueueServer): number {
  // redis-benchmark takes the password from its command line only; this server lives for a minute.
  const login = ['-p', String(server.port), '-a', decodeURIComponent(new URL(server.url).password)];
  const args = [...login, '-n', String(ITEMS), '-P', '1000', '-c', '1', '-d', '30', '-t', 'rpush', '--csv'];
  const output = execFileSync('redis-benchmark', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return Math.round(Number(/"RPUSH","([\d.]+)"/.exec(output)?.[1] ?? Number.NaN));
}

async function redisClient(server: TestQueueServer): Promise<number> {
  const { createClient } = await import('redis');
  const client = createClient({ url: server.url });
  await client.connect();
  const rate = await perSecond(ITEMS, async () => {
    for (let from = 0; from < ITEMS; from += 1_000)
      await Promise.all(
        Array.from({ length: 1_000 }, (_, i) => client.lPush('npm', `{"item":${from + i},"payload":"x"}`)),
      );
  });
  client.destroy();
  return rate;
}

for (const kind of KINDS) {
  await using server = await TestQueueServer.start(kind);
  const publishing = await ours(server);
  if (kind !== 'redis') continue;
  const benchmark = redisBenchmark(server);
  row('redis-benchmark RPUSH, pipeline of 1,000', benchmark, `ours is ${(publishing / benchmark).toFixed(2)} of it`);
  const client = await redisClient(server);
  row('redis npm client LPUSH, 1,000 at a time', client, `ours is ${(publishing / client).toFixed(2)} of it`);
}
