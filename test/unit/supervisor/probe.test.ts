import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { expect, test } from 'vitest';
import { prober } from '../../../src/lab/supervisor/probe.ts';

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

test('over http: 2xx is well; else the status and what the server says of its checks; silence and absence have their words', async () => {
  const answers: [number, string][] = [
    [200, 'ok'],
    [500, '[+]ping ok\n[-]etcd failed: reason withheld\n[+]log ok\nreadyz check failed'],
    [503, 'starting'],
    [204, ''],
  ];
  const server = createServer((_request, response) => {
    const [code, text] = answers.shift() ?? [0, ''];
    if (code !== 0) response.writeHead(code).end(text);
  });
  const url = `http://127.0.0.1:${await listening(server)}/readyz`;
  const probe = prober({ kind: 'http', url });
  try {
    expect(await probe.ask(5_000)).toBeUndefined();
    expect(await probe.ask(5_000)).toBe(`${url} answers 500: [-]etcd failed: reason withheld`);
    expect(await probe.ask(5_000)).toBe(`${url} answers 503: starting`);
    expect(await probe.ask(5_000)).toBeUndefined();
    expect(await probe.ask(50)).toBe(`${url} does not answer within 0.05 s`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
  await once(server, 'close');
  expect(await probe.ask(5_000)).toMatch(/does not answer: .*ECONNREFUSED/);
  probe.close();
});

test('over tcp: a connection is enough', async () => {
  const server = createTcpServer((socket) => socket.end());
  const port = await listening(server);
  const probe = prober({ kind: 'tcp', host: '127.0.0.1', port });
  expect(await probe.ask(5_000)).toBeUndefined();
  server.close();
  await once(server, 'close');
  expect(await probe.ask(5_000)).toMatch(/does not accept connections: .*ECONNREFUSED/);
});
