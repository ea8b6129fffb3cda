import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { expect, test } from 'vitest';
import { kubeClient } from '../../../src/kube/client.ts';
import { startEmbedded } from '../../helpers/embedded-cluster.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

test('a kept connection that breaks under a request is no failure of what only reads', async () => {
  const asked: string[] = [];
  const used = new WeakSet<Socket>();
  const server = createServer((request, response) => {
    asked.push(request.method ?? '');
    if (used.has(request.socket)) return void request.socket.destroy();
    used.add(request.socket);
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = kubeClient({ server: `http://127.0.0.1:${port}`, context: 'lab' });
  await client.json('GET', '/first');
  await client.json('GET', '/second');
  expect(asked).toEqual(['GET', 'GET', 'GET']);
  await expect(client.json('POST', '/third', {})).rejects.toMatchObject({ id: 'ML-KUBE-UNREACHABLE' });
  expect(asked).toEqual(['GET', 'GET', 'GET', 'POST']);
  client.close();
  server.close();
});

test('a request on a kept connection that is given up is not sent again', async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url === '/first') response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = kubeClient({ server: `http://127.0.0.1:${port}`, context: 'lab' });
  await client.json('GET', '/first');
  const stop = new AbortController();
  const second = client.json('GET', '/second', undefined, { signal: stop.signal });
  await expect.poll(() => asked).toEqual(['/first', '/second']);
  stop.abort();
  await expect(second).rejects.toThrow();
  await client.json('GET', '/first');
  expect(asked).toEqual(['/first', '/second', '/first']);
  client.close();
  server.closeAllConnections();
  server.close();
});

test('the embedded API keeps idle connections as long as kube-apiserver', async () => {
  using dir = tempDir();
  const cluster = await startEmbedded(dir.path);
  const read = (path: string) => readFileSync(path, 'utf8');
  const { ca, admin } = cluster.pki;
  const access = { ca: read(ca.cert), cert: read(admin.cert), key: read(admin.key) };
  const client = kubeClient({ context: 'lab', server: cluster.url, ...access });
  expect((await client.request('GET', '/version')).headers['keep-alive']).toBe('timeout=90');
  client.close();
  cluster.stop();
});
