import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parse, stringify } from 'yaml';
import type { KubeClient } from '../../../src/contracts/kube-client.ts';
import { kubeClient } from '../../../src/kube/client.ts';
import type { PluginHost } from '../../../src/kube/exec-credential.ts';
import { loadKubeconfig } from '../../../src/kube/kubeconfig.ts';
import { runTool } from '../../../src/platform/run-tool.ts';
import { startEmbedded } from '../../helpers/embedded-cluster.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

const API_VERSION = 'client.authentication.k8s.io/v1';

/** A cluster, and a kubeconfig beside its own whose user is known to a plugin alone: `answer` is what the plugin prints. */
async function clusterWithPlugin(more: object = {}) {
  const dir = tempDir();
  const cluster = await startEmbedded(dir.path);
  onTestFinished(() => {
    cluster.stop();
    dir[Symbol.dispose]();
  });
  const config = parse(readFileSync(cluster.kubeconfig, 'utf8'));
  const { 'client-certificate-data': certificate, 'client-key-data': key } = config.users[0].user;
  const of = (base64: string) => Buffer.from(base64, 'base64').toString();
  config.users[0].user = { exec: { apiVersion: API_VERSION, command: './plugin', args: ['login'], ...more } };
  const path = join(dir.path, 'plugin.kubeconfig');
  writeFileSync(path, stringify(config));
  const [calls, answer, told] = ['calls', 'answer', 'told'].map((name) => join(dir.path, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(calls, '');
  const script = `#!/bin/sh\necho "$1" >> ${calls}\nprintf %s "$KUBERNETES_EXEC_INFO" > ${told}\ncat ${answer}\n`;
  writeFileSync(join(dir.path, 'plugin'), script);
  chmodSync(join(dir.path, 'plugin'), 0o755);
  let now = Date.now();
  const host: PluginHost = { run: runTool, env: process.env, now: () => now, signal: new AbortController().signal };
  return {
    admin: { clientCertificateData: of(certificate), clientKeyData: of(key) },
    direct: kubeClient(loadKubeconfig(readFileSync(cluster.kubeconfig, 'utf8'), cluster.kubeconfig)),
    client: (): KubeClient => kubeClient(loadKubeconfig(readFileSync(path, 'utf8'), path, undefined, host)),
    prints: (status: object) =>
      writeFileSync(answer, JSON.stringify({ apiVersion: API_VERSION, kind: 'ExecCredential', status })),
    printsText: (text: string) => writeFileSync(answer, text),
    calls: () => readFileSync(calls, 'utf8').split('\n').filter(Boolean),
    told: () => JSON.parse(readFileSync(told, 'utf8')),
    later: (ms: number) => {
      now += ms;
    },
    now: () => now,
  };
}

test('a certificate of a plugin is used until it expires, by all requests', async () => {
  const { admin, client, prints, calls, told, later, now } = await clusterWithPlugin({ provideClusterInfo: true });
  prints({ ...admin, expirationTimestamp: new Date(now() + 60_000).toISOString() });
  const kube = client();
  const list = () => kube.json('GET', '/api/v1/namespaces');
  await Promise.all([list(), list(), list()]);
  await list();
  expect(calls()).toEqual(['login']);
  expect(told()).toMatchObject({ kind: 'ExecCredential', apiVersion: API_VERSION, spec: { interactive: false } });
  expect(told().spec.cluster.server).toBe(kube.server);
  later(61_000);
  await list();
  expect(calls()).toHaveLength(2);
  kube.close();
});

test('a token that the server refuses is asked for again at the next request', async () => {
  const { client, direct, prints, calls } = await clusterWithPlugin();
  await direct.json('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'reader' } });
  const path = '/api/v1/namespaces/default/serviceaccounts/reader/token';
  const { status } = (await direct.json('POST', path, { spec: {} })) as { status: { token: string } };
  const kube = client();
  const review = () => kube.request('GET', '/apis');
  prints({ token: 'not-a-token' });
  expect((await review()).status).toBe(401);
  prints({ token: status.token });
  expect((await review()).status).toBe(200);
  expect((await review()).status).toBe(200);
  expect(calls()).toHaveLength(2);
  kube.close();
  direct.close();
});

test.each([
  ['no JSON', 'eyJhbGciOi', 'what it prints is no JSON'],
  ['nothing in it', JSON.stringify({ apiVersion: API_VERSION, kind: 'ExecCredential', status: {} }), 'neither a token'],
  [
    'another version',
    JSON.stringify({ apiVersion: `${API_VERSION}beta1`, kind: 'ExecCredential', status: { token: 'a' } }),
    'the kubeconfig says',
  ],
  ['no status', JSON.stringify({ apiVersion: API_VERSION, kind: 'ExecCredential' }), 'status'],
])('an answer of a plugin with %s is told without what it printed', async (_, text, why) => {
  const { client, printsText } = await clusterWithPlugin({ installHint: 'install it with the package manager' });
  printsText(text);
  const kube = client();
  const failure = await kube.json('GET', '/apis').catch((error: unknown) => error);
  expect(failure).toMatchObject({ id: 'ML-KUBE-CREDENTIAL', actions: ['install it with the package manager'] });
  expect(String((failure as { why: string }).why)).toContain(why);
  expect(JSON.stringify(failure)).not.toContain('eyJhbGciOi');
  kube.close();
});

test('a plugin that is not there, fails, or wants a terminal', async () => {
  const why = async (more: object) => {
    const kube = (await clusterWithPlugin(more)).client();
    const failure = await kube.json('GET', '/apis').catch((error: unknown) => error);
    kube.close();
    return (failure as { why: string }).why;
  };
  expect(await why({ command: 'no-such-plugin' })).toContain('ENOENT');
  expect(await why({ command: 'sh', args: ['-c', 'echo please log in >&2; exit 3'] })).toBe(
    'it ended with 3: please log in',
  );
  expect(await why({ interactiveMode: 'Always' })).toContain('terminal');
});
