import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { httpLoad } from '../../../src/platform/http-load.ts';
import { freePort } from '../../../src/platform/free-port.ts';

describe('a load of HTTP requests', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.close();
      server.closeAllConnections();
    }
  });
  async function serve(listener: RequestListener): Promise<string> {
    const server = createServer(listener);
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }
  const load = (url: string, more: object = {}) =>
    httpLoad({
      url,
      requestsPerSecond: 20,
      seconds: 2,
      connections: 7,
      signal: new AbortController().signal,
      onProgress: () => {},
      ...more,
    });

  test('sends as many as it was told, counts what was answered, and tells how far it is', async () => {
    let seen = 0;
    const url = await serve((_request, response) => {
      seen += 1;
      response.writeHead(seen % 4 === 0 ? 503 : 200).end('x');
    });
    const progress: number[] = [];
    const result = await load(url, { onProgress: (seconds: number) => progress.push(seconds) });
    expect(result).toMatchObject({ end: 'complete', errors: 0, timeouts: 0 });
    expect(seen).toBeGreaterThanOrEqual(40);
    expect(seen).toBeLessThanOrEqual(60);
    expect(Object.keys(result.statuses)).toEqual(['200', '503']);
    expect(Object.values(result.statuses).reduce((sum, count) => sum + count)).toBe(result.answered);
    expect(result.answered).toBeGreaterThanOrEqual(40);
    expect(result.latencyMs).toMatchObject({ p50: expect.any(Number), max: expect.any(Number) });
    expect(progress.slice(0, 2)).toEqual([1, 2]);
  });

  test('stops when told to, with what it has', async () => {
    const stop = new AbortController();
    const url = await serve((_request, response) => response.end());
    const onProgress = () => stop.abort();
    const result = await load(url, { seconds: 60, signal: stop.signal, onProgress });
    expect(result.end).toBe('stopped');
    expect(result.answered).toBeGreaterThan(0);
  });

  test('gives up where nothing listens, instead of trying as fast as it can', async () => {
    const result = await load(`http://127.0.0.1:${await freePort()}/`, { seconds: 60 });
    expect(result).toMatchObject({ end: 'gave-up', answered: 0, latencyMs: null });
    expect(result.errors).toBeGreaterThanOrEqual(5_000);
  });

  test('a server that never answers is no answer, and no latency', async () => {
    const url = await serve(() => {});
    expect(await load(url)).toMatchObject({ end: 'complete', answered: 0, statuses: {}, latencyMs: null });
  });
});
