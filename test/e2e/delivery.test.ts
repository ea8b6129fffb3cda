import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CliHome } from '../helpers/cli.ts';
import { eventually, statusOf } from '../helpers/lab-client.ts';
import { binDir, haveReal } from '../helpers/real-binaries.ts';

const ITEMS = 2_000;

/** Issue 3: while 20 consumers work on 2,000 items, a random one is killed every second and the queue server restarts once. */
describe.skipIf(!haveReal('redis-server', 'beanstalkd')).each(['redis', 'embedded', 'redis-stream', 'beanstalkd'])(
  'no item is lost: %s',
  (server) => {
    const home = new CliHome();
    const at = ['--lab', `delivery-${server}`];
    const lab = `delivery-${server}`;

    beforeAll(async () => {
      // 20 consumers from the start, and enough work for them to outlast the killing: 2,000 items at 80 a second.
      const fast = [
        '--min',
        '20',
        '--service-time',
        '250ms',
        '--sync-period',
        '5s',
        '--scale-down-window',
        '1m',
        '--max-attempts',
        '50',
      ];
      const queue = server === 'embedded' ? 'redis' : server;
      const up = ['up', ...at, '--backend', 'native', '--queue', queue, ...fast, '--bin-dir', binDir()];
      // Where there is no redis-server the lab starts its own.
      const { stderr } = await home.ok(up, server === 'embedded' ? { env: { PATH: '/nowhere' } } : {});
      expect(stderr.includes('embedded queue server')).toBe(server === 'embedded');
    });
    afterAll(async () => {
      await home.run(['teardown', ...at, '--force']);
      home[Symbol.dispose]();
    });

    it('kill -9 of consumers every second and of the queue server once', async () => {
      await eventually(
        '20 consumers',
        async () => consumers(home),
        (pids) => pids.length === 20,
        60_000,
      );
      await home.ok(['publish', String(ITEMS), ...at]);
      let killed = 0;
      for (let second = 0; second < 12; second += 1) {
        const pids = consumers(home);
        const victim = pids[Math.floor(Math.random() * pids.length)];
        if (victim !== undefined) {
          process.kill(victim, 'SIGKILL');
          killed += 1;
        }
        if (second === 5) {
          const server = (await statusOf(home, lab)).components.find(({ name }) => name === 'queue');
          process.kill(server?.pid ?? -1, 'SIGKILL');
        }
        await delay(1_000);
      }
      expect(killed).toBe(12);
      const { ledger } = await eventually(
        'everything processed',
        () => statusOf(home, lab),
        (status) => status.ledger !== null && status.ledger.waiting === 0 && status.ledger.inFlight === 0,
        180_000,
      );
      expect(ledger).toMatchObject({ published: ITEMS, processed: ITEMS, lost: 0, dead: 0 });
    });
  },
);

/** Pids of the consumer programs of this home's labs. */
function consumers(home: CliHome): number[] {
  return home
    .leftovers()
    .filter((line) => line.includes('programs/consumer.js'))
    .map((line) => Number(line.split(' ')[0]));
}
