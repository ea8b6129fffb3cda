import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { QueueKind } from '../../../src/contracts/lab-spec.ts';
import { realClock } from '../../../src/platform/clock.ts';
import { freePort } from '../../../src/platform/free-port.ts';
import { parseSourceConfig } from '../../../src/sources/config.ts';
import { openSource } from '../../../src/sources/open-source.ts';
import { openQueue } from '../../../src/workload/queues/open.ts';
import { havePrograms, TestPrometheus } from '../../helpers/prometheus.ts';
import { haveQueueServers, TestQueueServer } from '../../helpers/queue-servers.ts';

const KINDS: readonly QueueKind[] = ['redis', 'redis-stream', 'beanstalkd'];
const EXPORTER = resolve(import.meta.dirname, '../../../src/cli/programs/exporter.ts');
const never = new AbortController().signal;

/** Ends with the block that uses it. */
function running(child: ChildProcess): AsyncDisposable {
  return {
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    },
  };
}

/** What the source reads by this expression; undefined without a series. */
async function valueOf(url: string, query: string): Promise<string | undefined> {
  const source = openSource(parseSourceConfig({ type: 'prometheus', url, query }), {
    clock: realClock,
    readFile: () => undefined,
  });
  try {
    return (await source.read(never))[0]?.value;
  } finally {
    await source.close();
  }
}

async function until(url: string, query: string, wanted: string | undefined): Promise<void> {
  while ((await valueOf(url, query)) !== wanted) await delay(200);
}

describe.skipIf(!haveQueueServers() || !havePrograms('prometheus'))(
  'our exporter, scraped by the real Prometheus',
  () => {
    test.each(KINDS)('numbers of a queue of kind %s; no series while the queue is away', async (kind) => {
      await using server = await TestQueueServer.start(kind);
      const options = server.options('jobs');
      const queue = await openQueue(options);
      const port = await freePort();
      const env = {
        QUEUE_KIND: kind,
        QUEUE_URL: server.url,
        QUEUE_NAME: 'jobs',
        LEDGER_FILE: options.ledgerFile ?? '',
      };
      const child = spawn(process.execPath, [EXPORTER], {
        env: { ...process.env, ...env, TOKEN: 'scrape-me', PORT: String(port) },
        stdio: 'ignore',
      });
      await using _exporter = running(child);
      const address = `127.0.0.1:${port}`;
      await using prometheus = await TestPrometheus.start([{ address, bearerToken: 'scrape-me' }]);
      const { url } = prometheus;
      await queue.publish(5, { signal: never });
      const held = [await queue.claim(2_000, never), await queue.claim(2_000, never)];
      await held[0]?.ack();
      await until(url, `queue_length{queue="jobs",kind="${kind}"}`, '4');
      await until(url, 'queue_waiting', '3');
      await until(url, 'queue_in_flight', '1');
      await until(url, 'queue_published_total', '5');
      await until(url, 'queue_processed_total', '1');
      const refused = await fetch(`http://${address}/metrics`);
      expect([refused.status, await refused.text()]).toEqual([401, expect.not.stringContaining('queue_length')]);
      await server.kill();
      await until(url, 'queue_length', undefined);
      expect(await valueOf(url, 'up')).toBe('0');
      await server.up();
      await until(url, 'up', '1');
      await until(url, 'queue_published_total', '5');
      await queue.close();
    });
  },
);

describe.skipIf(!haveQueueServers() || !havePrograms('prometheus', 'prometheus-redis-exporter'))(
  "Debian's exporter of Redis",
  () => {
    test('the length of a list; the default when the key is gone, in place of absent() and clamp_max()', async () => {
      await using server = await TestQueueServer.start('redis');
      const queue = await openQueue(server.options('jobs'));
      const port = await freePort();
      const { password, host } = new URL(server.url);
      const args = [
        `--web.listen-address=127.0.0.1:${port}`,
        `--redis.addr=redis://${host}`,
        '--check-single-keys=jobs',
      ];
      const env = { ...process.env, REDIS_PASSWORD: decodeURIComponent(password) };
      await using _exporter = running(spawn('prometheus-redis-exporter', args, { env, stdio: 'ignore' }));
      await using prometheus = await TestPrometheus.start([{ address: `127.0.0.1:${port}` }]);
      const { url } = prometheus;
      await queue.publish(3, { signal: never });
      await until(url, 'redis_key_size{key="jobs"}', '3');
      for (let count = 0; count < 3; count += 1) await (await queue.claim(2_000, never))?.ack();
      await until(url, 'redis_up', '1');
      await until(url, 'redis_key_size{key="jobs"} > 0', undefined);
      const source = openSource(
        parseSourceConfig({ type: 'prometheus', url, query: 'redis_key_size{key="jobs"} > 0', default: 0 }),
        { clock: realClock, readFile: () => undefined },
      );
      expect(await source.read(never)).toMatchObject([{ value: '0' }]);
      await source.close();
      await queue.close();
    });
  },
);
