import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MetricsServerProcess } from '../../helpers/metrics-server-process.ts';
import { type TestPair, testPair } from '../../helpers/test-pki.ts';

/** What a source answers, and what whoever asks for the metric is told. */
const ANSWERS: Readonly<Record<string, readonly [body: string | undefined, message: RegExp]>> = {
  nan: ['NaN', /its value is NaN/],
  inf: ['+Inf', /its value is \+?Inf/],
  'minus-inf': ['-Inf', /its value is -Inf/],
  negative: ['-1', /-1 is negative/],
  huge: ['1e30', /more than the HPA controller can read/],
  empty: ['', /empty text/],
  garbage: ['\0\u{1f4a9}<html>', /is not a number|quantities must match/],
  long: ['9'.repeat(5_000), /is not a number|larger/],
  never: [undefined, /did not answer within 0\.5 s/],
};
const ADMIN = { 'x-remote-user': 'admin', 'x-remote-group': 'system:masters' };
const PATH = '/apis/external.metrics.k8s.io/v1beta1/namespaces/default';

describe('bad input', () => {
  const dir = mkdtempSync(join(tmpdir(), 'metrics-bad-input-'));
  const file = (name: string) => join(dir, name);
  const name = [['CN', 'front-proxy-client']] as const;
  const ca = testPair({ subject: [['CN', 'ca']], ca: true });
  const stranger = testPair({ subject: [['CN', 'ca']], ca: true });
  const proxy = testPair({ subject: name, issuer: ca });
  const source = createServer((incoming, response) => {
    const answer = ANSWERS[incoming.url?.slice(1) ?? '']?.[0];
    if (answer !== undefined) response.end(answer);
  });
  let server: MetricsServerProcess;

  const ask = async (path: string, pair: TestPair | undefined, headers: Readonly<Record<string, string>> = ADMIN) => {
    const options = { ...pair, rejectUnauthorized: false, agent: false, headers };
    const sent = request(`${server.url}${path}`, options);
    sent.end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    let text = '';
    for await (const chunk of answer) text += String(chunk);
    return { status: answer.statusCode, text };
  };

  beforeAll(async () => {
    writeFileSync(file('ca.crt'), ca.cert);
    source.listen(0, '127.0.0.1');
    await once(source, 'listening');
    const address = source.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    server = await MetricsServerProcess.start(dir, {
      standalone: { requestHeaderCaFile: file('ca.crt'), allowedNames: ['front-proxy-client'] },
      metrics: [
        { name: 'good', source: { type: 'memory', series: [{ value: '7' }] } },
        ...Object.keys(ANSWERS).map((metric) => ({
          name: metric,
          timeoutSeconds: 0.5,
          source: { type: 'http', format: 'text', url: `http://127.0.0.1:${port}/${metric}` },
        })),
      ],
    });
  });
  afterAll(async () => {
    source.closeAllConnections();
    source.close();
    expect(await server.close()).toBe(0);
    rmSync(dir, { recursive: true, force: true });
  });

  it.each(Object.keys(ANSWERS))(
    'a source that answers %s is an error with its cause, never a number',
    async (metric) => {
      const said = async () => (await ask(`${PATH}/${metric}`, proxy)).text;
      await expect.poll(said, { timeout: 20_000 }).toMatch(ANSWERS[metric]?.[1] ?? /^$/);
      const { status, text } = await ask(`${PATH}/${metric}`, proxy);
      expect(status).toBe(503);
      expect(text).not.toContain('"items"');
      expect((await ask(`${PATH}/good`, proxy)).text).toContain('"value":"7"');
    },
  );

  it.each([
    ['no certificate', undefined],
    ['a certificate of another CA', testPair({ subject: name, issuer: stranger })],
    ['one that signed itself', testPair({ subject: name })],
    ['one that has expired', testPair({ subject: name, issuer: ca, fromDays: -9, toDays: -1 })],
    ['one that is not valid yet', testPair({ subject: name, issuer: ca, fromDays: 1 })],
    ['one of a name that is not allowed', testPair({ subject: [['CN', 'somebody']], issuer: ca })],
    ['one for servers only', testPair({ subject: name, issuer: ca, usages: ['1.3.6.1.5.5.7.3.1'] })],
    ['one with an extension that nobody knows', testPair({ subject: name, issuer: ca, critical: '1.2.3.4' })],
  ])('X-Remote-User counts nothing with %s', async (_what, pair) => {
    const { status, text } = await ask(`${PATH}/good`, pair);
    expect([401, 403]).toContain(status);
    expect(text).not.toContain('"items"');
    expect(text).not.toContain('admin');
  });

  it('X-Remote-User of the front proxy counts, and a token that nobody issued does not', async () => {
    expect((await ask(`${PATH}/good`, proxy)).status).toBe(200);
    expect((await ask(`${PATH}/good`, undefined, { authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' })).status).toBe(
      401,
    );
    expect((await ask(`${PATH}/good`, proxy, { 'x-remote-user': 'nobody' })).status).toBe(403);
  });

  it('a broken file on reload changes nothing and is loud', async () => {
    const refused = () => server.lines.filter((line) => line.includes('config-refused')).length;
    for (const text of ['metrics: [', '{"metrics": [{"name": "good"}], "typo": 1}', '\0\0', '']) {
      const before = refused();
      writeFileSync(server.configFile, text);
      await expect.poll(refused, { timeout: 20_000 }).toBeGreaterThan(before);
      expect((await ask(`${PATH}/good`, proxy)).text).toContain('"value":"7"');
    }
    expect(server.lines.join('\n')).toContain('the new configuration is not used, the old one stays');
    expect((await ask('/metrics', proxy)).text).toMatch(/^metrics_lab_config_reloads_total\{.*\} [1-9]/m);
  });
});
