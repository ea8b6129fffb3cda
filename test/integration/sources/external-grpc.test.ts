import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { realClock } from '../../../src/platform/clock.ts';
import { parseSourceConfig } from '../../../src/sources/config.ts';
import { openSource } from '../../../src/sources/open-source.ts';
import { buildKedaScaler, haveGo, KedaScaler } from '../../helpers/keda-scaler.ts';
import { sourceContract } from './contract.ts';

const never = new AbortController().signal;
const dir = mkdtempSync(join(tmpdir(), 'keda-scaler-'));
const available = haveGo();
let program = '';
beforeAll(() => {
  if (available) program = buildKedaScaler(dir);
}, 180_000);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const configFor = (address: string, more: object = {}) => ({
  type: 'external-grpc',
  address,
  scaledObject: { name: 'orders', namespace: 'shop' },
  metricName: 'value-of-orders',
  labels: { from: 'contract' },
  ...more,
});

sourceContract("external-grpc, KEDA's own code as the server", available, async () => {
  const scaler = await KedaScaler.start(program);
  return {
    config: configFor(scaler.address),
    at: (port) => configFor(`127.0.0.1:${port}`),
    set: (value) => scaler.set(value),
    kill: () => scaler.kill(),
    up: () => scaler.up(),
    [Symbol.asyncDispose]: () => scaler.kill(),
  };
});

describe.skipIf(!available)('an external scaler of KEDA', () => {
  const open = (address: string, more: object = {}) =>
    openSource(parseSourceConfig(configFor(address, more)), { clock: realClock, readFile: () => undefined });
  const values = async (source: ReturnType<typeof open>) =>
    (await source.read(never)).map(({ labels, value, fault }) => [labels['metric'], fault ?? value]);

  test('all its metrics, floats and whole numbers; its settings reach it', async () => {
    await using scaler = await KedaScaler.start(program);
    await scaler.set(2.5);
    const all = openSource(
      parseSourceConfig({ type: 'external-grpc', address: scaler.address, scaledObject: { name: 'orders' } }),
      { clock: realClock, readFile: () => undefined },
    );
    expect(await values(all)).toEqual([
      ['value-of-orders', '2500m'],
      ['ten', '10'],
    ]);
    await all.close();
    const one = open(scaler.address, { metricName: 'key', metadata: { key: 'four' } });
    expect(await values(one)).toEqual([['key', '4']]);
    await one.close();
    await expect(open(scaler.address, { metricName: 'nothing' }).read(never)).rejects.toMatchObject({
      id: 'ML-SOURCE-GRPC',
      message: expect.stringContaining('GetMetrics: NOT_FOUND: no metric nothing'),
    });
  });

  test('while it is inactive the values are 0, asked or pushed, unless that is ignored', async () => {
    await using scaler = await KedaScaler.start(program);
    const [asked, pushed, ignoring] = (['ask', 'stream', 'ignore'] as const).map((activity) =>
      open(scaler.address, { activity }),
    ) as [ReturnType<typeof open>, ReturnType<typeof open>, ReturnType<typeof open>];
    await scaler.set(7, false);
    expect(await values(asked)).toEqual([['value-of-orders', '0']]);
    expect(await values(pushed)).toEqual([['value-of-orders', '0']]);
    expect(await values(ignoring)).toEqual([['value-of-orders', '7']]);
    await scaler.set(7, true);
    expect(await values(asked)).toEqual([['value-of-orders', '7']]);
    await expect.poll(() => values(pushed), { timeout: 10_000 }).toEqual([['value-of-orders', '7']]);
    for (const source of [asked, pushed, ignoring]) await source.close();
  });

  test.each([
    ['NaN', 'its value is NaN'],
    ['+Inf', 'its value is Inf'],
    [-3, '-3 is negative'],
    [1e30, '1e+30 is more than the HPA controller can read'],
    [0.0001, '1m'],
  ])('a value of %s', async (value, text) => {
    await using scaler = await KedaScaler.start(program);
    await scaler.set(value as number);
    const source = open(scaler.address);
    expect(await values(source)).toEqual([['value-of-orders', text]]);
    await source.close();
  });
});
