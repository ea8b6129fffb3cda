import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createSecureContext } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { haveMetricsCorpus, METRICS_API, replayCorpus } from '../../helpers/metrics-corpus.ts';
import { MetricsServerProcess } from '../../helpers/metrics-server-process.ts';
import { type TestPair, testPair } from '../../helpers/test-pki.ts';

const TOKEN = 'standalone-token';
const METRICS = [
  {
    name: 'my-external-metric',
    source: {
      type: 'memory',
      series: [
        { labels: { foo: 'bar' }, value: '42' },
        { labels: { foo: 'baz' }, value: '43' },
      ],
    },
  },
  { name: 'other-external-metric', source: { type: 'memory', series: [{ value: '44' }] } },
];

describe('a metrics server without a cluster', () => {
  const dir = mkdtempSync(join(tmpdir(), 'metrics-standalone-'));
  const ca = testPair({ subject: [['CN', 'ca']], ca: true });
  const other = testPair({ subject: [['CN', 'other-ca']], ca: true });
  const file = (name: string) => join(dir, name);
  const write = (name: string, pair: TestPair) => {
    writeFileSync(file(`${name}.crt`), pair.cert);
    writeFileSync(file(`${name}.key`), pair.key, { mode: 0o600 });
    return pair;
  };
  const proxy = write('front-proxy', testPair({ subject: [['CN', 'front-proxy-client']], issuer: ca }));
  const serving = () => testPair({ subject: [['CN', 'localhost']], issuer: ca });
  const config = (more: Record<string, unknown>) => ({
    standalone: {
      clientCaFile: file('ca.crt'),
      requestHeaderCaFile: file('ca.crt'),
      allowedNames: ['front-proxy-client'],
      ...more,
    },
    serving: { certFile: file('serving.crt'), keyFile: file('serving.key') },
    write: { tokenFile: file('token'), maxValues: 1_000 },
    metrics: METRICS,
  });
  let server: MetricsServerProcess;

  const ask = async (path: string, headers: Record<string, string> = {}, pair: TestPair | undefined = proxy) => {
    const identity = { 'x-remote-user': 'admin', 'x-remote-group': 'system:masters' };
    const sent = request(`${server.url}${path}`, {
      ...pair,
      rejectUnauthorized: false,
      agent: false,
      headers: { ...identity, ...headers },
    });
    sent.end();
    const [answer] = (await once(sent, 'response')) as [import('node:http').IncomingMessage];
    let text = '';
    for await (const chunk of answer) text += String(chunk);
    return { status: answer.statusCode, type: answer.headers['content-type'], text };
  };
  const post = async (path: string, body: string, headers: Record<string, string> = {}) => {
    const common = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
    const answer = await fetch(`${server.writeUrl}${path}`, {
      method: 'POST',
      body,
      headers: { ...common, ...headers },
    });
    return { status: answer.status, text: await answer.text() };
  };

  beforeAll(async () => {
    write('ca', ca);
    write('serving', serving());
    write(
      'client-masters',
      testPair({
        subject: [
          ['O', 'system:masters'],
          ['CN', 'admin'],
        ],
        issuer: ca,
      }),
    );
    write('client-nobody', testPair({ subject: [['CN', 'lab-cert-nobody']], issuer: ca }));
    write('client-reader', testPair({ subject: [['CN', 'lab-reader']], issuer: ca }));
    write('wrong-proxy', testPair({ subject: [['CN', 'front-proxy-client']], issuer: other }));
    write(
      'wrong-masters',
      testPair({
        subject: [
          ['O', 'system:masters'],
          ['CN', 'admin'],
        ],
        issuer: other,
      }),
    );
    writeFileSync(file('token'), TOKEN, { mode: 0o600 });
    const objects = haveMetricsCorpus() ? { objectsFile: join(METRICS_API, 'fixtures.json') } : {};
    server = await MetricsServerProcess.start(dir, config(objects));
  });
  afterAll(async () => {
    expect(await server.close()).toBe(0);
    rmSync(dir, { recursive: true, force: true });
  });

  it.runIf(haveMetricsCorpus())('gives the recorded answers that need no cluster', async () => {
    const result = await replayCorpus([
      '--target',
      server.url,
      '--write',
      server.writeUrl,
      '--write-token',
      TOKEN,
      '--identities',
      dir,
      '--skip-tags',
      'rbac,token',
    ]);
    expect(result.mismatches).toBe('');
    expect(result.passed).toBeGreaterThan(400);
  });

  it('takes writes with its token only', async () => {
    const path = '/write-metrics/external/written';
    expect((await post(path, '"5"', { authorization: 'Bearer other' })).status).toBe(401);
    expect((await post(path, '"5"', { authorization: '' })).status).toBe(401);
    expect(await post(`${path}?labels=a%3Db`, '"5"')).toEqual({ status: 200, text: '' });
    expect((await post('/write-metrics/external/namespaces/one/written', '1e3')).status).toBe(200);
    const read = async (namespace: string) =>
      JSON.parse((await ask(`/apis/external.metrics.k8s.io/v1beta1/namespaces/${namespace}/written`)).text) as unknown;
    expect(await read('default')).toMatchObject({ items: [{ metricLabels: { a: 'b' }, value: '5' }] });
    expect(await read('one')).toMatchObject({ items: [{ value: '5' }, { metricLabels: {}, value: '1e3' }] });
    expect((await post(path, 'x'.repeat(100_000))).status).toBe(413);
    expect((await post('/write-metrics/namespaces/a/nodes/n/m', '"1"')).text).toContain(
      '/write-metrics/nodes/{name}/{metric}',
    );
    expect((await post('/write-metrics/namespaces/a/zonks/n/m', '"1"')).status).toBe(404);
  });

  it('shows a Table to those who want one', async () => {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
    const answer = await ask('/apis/external.metrics.k8s.io/v1beta1/namespaces/default/my-external-metric', { accept });
    expect(JSON.parse(answer.text)).toMatchObject({
      kind: 'Table',
      apiVersion: 'meta.k8s.io/v1',
      columnDefinitions: [{ name: 'Metric' }, { name: 'Labels' }, { name: 'Value' }, { name: 'Timestamp' }],
      rows: [
        { cells: ['my-external-metric', 'foo=bar', '42', expect.any(String)] },
        { cells: ['my-external-metric', 'foo=baz', '43', expect.any(String)] },
      ],
    });
  });

  it('tells in its aggregated discovery what there is', async () => {
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
    const answer = await ask('/apis', { accept });
    expect(answer.type).toBe(accept);
    expect(answer.text).toContain('"resource":"my-external-metric"');
    expect(answer.text).not.toContain('"resources":[]');
  });

  it.each([
    ['too long', `/apis/${'x'.repeat(20_000)}`, 431],
    ['badly escaped', '/apis/%zz', 400],
    ['with an empty selector name', '/apis/external.metrics.k8s.io/v1beta1/namespaces/a/m?labelSelector=%00', 400],
  ])('answers a URL that is %s', async (_what, path, status) => {
    expect((await ask(path)).status).toBe(status);
  });

  it('speaks TLS 1.2 and newer only, and survives rubbish instead of a handshake', async () => {
    const port = Number(new URL(server.url).port);
    const speak = (version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3') =>
      new Promise<string | null>((resolve) => {
        const context = createSecureContext({
          minVersion: version,
          maxVersion: version,
          ciphers: 'DEFAULT@SECLEVEL=0',
        });
        const socket = connect({ port, host: '127.0.0.1', secureContext: context, rejectUnauthorized: false }, () => {
          resolve(socket.getProtocol());
          socket.destroy();
        });
        socket.once('error', () => resolve('refused'));
      });
    expect(await speak('TLSv1.1')).toBe('refused');
    expect(await speak('TLSv1.2')).toBe('TLSv1.2');
    expect(await speak('TLSv1.3')).toBe('TLSv1.3');
    await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
    expect((await ask('/healthz')).status).toBe(200);
  });

  it('takes over a new serving certificate without a restart', async () => {
    const seen = () =>
      new Promise<string>((resolve, reject) => {
        const socket = connect(
          { port: Number(new URL(server.url).port), host: '127.0.0.1', rejectUnauthorized: false },
          () => {
            resolve(socket.getPeerCertificate().serialNumber);
            socket.destroy();
          },
        );
        socket.once('error', reject);
      });
    const before = await seen();
    writeFileSync(file('serving.crt'), 'half a file');
    await expect
      .poll(() => server.lines.join('\n'), { timeout: 20_000 })
      .toContain('the new serving certificate is not used');
    expect(await seen()).toBe(before);
    write('serving', serving());
    await expect.poll(seen, { timeout: 20_000 }).not.toBe(before);
  });

  it('counts what it does', async () => {
    const { text } = await ask('/metrics');
    expect(text).toMatch(/^metrics_lab_requests_total\{route="external",code="200"\} \d+$/m);
    expect(text).toMatch(/^process_cpu_seconds_total \d/m);
    expect(readFileSync(server.configFile, 'utf8')).not.toContain(TOKEN);
    expect(server.lines.join('\n')).not.toContain(TOKEN);
  });

  it('told to stop, answers for its delay still, and lets every connection go with its answer', async () => {
    const own = join(dir, 'draining');
    mkdirSync(own);
    const stopping = await MetricsServerProcess.start(own, { ...config({}), shutdownDelaySeconds: 3 });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const connectionOf = async () => {
      const sent = request(`${stopping.url}/healthz`, { rejectUnauthorized: false, agent });
      sent.end();
      const [answer] = (await once(sent, 'response')) as [import('node:http').IncomingMessage];
      answer.resume();
      await once(answer, 'end');
      return [answer.statusCode, answer.headers.connection];
    };
    expect(await connectionOf()).toEqual([200, 'keep-alive']);
    const ended = stopping.close();
    await expect.poll(connectionOf, { timeout: 2_500, interval: 50 }).toEqual([200, 'close']);
    expect(await ended).toBe(0);
    await expect(connectionOf()).rejects.toThrow('ECONNREFUSED');
  });
});
