import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../../src/platform/free-port.ts';
import { MetricsServerProcess } from '../../helpers/metrics-server-process.ts';
import { testPair } from '../../helpers/test-pki.ts';

const TOKEN = 'forward-token';
const IDENTITY = { 'x-remote-user': 'admin', 'x-remote-group': 'system:masters' };
const POD = { apiVersion: 'v1', kind: 'Pod' };
const OBJECTS = {
  apiVersion: 'v1',
  kind: 'List',
  items: ['web-0', 'web-1'].map((name) => ({ ...POD, metadata: { name, namespace: 'shop', labels: { app: 'web' } } })),
};

/** Two metrics servers as processes: the cluster asks the first, which passes on what the second one has. */
describe('metrics of another adapter', () => {
  const dir = mkdtempSync(join(tmpdir(), 'metrics-forward-'));
  const file = (name: string) => join(dir, name);
  const ca = testPair({ subject: [['CN', 'ca']], ca: true });
  const proxy = testPair({ subject: [['CN', 'front-proxy-client']], issuer: ca });
  let first: MetricsServerProcess;
  let second: MetricsServerProcess;

  const common = () => ({
    standalone: {
      requestHeaderCaFile: file('ca.crt'),
      allowedNames: ['front-proxy-client'],
      objectsFile: file('objects.json'),
    },
    serving: { certFile: file('serving.crt'), keyFile: file('serving.key') },
  });
  const startSecond = async (port: number) => {
    const metrics = [
      {
        name: 'other_length',
        source: {
          type: 'memory',
          series: [
            { labels: { queue: 'a' }, value: '4' },
            { labels: { queue: 'b' }, value: '1500m' },
          ],
        },
      },
      {
        name: 'rps',
        object: { resource: 'pods', namespace: 'shop', nameLabel: 'pod' },
        source: {
          type: 'memory',
          series: [
            { labels: { pod: 'web-0' }, value: '7' },
            { labels: { pod: 'web-1' }, value: '8' },
          ],
        },
      },
    ];
    mkdirSync(file('second'), { recursive: true });
    second = await MetricsServerProcess.start(file('second'), { ...common(), listen: { port }, metrics });
  };
  const send = async (server: MetricsServerProcess, method: string, path: string, body?: string) => {
    const sent = request(`${server.url}${path}`, {
      method,
      ...proxy,
      rejectUnauthorized: false,
      agent: false,
      headers: IDENTITY,
    });
    sent.end(body);
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    let text = '';
    for await (const chunk of answer) text += String(chunk);
    return { status: answer.statusCode, json: JSON.parse(text) as unknown };
  };
  const external = (path: string) =>
    send(first, 'GET', `/apis/external.metrics.k8s.io/v1beta1/namespaces/shop/${path}`);
  const custom = (path: string) => send(first, 'GET', `/apis/custom.metrics.k8s.io/v1beta2/namespaces/shop/${path}`);
  let port = 0;

  beforeAll(async () => {
    const serving = testPair({ subject: [['CN', 'localhost']], issuer: ca });
    for (const [name, pair] of Object.entries({ ca, serving, proxy })) {
      writeFileSync(file(`${name}.crt`), pair.cert);
      writeFileSync(file(`${name}.key`), pair.key, { mode: 0o600 });
    }
    writeFileSync(file('objects.json'), JSON.stringify(OBJECTS));
    writeFileSync(file('token'), TOKEN);
    port = await freePort();
    await startSecond(port);
    const access = {
      url: `https://localhost:${port}`,
      caFile: file('ca.crt'),
      certFile: file('proxy.crt'),
      keyFile: file('proxy.key'),
      headers: IDENTITY,
      timeoutSeconds: 1,
    };
    first = await MetricsServerProcess.start(dir, {
      ...common(),
      metrics: [{ name: 'own', source: { type: 'memory', series: [{ value: '1' }] } }],
      forward: [
        { api: 'external', metrics: ['other_*'], ...access },
        { api: 'external', metrics: ['untrusted'], ...access, caFile: undefined },
        { api: 'custom', metrics: ['rps'], ...access },
      ],
    });
  });
  afterAll(async () => {
    await first.close();
    await second.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('come with their labels and quantities; selectors are passed on; own metrics stay', async () => {
    expect(await external('other_length')).toMatchObject({
      status: 200,
      json: { items: [{ metricName: 'other_length', metricLabels: { queue: 'a' }, value: '4' }, { value: '1500m' }] },
    });
    expect(await external('other_length?labelSelector=queue%20in%20(b,c)')).toMatchObject({
      json: { items: [{ metricLabels: { queue: 'b' }, value: '1500m' }] },
    });
    expect(await external('other_none')).toMatchObject({ status: 200, json: { items: [] } });
    expect(await external('own')).toMatchObject({ json: { items: [{ value: '1' }] } });
  });

  it('are in discovery as the other adapter lists them', async () => {
    const namesOf = async (path: string) => {
      const { json } = await send(first, 'GET', path);
      return (json as { resources: { name: string }[] }).resources.map(({ name }) => name);
    };
    await expect
      .poll(() => namesOf('/apis/external.metrics.k8s.io/v1beta1'), { timeout: 20_000 })
      .toContain('other_length');
    await expect.poll(() => namesOf('/apis/custom.metrics.k8s.io/v1beta2'), { timeout: 20_000 }).toContain('pods/rps');
    expect(await namesOf('/apis/external.metrics.k8s.io/v1beta1')).not.toContain('rps');
  });

  it('may describe objects, one or all', async () => {
    expect(await custom('pods/web-0/rps')).toMatchObject({
      json: { items: [{ describedObject: { kind: 'Pod', name: 'web-0' }, value: '7' }] },
    });
    expect(await custom('pods/*/rps?labelSelector=app%3Dweb')).toMatchObject({
      json: { items: [{ value: '7' }, { value: '8' }] },
    });
    expect((await custom('pods/none/rps')).status).toBe(404);
  });

  it('are errors with the cause while the other adapter is wrong, slow, untrusted or gone, and come back', async () => {
    const fault = (body: string | undefined) =>
      send(second, body === undefined ? 'DELETE' : 'PUT', '/metrics-lab/v1/faults/other_length', body);
    const failed = async (path = 'other_length') => {
      const { status, json } = await external(path);
      return `${status} ${(json as { message?: string }).message}`;
    };
    await fault('{"text":"NaN"}');
    expect(await failed()).toMatch(
      /^503 The adapter https:\/\/localhost:\d+, .* gives no value: .*"NaN": quantities must match/,
    );
    await fault('{"status":429}');
    expect(await failed()).toMatch(/^503 .*HTTP 429: fault on demand/);
    await fault('{"delaySeconds":20}');
    expect(await failed()).toMatch(/^503 .*no answer within 1 s/);
    await fault(undefined);
    expect(await failed('untrusted')).toMatch(/^503 .*certificate/);
    await second.close();
    expect(await failed()).toMatch(/^503 .*ECONNREFUSED/);
    expect(await external('own')).toMatchObject({ json: { items: [{ value: '1' }] } });
    await startSecond(port);
    await expect.poll(async () => (await external('other_length')).status, { timeout: 20_000 }).toBe(200);
  });
});
