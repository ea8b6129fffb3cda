import { execFile, spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../../src/platform/free-port.ts';
import { eventually } from '../../helpers/lab-client.ts';
import { haveQueueServers, TestQueueServer } from '../../helpers/queue-servers.ts';

/** Debian's package of the same name. */
const EXPORTER = 'prometheus-redis-exporter';

describe.skipIf(!haveQueueServers('redis-cli', EXPORTER))('tools for Redis on the embedded queue server', () => {
  let server: TestQueueServer;
  beforeAll(async () => {
    server = await TestQueueServer.start('embedded');
    await cli('rpush', 'jobs', 'a', 'b', 'c');
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  function cli(...args: readonly string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      execFile('redis-cli', ['--no-auth-warning', '-u', server.url, ...args], (error, stdout, stderr) => {
        if (error === null && stderr === '') resolve(stdout);
        else reject(new Error(`redis-cli ${args.join(' ')}: ${stderr}${stdout}`, { cause: error }));
      });
    });
  }

  test('redis-cli reads, looks for big keys and scans', async () => {
    expect(await cli('lrange', 'jobs', '0', '-1')).toBe('a\nb\nc\n');
    expect(await cli('info', 'keyspace')).toContain('db0:keys=1,expires=0');
    expect(await cli('--bigkeys')).toMatch(/Biggest +list found '"jobs"' has 3 items/);
    expect(await cli('--scan', '--pattern', 'j*')).toBe('jobs\n');
    expect(await cli('xadd', 'stream', '*', 'a', 'b')).toContain("ERR unknown command 'xadd'");
  });

  test('redis-exporter scrapes it without an error', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const { password, host } = new URL(server.url);
    const flags = ['-redis.addr', `redis://${host}`, '-web.listen-address', address, '-check-single-keys', 'jobs'];
    const exporter = spawn(EXPORTER, flags, { env: { REDIS_PASSWORD: password }, stdio: 'ignore' });
    try {
      const read = async () => (await fetch(`http://${address}/metrics`)).text();
      const text = await eventually('metrics', read, (body) => body.includes('redis_up'), 20_000);
      expect(text).toMatch(/^redis_up 1$/m);
      expect(text).toMatch(/^redis_exporter_last_scrape_error\{err=""\} 0$/m);
      expect(text).toMatch(/^redis_key_size\{db="db0",key="jobs"\} 3$/m);
    } finally {
      exporter.kill();
    }
  });
});
