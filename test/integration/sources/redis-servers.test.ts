import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { realClock } from '../../../src/platform/clock.ts';
import { nodeFiles } from '../../../src/platform/files.ts';
import { freePort } from '../../../src/platform/free-port.ts';
import { parseSourceConfig } from '../../../src/sources/config.ts';
import { type Endpoint, parseEndpoint } from '../../../src/sources/endpoint.ts';
import { openSource } from '../../../src/sources/open-source.ts';
import { RedisConnection } from '../../../src/sources/redis-connection.ts';
import { findQueueServer } from '../../../src/workload/queue-server.ts';
import { haveQueueServers } from '../../helpers/queue-servers.ts';
import { testPair } from '../../helpers/test-pki.ts';

const never = new AbortController().signal;
const root = mkdtempSync(join(tmpdir(), 'redis-servers-'));
const children: ChildProcess[] = [];
afterAll(async () => {
  for (const child of children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
  rmSync(root, { recursive: true, force: true });
});

/** A redis-server with these settings; resolves when it takes commands. */
async function redisServer(name: string, endpoint: Endpoint, settings: string): Promise<RedisConnection> {
  const dir = join(root, name);
  mkdirSync(dir);
  const args = ['--bind', '127.0.0.1', '--dir', dir, '--save', '', ...settings.split(' ')];
  const child = spawn(findQueueServer('redis', process.env['PATH'] ?? '', existsSync), args, {
    stdio: 'ignore',
  });
  children.push(child);
  for (;;) {
    const opened = await RedisConnection.open(endpoint).catch(() => undefined);
    if (opened !== undefined) return opened;
    if (child.exitCode !== null) throw new Error(`redis-server ${settings} ended with ${child.exitCode}`);
    await delay(20);
  }
}

const open = (config: object) =>
  openSource(parseSourceConfig({ type: 'redis', timeoutMs: 2_000, ...config }), {
    clock: realClock,
    readFile: nodeFiles.readText,
  });
async function valueOf(config: object): Promise<string | undefined> {
  const source = open(config);
  try {
    return (await source.read(never))[0]?.value;
  } finally {
    await source.close();
  }
}

describe.skipIf(!haveQueueServers())('a Redis with TLS, a login and several databases', () => {
  test('is read with our CA and our certificate, and refuses us without', async () => {
    const file = (name: string) => join(root, name);
    const ca = testPair({ subject: [['CN', 'ca']], ca: true });
    const pairs = {
      ca,
      server: testPair({ subject: [['CN', 'redis']], issuer: ca }),
      client: testPair({ subject: [['CN', 'client']], issuer: ca }),
      other: testPair({ subject: [['CN', 'other']], ca: true }),
    };
    for (const [name, pair] of Object.entries(pairs)) {
      writeFileSync(file(`${name}.crt`), pair.cert);
      writeFileSync(file(`${name}.key`), pair.key, { mode: 0o600 });
    }
    const port = await freePort();
    const url = `rediss://reader:secret@127.0.0.1:${port}/3`;
    const certificates = { ca: ca.cert, cert: pairs.client.cert, key: pairs.client.key };
    const admin = await redisServer(
      'tls',
      { ...parseEndpoint(`rediss://:admin@127.0.0.1:${port}`, 'redis'), certificates },
      `--port 0 --tls-port ${port} --tls-ca-cert-file ${file('ca.crt')} --tls-cert-file ${file('server.crt')} ` +
        `--tls-key-file ${file('server.key')} --requirepass admin --user reader on >secret ~* +@read +@connection`,
    );
    await admin.call(['RPUSH', 'jobs', 'in database 0']);
    await admin.call(['SELECT', 3]);
    await admin.call(['RPUSH', 'jobs', 'a', 'b']);
    admin.destroy();
    const tls = { caFile: file('ca.crt'), certFile: file('client.crt'), keyFile: file('client.key') };
    const list = { url, key: 'jobs', value: 'length' };
    expect(await valueOf({ ...list, tls })).toBe('2');
    expect(await valueOf({ ...list, url: url.replace('/3', ''), tls })).toBe('1');
    expect(await valueOf({ ...list, tls: { ...tls, serverName: 'localhost' } })).toBe('2');
    for (const [change, text] of [
      [{ tls: { ...tls, caFile: file('other.crt') } }, /certificate/],
      [{ tls: { caFile: file('ca.crt') } }, /certificate required|closed the connection|socket/],
      [{ tls: { ...tls, serverName: 'elsewhere' } }, /elsewhere/],
      [{ tls: { ...tls, caFile: file('none.crt') } }, /there is nothing in/],
      [{ tls, url: url.replace('secret', 'guess') }, /refused the login/],
      [{ tls, url: url.replace('/3', '/99') }, /index is out of range/],
    ] as const) {
      const reading = valueOf({ ...list, ...change });
      await expect(reading).rejects.toMatchObject({ id: 'ML-SOURCE-READ', message: expect.stringMatching(text) });
      await expect(reading).rejects.not.toMatchObject({ message: expect.stringMatching(/secret|guess/) });
    }
    expect(() => open({ ...list, url: url.replace('rediss', 'redis'), tls })).toThrow(/rediss/);
  });
});

describe.skipIf(!haveQueueServers())('a Redis cluster of three nodes', () => {
  test('every key is found from any node, also after it has moved', async () => {
    const ports = [await freePort(), await freePort(), await freePort()];
    const buses = [await freePort(), await freePort(), await freePort()];
    const urlOf = (node: number) => `redis://:secret@127.0.0.1:${ports[node]}`;
    const nodes: RedisConnection[] = [];
    for (const [index, port] of ports.entries()) {
      const node = await redisServer(
        `node-${index}`,
        parseEndpoint(urlOf(index), 'redis'),
        `--port ${port} --cluster-enabled yes --cluster-port ${buses[index]} --requirepass secret --masterauth secret`,
      );
      await node.call(['CLUSTER', 'ADDSLOTSRANGE', index * 5_000, index === 2 ? 16_383 : index * 5_000 + 4_999]);
      nodes.push(node);
    }
    for (const [index, port] of ports.entries())
      await nodes[0]?.call(['CLUSTER', 'MEET', '127.0.0.1', port, buses[index] ?? 0]);
    for (const node of nodes)
      await expect.poll(() => node.call(['CLUSTER', 'INFO']), { timeout: 30_000 }).toContain('cluster_state:ok');

    const homes = new Set<string>();
    const owners = new Map<string, RedisConnection>();
    for (const [count, key] of ['a', 'b', 'c', 'd', 'e', 'f'].entries()) {
      const home = await RedisConnection.openFor(key, parseEndpoint(urlOf(0), 'redis'));
      for (let left = count; left > 0; left -= 1) await home.call(['RPUSH', key, 'x']);
      owners.set(key, home);
      homes.add(String(await home.call(['CLUSTER', 'MYID'])));
      for (const [node] of ports.entries())
        expect(await valueOf({ url: urlOf(node), cluster: true, key, value: 'length' })).toBe(String(count));
    }
    expect(homes.size).toBe(3);

    // The slot of an empty key changes hands: the source that was connected to its old node follows.
    const source = open({ url: urlOf(0), cluster: true, key: 'a', value: 'length' });
    expect(await source.read(never)).toMatchObject([{ value: '0' }]);
    const slot = Number(await nodes[0]?.call(['CLUSTER', 'KEYSLOT', 'a']));
    const old = String(await owners.get('a')?.call(['CLUSTER', 'MYID']));
    const ids = await Promise.all(nodes.map(async (node) => String(await node.call(['CLUSTER', 'MYID']))));
    const heir = ids.findIndex((id) => id !== old);
    for (const node of [heir, ids.indexOf(old), 0, 1, 2])
      await nodes[node]?.call(['CLUSTER', 'SETSLOT', slot, 'NODE', ids[heir] ?? '']);
    await nodes[heir]?.call(['RPUSH', 'a', 'x', 'y', 'z']);
    expect(await source.read(never)).toMatchObject([{ value: '3' }]);
    await source.close();

    const tagged = await RedisConnection.openFor('{q}', parseEndpoint(urlOf(0), 'redis'));
    await tagged.call(['RPUSH', '{q}', 'x']);
    expect(await valueOf({ url: urlOf(1), cluster: true, key: '{q}' })).toBe('1');
    await tagged.call(['XADD', '{q}s', '*', 'k', 'v']);
    expect(await valueOf({ url: urlOf(2), cluster: true, key: '{q}s', structure: 'stream' })).toBe('1');
    expect(() => open({ url: urlOf(0), cluster: true, key: 'a' })).toThrow(/\{tag\}/);
    for (const connection of [...nodes, ...owners.values(), tagged]) connection.destroy();
  });
});
