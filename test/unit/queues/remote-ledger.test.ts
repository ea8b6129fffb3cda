import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { nodeFiles } from '../../../src/platform/files.ts';
import { producerServer } from '../../../src/workload/producer-server.ts';
import { fileLedger, type ItemLedger } from '../../../src/workload/queues/item-ledger.ts';
import { ackedLine, publishedLine } from '../../../src/workload/queues/ledger-tally.ts';
import { remoteLedger } from '../../../src/workload/queues/remote-ledger.ts';
import { tempDir } from '../../helpers/temp-dir.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A producer that keeps this ledger, and the ledger as a consumer elsewhere sees it. */
async function remote(ledger: ItemLedger, token = 'secret') {
  const unused = () => expect.fail('not asked for here');
  const queue = { publish: unused, claim: unused, recover: unused, ledger: unused, close: unused };
  const server = producerServer({
    queue,
    ledger,
    token: 'secret',
    ready: () => true,
    isAllowedHost: () => true,
    stop: new AbortController().signal,
    log: () => {},
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { ledger: remoteLedger({ url, token, clock: new VirtualClock(), log: () => {} }) };
}

it('notes and asks as the file itself would', async () => {
  using dir = tempDir();
  const file = fileLedger(nodeFiles, join(dir.path, 'items.log'));
  const { ledger } = await remote(file);
  const item = { source: 'a', n: 1 };
  await ledger.note(publishedLine('a', 0, 3));
  expect(await ledger.isAcked(item)).toBe(false);
  await ledger.note(ackedLine(item));
  expect(await ledger.isAcked(item)).toBe(true);
  expect(await ledger.counts()).toEqual({ published: 3, processed: 1, acks: 1 });
  expect(await file.counts()).toEqual(await ledger.counts());
});

it('refuses what has not the token, and what is no line', async () => {
  using dir = tempDir();
  const file = fileLedger(nodeFiles, join(dir.path, 'items.log'));
  const stranger = await remote(file, 'guess');
  await expect(stranger.ledger.note(publishedLine('a', 0, 3))).rejects.toMatchObject({ id: 'ML-QUEUE-PROTOCOL' });
  const { ledger } = await remote(file);
  await expect(ledger.note('x\np a 0 5')).rejects.toMatchObject({ id: 'ML-QUEUE-PROTOCOL' });
  expect(await file.counts()).toEqual({ published: 0, processed: 0, acks: 0 });
});

it('waits for a ledger that is away, and does not count an item twice whose answer was lost', async () => {
  using dir = tempDir();
  const file = fileLedger(nodeFiles, join(dir.path, 'items.log'));
  let broken = true;
  const { ledger } = await remote({
    ...file,
    note: async (line) => {
      await file.note(line);
      if (!broken) return;
      broken = false;
      throw new Error('the line is kept, the answer is lost');
    },
  });
  await ledger.note(ackedLine({ source: 'a', n: 0 }));
  expect(await ledger.counts()).toEqual({ published: 1, processed: 1, acks: 1 });
});
