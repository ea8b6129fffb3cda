import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { LocalProxy } from '../../../src/minicluster/node/local-proxy.ts';

describe('the proxy of a Service', () => {
  const open: { close(): void }[] = [];
  afterEach(() => {
    for (const one of open.splice(0)) one.close();
  });

  /** A server that answers the whole request, which ends with the client's side, with its name before it. */
  async function target(name: string): Promise<number> {
    const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
      let text = '';
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      socket.on('end', () => socket.end(`${name}:${text}`));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    open.push(server);
    return (server.address() as AddressInfo).port;
  }
  async function proxyTo(targets: () => readonly number[]): Promise<LocalProxy> {
    const proxy = new LocalProxy(targets);
    open.push(proxy);
    expect(await proxy.listen(0)).toBe(true);
    return proxy;
  }
  async function ask(proxy: LocalProxy, text: string): Promise<string> {
    const socket = connect({ host: '127.0.0.1', port: proxy.port, allowHalfOpen: true });
    socket.end(text);
    let answer = '';
    for await (const chunk of socket) answer += String(chunk);
    return answer;
  }

  it('spreads connections in turn, and half-closes as TCP does', async () => {
    const targets = [await target('a'), await target('b'), await target('c')];
    const proxy = await proxyTo(() => targets);
    const answers = [];
    for (let n = 0; n < 6; n += 1) answers.push(await ask(proxy, 'x'));
    expect(answers.toSorted()).toEqual(['a:x', 'a:x', 'b:x', 'b:x', 'c:x', 'c:x']);
    const long = 'y'.repeat(1_000_000);
    expect((await ask(proxy, long)).length).toBe(long.length + 2);
  });

  it('goes to the next target when one has just ended', async () => {
    const alive = await target('alive');
    const proxy = await proxyTo(() => [1, alive, 1]);
    for (let n = 0; n < 3; n += 1) expect(await ask(proxy, '')).toBe('alive:');
  });

  it('closes at once when nothing is ready, and sees what becomes ready', async () => {
    const targets: number[] = [];
    const proxy = await proxyTo(() => targets);
    await expect(ask(proxy, 'x')).rejects.toThrow('ECONNRESET');
    targets.push(await target('late'));
    expect(await ask(proxy, 'x')).toBe('late:x');
  });

  it('says when its port is taken', async () => {
    const taken = await target('a');
    expect(await new LocalProxy(() => []).listen(taken)).toBe(false);
  });
});
