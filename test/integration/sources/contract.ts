import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { MetricSource } from '../../../src/contracts/metric-source.ts';
import { LabError } from '../../../src/errors/lab-error.ts';
import { realClock } from '../../../src/platform/clock.ts';
import { nodeFiles } from '../../../src/platform/files.ts';
import { parseSourceConfig } from '../../../src/sources/config.ts';
import { openSource } from '../../../src/sources/open-source.ts';

/** A real server with a number in it, and the source that reads this number. */
export interface SourceHarness extends AsyncDisposable {
  /** The source; its one series has the label `from: contract`, beside labels that the server gives. */
  readonly config: object;
  /** The same source at another port of 127.0.0.1. */
  at(port: number): object;
  /** A password that no message may hold. */
  readonly secret?: string;
  set(value: number): Promise<void>;
  kill(): Promise<void>;
  up(): Promise<void>;
}

const never = new AbortController().signal;

function open(config: object): MetricSource & AsyncDisposable {
  const source = openSource(parseSourceConfig(config), { clock: realClock, readFile: nodeFiles.readText });
  return Object.assign(source, { [Symbol.asyncDispose]: () => source.close() });
}

/** What every source promises (contracts/metric-source.ts), on its real server. */
export function sourceContract(name: string, available: boolean, start: () => Promise<SourceHarness>): void {
  describe.skipIf(!available)(`contract of a source: ${name}`, () => {
    test('gives the value with labels and the time; the same source reads every later value', async () => {
      await using server = await start();
      await using source = open(server.config);
      for (const [value, text] of [
        [0, '0'],
        [3, '3'],
        [2_000, '2k'],
      ] as const) {
        await server.set(value);
        const begun = Date.now();
        const [sample, ...others] = await source.read(never);
        expect(others).toEqual([]);
        expect(sample).toMatchObject({ value: text, labels: { from: 'contract' } });
        expect(sample?.timestampMs).toBeGreaterThanOrEqual(begun - 1);
      }
      expect(source.name).not.toContain(server.secret ?? '\0');
    });

    test('says in one sentence why there is no value while the server is gone, and reads again when it is back', async () => {
      await using server = await start();
      await using source = open(server.config);
      await server.set(5);
      await source.read(never);
      await server.kill();
      const fault = await failureOf(source.read(never));
      expect(fault.id).toMatch(/^ML-SOURCE-/);
      expect(fault.message).not.toMatch(/\n|undefined|\[object/);
      expect(fault.message).not.toContain(server.secret ?? '\0');
      await server.up();
      await server.set(6);
      let value: string | undefined;
      while (value !== '6') value = (await source.read(never))[0]?.value;
    });

    test.each([
      ['says nothing', () => undefined],
      ['answers rubbish', (socket: Socket) => socket.end('\0\0what?\r\n\r\n')],
      ['hangs up', (socket: Socket) => socket.destroy()],
    ] as const)(
      'a server that %s is an error or is waited for until the reading is given up',
      async (_what, answer) => {
        await using server = await start();
        const sockets = new Set<Socket>();
        const other = createServer((socket) => {
          sockets.add(socket);
          socket.on('error', () => undefined);
          socket.once('data', () => answer(socket));
        }).listen(0, '127.0.0.1');
        await once(other, 'listening');
        const address = other.address();
        await using source = open(server.at(typeof address === 'object' && address !== null ? address.port : 0));
        const stop = new AbortController();
        const giveUp = delay(300).then(() => stop.abort(new LabError('ML-SOURCE-CONFIG', { problems: 'given up' })));
        expect((await failureOf(source.read(stop.signal))).id).toMatch(/^ML-SOURCE-/);
        await giveUp;
        for (const socket of sockets) socket.destroy();
        other.close();
      },
    );
  });
}

async function failureOf(reading: Promise<unknown>): Promise<LabError> {
  try {
    await reading;
  } catch (error) {
    if (error instanceof LabError) return error;
    throw error;
  }
  throw new Error('the reading succeeded');
}
