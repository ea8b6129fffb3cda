import { once } from 'node:events';
import { request } from 'node:http';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MetricSample } from '../../../src/contracts/metric-source.ts';
import { realClock } from '../../../src/platform/clock.ts';
import { nodeFiles } from '../../../src/platform/files.ts';
import { freePort } from '../../../src/platform/free-port.ts';
import { parseSourceConfig } from '../../../src/sources/config.ts';
import { openSource } from '../../../src/sources/open-source.ts';
import { WorkloadProcess } from '../../helpers/consumer-process.ts';
import { eventually } from '../../helpers/lab-client.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

const COUNT = 'net.http.request.count';
const PARENT = { METRICS_LAB_PARENT: String(process.pid) };

/** The programs of the pipeline `http`, without a cluster: web targets, the monitoring backend, the source that reads it. */
describe('the web target and the monitoring backend', () => {
  const temp = tempDir();
  const accessToken = join(temp.path, 'access.token');
  let backendPort: number;
  let backend: WorkloadProcess;
  const children: WorkloadProcess[] = [];

  async function startBackend(): Promise<void> {
    const keyFile = join(temp.path, 'report.key');
    writeFileSync(keyFile, 'the-key\n');
    const env = { ...PARENT, PORT: String(backendPort), ACCESS_TOKEN_FILE: accessToken, REPORT_KEY_FILE: keyFile };
    backend = new WorkloadProcess('monitoring-backend', env);
    children.push(backend);
    await backend.said(/monitoring backend listens/);
  }
  async function startWeb(pod: string, more: Readonly<Record<string, string>> = {}) {
    const port = await freePort();
    const web = new WorkloadProcess('web', {
      ...PARENT,
      PORT: String(port),
      SERVICE_TIME: '5ms',
      POD_NAME: pod,
      POD_NAMESPACE: 'shop',
      SERVICE_NAME: 'web',
      MONITORING_URL: `http://127.0.0.1:${backendPort}`,
      MONITORING_KEY: 'the-key',
      ...more,
    });
    children.push(web);
    await web.said(/listens/);
    return { web, url: `http://127.0.0.1:${port}` };
  }
  /** As the pipeline configures the metrics server. */
  async function read(by = 'pod'): Promise<readonly MetricSample[]> {
    const config = parseSourceConfig({
      type: 'http',
      url: `http://127.0.0.1:${backendPort}/api/v1/metrics/${COUNT}?by=${by}`,
      bearerTokenFile: accessToken,
      items: '$.data[*]',
      value: '$.value',
      timestamp: '$.timestamp',
      seriesLabels: { [by]: `$.${by}` },
    });
    const source = openSource(config, { clock: realClock, readFile: nodeFiles.readText });
    try {
      return await source.read(AbortSignal.timeout(5_000));
    } finally {
      await source.close();
    }
  }
  const valueOf = (pod: string) =>
    eventually(
      `a value of ${pod}`,
      async () => (await read()).find(({ labels }) => labels['pod'] === pod),
      (found) => found !== undefined,
      20_000,
    );

  beforeAll(async () => {
    writeFileSync(accessToken, 'the-token\n');
    backendPort = await freePort();
    await startBackend();
  });
  afterAll(async () => {
    for (const child of children) await child[Symbol.asyncDispose]();
    temp[Symbol.dispose]();
  });

  test('count requests and nothing else; the rate arrives with the time for which it holds', async () => {
    const { url } = await startWeb('a');
    expect((await valueOf('a'))?.value).toBe('0');
    for (const path of ['/healthz', '/readyz', '/metrics']) expect((await fetch(url + path)).status).toBe(200);
    for (let n = 0; n < 10; n += 1) expect(await (await fetch(url)).text()).toBe(`a ${n + 1}\n`);
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('\nweb_requests_total 10\n');
    const sample = await eventually(
      'ten requests within 5 s',
      () => valueOf('a'),
      (found) => found?.value === '2',
      20_000,
    );
    const age = Date.now() - (sample?.timestampMs ?? 0);
    expect(age).toBeGreaterThanOrEqual(1_900);
    expect(await read('service')).toMatchObject([{ labels: { service: 'web' }, value: '2' }]);
    expect(await read('namespace')).toMatchObject([{ labels: { namespace: 'shop' } }]);
  });

  test('a page of another site under a name of its own is refused', async () => {
    const { url } = await startWeb('host');
    const sent = request(url, { headers: { host: 'evil.example' } }).end();
    const [answer] = await once(sent, 'response');
    answer.resume();
    expect(answer.statusCode).toBe(403);
  });

  test('told to stop, the web target answers what it has taken, reports it, and ends well', async () => {
    const { web, url } = await startWeb('graceful', { SERVICE_TIME: '700ms' });
    const answers = Promise.all([fetch(url), fetch(url)]);
    await eventually(
      'two requests taken',
      async () => (await fetch(`${url}/metrics`)).text(),
      (text) => text.includes('web_requests_total 2'),
      10_000,
    );
    expect(await web.end('SIGTERM')).toBe(0);
    expect((await answers).map(({ status }) => status)).toEqual([200, 200]);
    await eventually(
      'its requests',
      () => valueOf('graceful'),
      (found) => found?.value === '400m',
      20_000,
    );
    await eventually(
      'no value of a pod that is gone',
      () => read(),
      (samples) => !samples.some(({ labels }) => labels['pod'] === 'graceful'),
      20_000,
    );
  });

  test('a wrong key costs the web target nothing but its value, and is told once', async () => {
    const { web, url } = await startWeb('unknown', { MONITORING_KEY: 'wrong' });
    await web.said(/error: the monitoring backend cannot be told: HTTP 401: .*the report key is wrong/);
    expect((await fetch(url)).status).toBe(200);
    await delay(1_500);
    expect(web.output.match(/cannot be told/g)).toHaveLength(1);
    expect(web.output).not.toContain('MONITORING_KEY');
    expect((await read()).some(({ labels }) => labels['pod'] === 'unknown')).toBe(false);
    await web.end('SIGTERM');
  });

  test('a wrong or missing access token, and a pod’s key in its place, are refused with the reason', async () => {
    for (const token of ['wrong', 'the-key']) {
      writeFileSync(accessToken, token);
      await expect(read()).rejects.toMatchObject({
        id: 'ML-SOURCE-ANSWER',
        message: expect.stringContaining('HTTP 401: {"error":"the access token is wrong"}'),
      });
    }
    writeFileSync(accessToken, '');
    await expect(read()).rejects.toMatchObject({ id: 'ML-SOURCE-HTTP' });
    writeFileSync(accessToken, 'the-token\n');
    expect((await read()).length).toBeGreaterThan(0);
  });

  test('a backend that is away is an error of the source; back again it has no value until it has one that is right', async () => {
    const { web, url } = await startWeb('steady');
    await valueOf('steady');
    await backend.end('SIGKILL');
    await expect(read()).rejects.toMatchObject({ id: 'ML-SOURCE-HTTP' });
    await web.said(/cannot be told: .*ECONNREFUSED/);
    for (let n = 0; n < 20; n += 1) await fetch(url);
    await startBackend();
    await expect(read()).rejects.toMatchObject({ message: expect.stringContaining('HTTP 503') });
    await web.said(/the monitoring backend answers again/);
    // What was counted while it was away belongs to no time that it can speak of.
    expect((await valueOf('steady'))?.value).toBe('0');
  });
});
