import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { QueueKind } from '../../../src/contracts/lab-spec.ts';
import { openQueue } from '../../../src/workload/queues/open.ts';
import { WorkloadProcess, workloadEnv } from '../../helpers/consumer-process.ts';
import { haveQueueServers, TestQueueServer } from '../../helpers/queue-servers.ts';

const KINDS: readonly QueueKind[] = ['redis', 'redis-stream', 'beanstalkd'];
const ITEMS = 2_000;
const CONSUMERS = 20;
const never = new AbortController().signal;

describe.skipIf(!haveQueueServers()).each(KINDS)('%s under a storm', (kind) => {
  test('2,000 items, 20 consumers, one killed every second, the server killed once: nothing is lost', async () => {
    await using server = await TestQueueServer.start(kind);
    const queue = await openQueue(server.options('jobs'));
    let started = 0;
    const start = () => {
      started += 1;
      const settings = {
        SERVICE_TIME: '40ms',
        CLAIM_TTL: '2s',
        MAX_ATTEMPTS: '50',
        CONSUMER_ID: `consumer-${started}`,
      };
      return new WorkloadProcess('consumer', workloadEnv(server, 'jobs', settings));
    };
    const consumers = Array.from({ length: CONSUMERS }, start);
    try {
      expect(await queue.publish(ITEMS, { signal: never })).toBe(ITEMS);
      let ledger = await queue.ledger();
      for (let second = 1; ledger.processed + ledger.dead < ITEMS; second += 1) {
        await delay(1_000); // the storm's own rhythm, no waiting for a condition
        const index = Math.floor(Math.random() * CONSUMERS);
        if (ledger.waiting > 0) {
          await consumers[index]?.end('SIGKILL');
          consumers[index] = start();
        }
        if (second === 4) await server.restart();
        ledger = await queue.ledger();
      }
      expect(started).toBeGreaterThan(CONSUMERS + 3);
      expect(await queue.ledger()).toMatchObject({
        published: ITEMS,
        processed: ITEMS,
        waiting: 0,
        inFlight: 0,
        dead: 0,
        lost: 0,
      });
      console.log(`${kind}: ${started - CONSUMERS} consumers killed, ${ledger.duplicates} items worked on twice`);
      for (const consumer of consumers) expect(consumer.running).toBe(true);
      for (const consumer of consumers) await consumer.said(/is ready/);
      expect(await Promise.all(consumers.map((consumer) => consumer.end('SIGTERM')))).toEqual(consumers.map(() => 0));
    } finally {
      for (const consumer of consumers) await consumer[Symbol.asyncDispose]();
      await queue.close();
    }
  });
});
