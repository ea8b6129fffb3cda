import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyObject } from '../../../src/kube/apply.ts';
import { apiServiceNames, metricsServerManifests, servingHosts } from '../../../src/metrics-server/manifests.ts';
import { freePort } from '../../../src/platform/free-port.ts';
import { haveMetricsCorpus, METRICS_API, replayCorpus } from '../../helpers/metrics-corpus.ts';
import { MetricsServerProcess } from '../../helpers/metrics-server-process.ts';
import { binDir, haveReal } from '../../helpers/real-binaries.ts';
import { RealCluster } from '../../helpers/real-cluster.ts';

const NAMESPACE = 'ml-a';
const USER = 'metrics-lab-metrics-server';
const TOKEN = 'corpus-token';
/** What upstream's test adapter has built in. */
const EXTERNAL = [
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

describe.runIf(haveReal('openssl') && haveMetricsCorpus())('the recorded answers of upstream’s test adapter', () => {
  const cluster = new RealCluster();
  const identities = join(cluster.dir, 'identities');
  let server: MetricsServerProcess | undefined;

  const startServer = async (): Promise<MetricsServerProcess> => {
    await server?.close();
    const port = await freePort();
    const serving = cluster.servingPair('metrics-server', servingHosts(NAMESPACE));
    const tokenFile = join(cluster.dir, 'write-token');
    writeFileSync(tokenFile, TOKEN, { mode: 0o600 });
    for (const object of metricsServerManifests({
      lab: 'corpus',
      namespace: NAMESPACE,
      port,
      caBundle: readFileSync(cluster.pki.ca.cert, 'utf8'),
      identity: { kind: 'User', name: USER },
      apis: ['external', 'custom'],
    }))
      await applyObject(cluster.client, object, 'test');
    server = await MetricsServerProcess.start(cluster.dir, {
      listen: { port },
      kubeconfigFile: cluster.kubeconfig(cluster.clientPair(USER), 'metrics-server'),
      serving: { certFile: serving.cert, keyFile: serving.key },
      write: { tokenFile },
      metrics: EXTERNAL,
    });
    return server;
  };
  const available = async (): Promise<string> => {
    const conditions = await Promise.all(
      apiServiceNames(['external', 'custom']).map(async (name) => {
        const found = await cluster.client.json('GET', `/apis/apiregistration.k8s.io/v1/apiservices/${name}`);
        return JSON.stringify(found).includes('"reason":"Passed"') ? 'Passed' : JSON.stringify(found).slice(-300);
      }),
    );
    return conditions.find((one) => one !== 'Passed') ?? 'Passed';
  };

  beforeAll(async () => {
    await cluster.start();
    const { pki } = cluster;
    mkdirSync(identities);
    const setup = join(identities, 'setup.sh');
    for (const name of ['setup.sh', 'fixtures.json']) copyFileSync(join(METRICS_API, name), join(identities, name));
    execFileSync(
      'sh',
      [
        setup,
        join(cluster.dir, 'admin.kubeconfig'),
        pki.ca.cert,
        pki.ca.key,
        pki.frontProxyClient.cert,
        pki.frontProxyClient.key,
        identities,
      ],
      { env: { ...process.env, PATH: `${binDir()}:${process.env['PATH']}` }, stdio: ['ignore', 'ignore', 'inherit'] },
    );
  });
  afterAll(async () => {
    await server?.close();
    await cluster.close();
  });

  it('are ours when asked directly', async () => {
    const { url, writeUrl } = await startServer();
    const result = await replayCorpus([
      '--target',
      url,
      '--write',
      writeUrl,
      '--write-token',
      TOKEN,
      '--identities',
      identities,
    ]);
    expect(result.mismatches).toBe('');
    expect(result.failed).toBe(0);
    expect(result.passed).toBeGreaterThan(600);
  });

  it('are ours when asked through the aggregator', async () => {
    const { writeUrl } = await startServer();
    await expect.poll(available, { timeout: 60_000, interval: 500 }).toBe('Passed');
    const kubeconfig = join(identities, 'kubeconfig.json');
    const result = await replayCorpus([
      '--kubeconfig',
      kubeconfig,
      '--write',
      writeUrl,
      '--write-token',
      TOKEN,
      '--identities',
      identities,
    ]);
    expect(result.mismatches).toBe('');
    expect(result.failed).toBe(0);
    expect(result.passed).toBeGreaterThan(500);
  });
});
