import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { monitoringServer } from '../../../src/workload/monitoring/monitoring-server.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

const REPORT = {
  namespace: 'shop',
  pod: 'a',
  services: ['web'],
  instance: '1',
  counters: { 'net.http.request.count': 0 },
};

describe('the monitoring backend', () => {
  let server: Server;
  let clock: ManualClock;
  let url: string;
  beforeEach(async () => {
    clock = new ManualClock();
    server = monitoringServer({ accessToken: 'read', reportKey: 'write', clock, log: () => {} });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });
  async function ask(path: string, token = 'read', init: RequestInit = {}): Promise<string> {
    const answer = await fetch(url + path, { headers: { authorization: `Bearer ${token}` }, ...init });
    return `${answer.status} ${(await answer.text()).trim()}`;
  }
  const report = (body: unknown, token = 'write') =>
    ask('/api/v1/reports', token, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });
  const count = (total: number) => ({ ...REPORT, counters: { 'net.http.request.count': total } });

  it('answers rates with their unit and time, and names what is counted', async () => {
    for (let second = 0; second <= 10; second += 1) {
      expect(await report(count(3 * second))).toBe('200 {"taken":true}');
      await clock.advance(1_000);
    }
    const answer = await ask('/api/v1/metrics/net.http.request.count?by=pod');
    expect(JSON.parse(answer.slice(4))).toEqual({
      metric: 'net.http.request.count',
      by: 'pod',
      unit: '1/s',
      windowSeconds: 5,
      data: [{ namespace: 'shop', pod: 'a', value: 3, timestamp: new Date(clock.now() - 2_000).toISOString() }],
    });
    expect(await ask('/api/v1/metrics')).toBe('200 {"metrics":["net.http.request.count"]}');
    expect(await ask('/api/v1/metrics/nope')).toBe('404 {"error":"no pod counts nope"}');
    expect(await ask('/api/v1/metrics/net.http.request.count?by=node')).toMatch(/^400 .*namespace, service, pod/);
  });

  it('has no value before it has seen enough', async () => {
    await report(count(0));
    expect(await ask('/api/v1/metrics/net.http.request.count')).toMatch(/^503 .*just started/);
  });

  it('lets pods report and not read, readers read and not report, others nothing', async () => {
    expect(await report(REPORT, 'read')).toMatch(/^401 .*report key/);
    for (const token of ['write', '', 'Read'])
      expect(await ask('/api/v1/metrics', token)).toMatch(/^401 .*access token/);
    expect((await fetch(`${url}/api/v1/metrics`)).status).toBe(401);
    expect(await ask('/healthz', '')).toBe('200 ok');
    expect(await ask('/', '')).toMatch(/^200 The monitoring backend/);
    expect(await ask('/secret', '')).toMatch(/^404/);
    expect(await ask('/api/v1/reports', 'write')).toMatch(/^405/);
    expect(await ask('/api/v1/metrics', 'read', { method: 'DELETE' })).toMatch(/^405/);
  });

  it.each([
    ['', '400'],
    ['{"namespace":', '400'],
    [{ ...REPORT, extra: 1 }, '400'],
    [{ ...REPORT, counters: { 'net.http.request.count': -1 } }, '400'],
    [{ ...REPORT, counters: { 'net.http.request.count': 1.5 } }, '400'],
    [{ ...REPORT, counters: { 'a/b': 1 } }, '400'],
    [{ ...REPORT, counters: Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`m${n}`, 1])) }, '400'],
    [{ ...REPORT, pod: 'x'.repeat(20_000) }, '413'],
  ])('refuses a report that is none, or too long (%#)', async (body, status) => {
    expect((await report(body)).slice(0, 3)).toBe(status);
    expect(await ask('/api/v1/metrics')).toBe('200 {"metrics":[]}');
  });
});
