import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { applyObject } from '../../../src/kube/apply.ts';
import { haveReal } from '../../helpers/real-binaries.ts';
import { haveQueueServers, TestQueueServer } from '../../helpers/queue-servers.ts';
import { parseEndpoint } from '../../../src/sources/endpoint.ts';
import { RedisConnection } from '../../../src/sources/redis-connection.ts';
import { MetricsCluster } from './metrics-cluster.ts';

const NAMESPACE = 'default';
const ENTRY = resolve(import.meta.dirname, '../../../bin/program.js');
const PathsOf = z.object({ paths: z.record(z.string(), z.unknown()) });
const external = (name: string) => ({
  type: 'External',
  external: {
    metric: { name, selector: { matchLabels: { queue: 'jobs' } } },
    target: { type: 'AverageValue', averageValue: '2' },
  },
});
const object = (name: string) => ({
  type: 'Object',
  object: {
    metric: { name },
    describedObject: { apiVersion: 'v1', kind: 'Service', name: 'web' },
    target: { type: 'Value', value: '10' },
  },
});

describe.runIf(haveReal() && haveQueueServers())('a real HPA controller on our metrics', () => {
  const metrics = new MetricsCluster(NAMESPACE);
  let redis: TestQueueServer | undefined;
  let queue: RedisConnection | undefined;

  const config = () => ({
    metrics: [
      {
        name: 'queue_length',
        namespace: NAMESPACE,
        labels: { queue: 'jobs' },
        source: { type: 'redis', url: redis?.url, key: 'jobs', value: 'length', timeoutMs: 500 },
        pollSeconds: 0.2,
        maxAgeSeconds: 2,
      },
    ],
  });
  const apply = async (kind: string, apiVersion: string, name: string, rest: Record<string, unknown>) => {
    await applyObject(
      metrics.cluster.client,
      { apiVersion, kind, metadata: { name, namespace: NAMESPACE }, ...rest },
      'test',
    );
  };
  const applyHpa = async (name: string, metric: unknown) => {
    const labels = { app: name };
    const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'none' }] } };
    await apply('Deployment', 'apps/v1', name, { spec: { replicas: 1, selector: { matchLabels: labels }, template } });
    const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name };
    await apply('HorizontalPodAutoscaler', 'autoscaling/v2', name, {
      spec: { scaleTargetRef, minReplicas: 1, maxReplicas: 10, metrics: [metric] },
    });
  };
  const hpa = (name: string) =>
    metrics.kubectl(
      'get',
      'hpa',
      name,
      '-o',
      'jsonpath={.status.desiredReplicas} {.status.conditions[?(@.type=="ScalingActive")].message}',
    );

  beforeAll(async () => {
    redis = await TestQueueServer.start('redis');
    queue = await RedisConnection.open(parseEndpoint(redis.url, 'redis'), AbortSignal.timeout(5_000));
    await metrics.cluster.start();
    await metrics.startServer(config());
    await metrics.cluster.startControllers(1);
  });
  afterAll(async () => {
    queue?.destroy();
    await metrics.close();
    await redis?.[Symbol.asyncDispose]();
  });

  it('is scaled by the length of a Redis list', async () => {
    await expect.poll(() => metrics.available(), { timeout: 60_000, interval: 300 }).toBe('Passed');
    await queue?.ask(['RPUSH', 'jobs', ...Array.from({ length: 9 }, String)]);
    await applyHpa('external', external('queue_length'));
    await expect
      .poll(() => hpa('external'), { timeout: 60_000, interval: 500 })
      .toMatch(/^5 the HPA was able to successfully calculate/);
  });

  it('passes what helm test runs in charts/metrics-server, which fails for a metric that is not there', async () => {
    const chartTest = (wanted: readonly object[], within: string) => {
      const config = join(metrics.cluster.dir, 'chart-test.json');
      writeFileSync(
        config,
        JSON.stringify({ kubeconfigFile: join(metrics.cluster.dir, 'admin.kubeconfig'), metrics: wanted }),
      );
      const env = { METRICS_SERVER_CONFIG: config, NAMESPACE, WITHIN: within };
      const { status, stdout, stderr } = spawnSync(process.execPath, [ENTRY, 'chart-test-metrics'], {
        env,
        encoding: 'utf8',
      });
      return { status, text: stdout + stderr };
    };
    const { metrics: served } = config();
    const good = chartTest(served, '60s');
    expect(good).toMatchObject({ status: 0, text: expect.stringContaining('1 metrics answer') as string });
    const bad = chartTest([{ ...served[0], name: 'not-served', namespace: 'elsewhere' }], '1s');
    expect(bad.status).not.toBe(0);
    expect(bad.text).toContain('helm test failed');
  });

  it('is scaled by a value that was written of a Service', async () => {
    await apply('Service', 'v1', 'web', { spec: { ports: [{ port: 80 }] } });
    expect(await metrics.write('namespaces/default/services/web/rps', '30')).toBe(200);
    await applyHpa('object', object('rps'));
    // No pod runs here, so that a Value metric asks for none: what is checked is that the controller has read the value.
    const read = () =>
      metrics.kubectl('get', 'hpa', 'object', '-o', 'jsonpath={.status.currentMetrics[0].object.current.value}');
    await expect.poll(read, { timeout: 60_000, interval: 500 }).toBe('30');
    expect(hpa('object')).toContain('able to successfully calculate a replica count from Service metric rps');
  });

  it('shows kubectl what there is', async () => {
    const resources = metrics.kubectl('api-resources', '--api-group=custom.metrics.k8s.io', '-o', 'name');
    expect(resources).not.toContain('error');
    const raw = metrics.kubectl(
      'get',
      '--raw',
      '/apis/external.metrics.k8s.io/v1beta1/namespaces/default/queue_length?labelSelector=queue%3Djobs',
    );
    expect(JSON.parse(raw)).toMatchObject({
      items: [{ metricName: 'queue_length', metricLabels: { queue: 'jobs' }, value: '9' }],
    });
    const openapi = async () =>
      Object.keys(PathsOf.parse(await metrics.cluster.client.json('GET', '/openapi/v3')).paths);
    await expect.poll(openapi, { timeout: 60_000, interval: 500 }).toContain('apis/custom.metrics.k8s.io/v1beta2');
  });

  it('refuses a token that is meant for somebody else', async () => {
    const ask = (...args: readonly string[]) => {
      const token = metrics.kubectl('create', 'token', 'default', ...args).trim();
      const options = { headers: { authorization: `Bearer ${token}` }, rejectUnauthorized: false };
      return new Promise<number | undefined>((resolve, reject) => {
        const sent = request(`${metrics.server?.url}/apis`, options, (answer) => resolve(answer.resume().statusCode));
        sent.once('error', reject).end();
      });
    };
    await expect
      .poll(() => metrics.kubectl('get', 'serviceaccounts', '-o', 'name'), { timeout: 30_000 })
      .toContain('serviceaccount/default');
    expect(await ask()).toBe(200);
    expect(await ask('--audience', 'somebody-else')).toBe(401);
  });

  it('keeps a configuration that works when the new one is broken, and takes over a good one', async () => {
    const { server } = metrics;
    if (server === undefined) throw new Error('not started');
    const read = (metric: string) =>
      metrics.kubectl('get', '--raw', `/apis/external.metrics.k8s.io/v1beta1/namespaces/default/${metric}`);
    const good = readFileSync(server.configFile, 'utf8');
    writeFileSync(server.configFile, good.replace('"pollSeconds"', '"pollSecond"'));
    await expect
      .poll(() => server.lines.join('\n'), { timeout: 20_000 })
      .toMatch(/old one stays.*\d+:\d+ metrics\.0\.pollSecond: unknown key/);
    expect(read('queue_length')).toContain('"value":"9"');
    writeFileSync(server.configFile, good.replace('queue_length', 'renamed'));
    await expect.poll(() => read('renamed'), { timeout: 20_000 }).toContain('"value":"9"');
    expect(JSON.parse(read('queue_length'))).toMatchObject({ items: [] });
    writeFileSync(server.configFile, good);
    await expect.poll(() => read('queue_length'), { timeout: 20_000 }).toContain('"value":"9"');
  });

  it('is told why there is no value while Redis is gone, and goes on when it is back', async () => {
    await redis?.kill();
    await expect
      .poll(() => hpa('external'), { timeout: 60_000, interval: 500 })
      .toMatch(
        /The metric queue_length has no fresh value: the last good one is \d+ s old, the limit is 2 s \(.*redis.*\)/i,
      );
    await redis?.up();
    await expect
      .poll(() => hpa('external'), { timeout: 60_000, interval: 500 })
      .toMatch(/the HPA was able to successfully calculate/);
  });
});
