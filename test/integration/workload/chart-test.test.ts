import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../../src/platform/free-port.ts';
import { WorkloadProcess, workloadEnv } from '../../helpers/consumer-process.ts';
import { haveQueueServers, TestQueueServer } from '../../helpers/queue-servers.ts';

const ENTRY = resolve(import.meta.dirname, '../../../bin/program.js');
const TOKEN = 'chart-test-token';

describe.skipIf(!haveQueueServers())('what helm test runs in charts/lab', () => {
  let server: TestQueueServer;
  let producer: WorkloadProcess;
  let url = '';

  beforeAll(async () => {
    server = await TestQueueServer.start('redis');
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    producer = new WorkloadProcess('producer', workloadEnv(server, 'jobs', { TOKEN, PORT: String(port) }));
    await producer.said(/producer listens/);
  });
  afterAll(async () => {
    await producer[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  /** As the image starts it. */
  function chartTest(
    env: Readonly<Record<string, string>>,
  ): Promise<{ readonly failed: boolean; readonly text: string }> {
    return new Promise((done) => {
      execFile(
        process.execPath,
        [ENTRY, 'chart-test-lab'],
        { env: { PRODUCER_URL: url, ...env } },
        (error, stdout, stderr) => done({ failed: error !== null, text: stdout + stderr }),
      );
    });
  }

  test('fails while nobody works, and without the token', async () => {
    const idle = await chartTest({ TOKEN, WITHIN: '1s' });
    expect(idle).toMatchObject({
      failed: true,
      text: expect.stringContaining('helm test failed: an item is processed') as string,
    });
    const stranger = await chartTest({ TOKEN: 'other' });
    expect(stranger).toMatchObject({ failed: true, text: expect.stringContaining('GET /ledger') as string });
  });

  test('passes when a consumer has processed its item', async () => {
    await using consumer = new WorkloadProcess(
      'consumer',
      workloadEnv(server, 'jobs', { SERVICE_TIME: '1ms', PORT: String(await freePort()) }),
    );
    await consumer.said(/is ready/);
    const { failed, text } = await chartTest({ TOKEN });
    expect([failed, text]).toEqual([false, expect.stringMatching(/published 1 item, \d+ processed in all/)]);
  });
});
