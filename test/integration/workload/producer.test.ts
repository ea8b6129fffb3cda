import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../../src/platform/free-port.ts';
import { openQueue } from '../../../src/workload/queues/open.ts';
import { WorkloadProcess, workloadEnv } from '../../helpers/consumer-process.ts';
import { haveQueueServers, TestQueueServer } from '../../helpers/queue-servers.ts';

const TOKEN = 'producer-test-token';

interface Reply {
  readonly status: number;
  readonly body: string;
}

describe.skipIf(!haveQueueServers())('the producer program', () => {
  let server: TestQueueServer;
  let producer: WorkloadProcess;
  let port: number;
  beforeAll(async () => {
    server = await TestQueueServer.start('redis');
    port = await freePort();
    producer = new WorkloadProcess('producer', workloadEnv(server, 'jobs', { TOKEN, PORT: String(port) }));
    await producer.said(/producer listens/);
    while ((await send('GET', '/readyz')).status !== 200);
  });
  afterAll(async () => {
    await producer[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  function send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>> = {},
    body = '',
  ): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const options = { port, host: '127.0.0.1', method, path, headers, agent: false };
      const sending = request(options, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
      });
      sending.on('error', reject);
      sending.end(body);
    });
  }
  const login = { authorization: `Bearer ${TOKEN}` };

  test('publishes one, several, and with a payload', async () => {
    await using queue = await opened();
    const before = await queue.ledger();
    expect(await send('POST', '/publish', login)).toMatchObject({ status: 200 });
    expect(JSON.parse((await send('POST', '/publish/41', login)).body)).toEqual({
      published: 41,
      waiting: before.waiting + 42,
    });
    expect(await send('POST', '/publish/1', login, 'Grüße')).toMatchObject({ status: 200 });
    const after = await queue.ledger();
    expect(after.published - before.published).toBe(43);
  });

  test('many items in one request', async () => {
    expect(JSON.parse((await send('POST', '/publish/30000', login)).body)).toMatchObject({ published: 30_000 });
  });

  test.each(['0', '-1', '1e9', '1000000000', '99999999999999', 'ten', '1.5', '', '%00'])(
    'refuses %j as a number of items',
    async (count) => {
      const { status, body } = await send('POST', `/publish/${count}`, login);
      expect(status).toBe(400);
      expect(JSON.parse(body)).toMatchObject({ error: { id: 'ML-QUEUE-COUNT' } });
    },
  );

  test('wants the token', async () => {
    expect((await send('POST', '/publish')).status).toBe(401);
    expect((await send('POST', '/publish', { authorization: 'Bearer wrong' })).status).toBe(401);
    expect((await send('GET', '/publish', login)).status).toBe(405);
    expect((await send('PUT', '/healthz', login)).status).toBe(405);
    expect((await send('GET', '/nothing')).status).toBe(404);
  });

  test('serves only its own names', async () => {
    expect((await send('POST', '/publish', { ...login, host: 'attacker.example' })).status).toBe(403);
    expect((await send('GET', '/healthz', { host: `localhost:${port}` })).status).toBe(200);
    expect((await send('GET', '/healthz', { host: 'producer' })).status).toBe(200);
  });

  test('a payload that is too long', async () => {
    expect((await send('POST', '/publish', login, 'x'.repeat(40_000))).status).toBe(413);
  });

  test('with the queue away: not ready, and publishing that outlives a restart', async () => {
    await using queue = await opened();
    const { published } = await queue.ledger();
    await server.kill();
    const publishing = send('POST', '/publish/5', login);
    await producer.said(/waiting for the queue/);
    expect((await send('GET', '/readyz')).status).toBe(503);
    await server.up();
    expect((await publishing).status).toBe(200);
    expect((await queue.ledger()).published).toBe(published + 5);
  });

  test('SIGTERM ends it with 0', async () => {
    expect(await producer.end('SIGTERM')).toBe(0);
  });

  async function opened() {
    const queue = await openQueue(server.options('jobs'));
    return { ledger: () => queue.ledger(), [Symbol.asyncDispose]: () => queue.close() };
  }
});
