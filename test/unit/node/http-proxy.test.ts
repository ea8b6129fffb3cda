import { once } from 'node:events';
import {
  Agent,
  createServer,
  type IncomingMessage,
  request as httpRequest,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readAll } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { HttpProxy } from '../../../src/minicluster/node/http-proxy.ts';

describe('the proxy of a Service with HTTP', () => {
  const open: { close(): void }[] = [];
  afterEach(() => {
    for (const one of open.splice(0)) one.close();
  });

  /** A pod that answers with its name, the request's body and what it was asked. */
  async function pod(name: string, answer?: (response: ServerResponse) => void): Promise<number> {
    const server: Server = createServer((request, response) => {
      void readAll(request).then((body) => {
        if (answer !== undefined) return answer(response);
        response.writeHead(200, { 'x-pod': name }).end(`${name} ${request.method} ${request.url} ${body}`);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    open.push({ close: () => (server.close(), server.closeAllConnections()) });
    return (server.address() as AddressInfo).port;
  }
  async function proxyTo(targets: () => readonly number[]): Promise<HttpProxy> {
    const proxy = new HttpProxy(targets);
    open.push(proxy);
    expect(await proxy.listen(0)).toBe(true);
    return proxy;
  }
  const at = (proxy: HttpProxy, path = '/') => `http://127.0.0.1:${proxy.port}${path}`;
  const text = async (url: string, init?: RequestInit) => (await fetch(url, init)).text();

  it('spreads the requests of one connection in turn', async () => {
    const targets = [await pod('a'), await pod('b'), await pod('c')];
    const proxy = await proxyTo(() => targets);
    // One connection, as a load generator keeps it.
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    open.push({ close: () => agent.destroy() });
    const names: string[] = [];
    for (let n = 0; n < 6; n += 1) {
      const sent = httpRequest(at(proxy), { agent }).end();
      const [answer] = (await once(sent, 'response')) as [IncomingMessage];
      answer.resume();
      await once(answer, 'end');
      names.push(String(answer.headers['x-pod']));
    }
    expect(names.toSorted()).toEqual(['a', 'a', 'b', 'b', 'c', 'c']);
  });

  it('sends a request to the pod with the fewest unanswered ones', async () => {
    const waiting: ServerResponse[] = [];
    const targets = [await pod('slow', (response) => void waiting.push(response)), await pod('quick')];
    const proxy = await proxyTo(() => targets);
    const held = Promise.all([text(at(proxy)), text(at(proxy))]);
    while (waiting.length < 1) await new Promise((resolve) => setImmediate(resolve));
    for (let n = 0; n < 5; n += 1) expect(await text(at(proxy))).toMatch(/^quick/);
    expect(waiting).toHaveLength(1);
    waiting[0]?.end('slow at last');
    expect((await held).toSorted()).toEqual(['quick GET / ', 'slow at last']);
  });

  it('passes method, path, body and status on', async () => {
    const targets = [await pod('a')];
    const proxy = await proxyTo(() => targets);
    expect(await text(at(proxy, '/x?y=1'), { method: 'POST', body: 'much'.repeat(100_000) })).toBe(
      `a POST /x?y=1 ${'much'.repeat(100_000)}`,
    );
    expect((await fetch(at(proxy), { method: 'HEAD' })).headers.get('x-pod')).toBe('a');
    const failing = [await pod('b', (response) => response.writeHead(500).end('no'))];
    const other = await proxyTo(() => failing);
    const answer = await fetch(at(other));
    expect([answer.status, await answer.text()]).toEqual([500, 'no']);
  });

  it('sends a GET that found nobody, or was dropped, to the next pod; what may have been carried out is not repeated', async () => {
    const dropped: string[] = [];
    const targets = [1, await pod('dying', (response) => (dropped.push('x'), response.destroy())), await pod('alive')];
    const proxy = await proxyTo(() => targets);
    for (let n = 0; n < 6; n += 1) expect(await text(at(proxy))).toMatch(/^alive/);
    expect(dropped.length).toBeGreaterThan(0);
    const alone = await proxyTo(() => targets.slice(1, 2));
    const before = dropped.length;
    const answer = await fetch(at(alone), { method: 'POST', body: 'order' });
    expect([answer.status, dropped.length - before]).toEqual([503, 1]);
    expect(await answer.text()).toContain('service proxy: ');
  });

  it('answers 503 when no pod is ready, and sees what becomes ready', async () => {
    const targets: number[] = [];
    const proxy = await proxyTo(() => targets);
    const answer = await fetch(at(proxy));
    expect([answer.status, await answer.text()]).toEqual([503, 'service proxy: no pod is ready\n']);
    targets.push(await pod('late'));
    expect(await text(at(proxy))).toMatch(/^late/);
  });

  it('breaks an answer that its pod broke, and says when its port is taken', async () => {
    const targets = [
      await pod('a', (response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('half');
        setImmediate(() => response.destroy());
      }),
    ];
    const proxy = await proxyTo(() => targets);
    await expect(text(at(proxy))).rejects.toThrow();
    expect(await new HttpProxy(() => []).listen(targets[0] ?? 0)).toBe(false);
  });
});
