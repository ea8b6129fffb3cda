import { mkdirSync, readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { KubeObject } from '../../../src/contracts/kube-client.ts';
import { applyObject } from '../../../src/kube/apply.ts';
import { metricsServerManifests, servingHosts } from '../../../src/metrics-server/manifests.ts';
import { eventually } from '../../helpers/lab-client.ts';
import { MetricsServerProcess } from '../../helpers/metrics-server-process.ts';
import { haveReal } from '../../helpers/real-binaries.ts';
import { RealCluster } from '../../helpers/real-cluster.ts';
import { ServiceBalancer } from '../../helpers/service-balancer.ts';

const NAMESPACE = 'default';
const METRIC = `/apis/external.metrics.k8s.io/v1beta1/namespaces/${NAMESPACE}/queue_length`;
/** As long as it may take until every node has heard that a pod ends. */
const HEARD_AFTER_MS = 1_000;
/** Of the replicas, in seconds; pods of the chart have 5. */
const DELAY = 3;
const Events = z.object({ items: z.array(z.object({ reason: z.string(), count: z.number().default(1) })) });
const Hpa = z.object({
  status: z.object({
    desiredReplicas: z.number(),
    conditions: z.array(z.object({ type: z.string(), reason: z.string() })),
  }),
});

// Two replicas behind one Service, replaced one after the other as a Deployment with maxSurge 1 does it, under the eyes of the real HPA
// controller and of a client that asks as fast as it can. What plays kube-proxy hears late that a replica ends.
describe.runIf(haveReal())('two metrics servers behind one Service', () => {
  const cluster = new RealCluster();
  const user = 'some-metrics-server';
  let balancer: ServiceBalancer;
  let replicas: MetricsServerProcess[] = [];
  let started = 0;
  const apply = (object: KubeObject) => applyObject(cluster.client, object, 'test');
  const portOf = ({ url }: MetricsServerProcess) => Number(new URL(url).port);

  async function startReplica(shutdownDelaySeconds: number): Promise<MetricsServerProcess> {
    const dir = join(cluster.dir, `replica-${(started += 1)}`);
    mkdirSync(dir);
    const { cert, key } = cluster.servingPair('metrics-server', servingHosts(NAMESPACE));
    const metrics = [{ name: 'queue_length', source: { type: 'memory', series: [{ value: 9 }] } }];
    const kubeconfigFile = cluster.kubeconfig(cluster.clientPair(user), 'metrics-server');
    const config = { kubeconfigFile, serving: { certFile: cert, keyFile: key }, shutdownDelaySeconds, metrics };
    const replica = await MetricsServerProcess.start(dir, config);
    const ready = () => fetchStatus(`${replica.url}/readyz`);
    await eventually('a ready replica', ready, (status) => status === 200, 20_000);
    return replica;
  }

  beforeAll(async () => {
    await cluster.start();
    balancer = await ServiceBalancer.start();
    const caBundle = readFileSync(cluster.pki.ca.cert, 'utf8');
    const identity = { kind: 'User', name: user } as const;
    const place = { lab: 'test', namespace: NAMESPACE, port: balancer.port };
    for (const object of metricsServerManifests({ ...place, caBundle, identity, apis: ['external'] }))
      await apply(object);
    replicas = [await startReplica(DELAY), await startReplica(DELAY)];
    balancer.endpoints = replicas.map(portOf);
    const asked = () => cluster.client.request('GET', METRIC);
    await eventually('the metric', asked, ({ status }) => status === 200, 60_000);
    await cluster.startControllers(1);
    const labels = { app: 'web' };
    const metadata = { name: 'web', namespace: NAMESPACE };
    const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'none' }] } };
    await apply({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: { replicas: 1, selector: { matchLabels: labels }, template },
    });
    const external = { metric: { name: 'queue_length' }, target: { type: 'AverageValue', averageValue: '3' } };
    const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
    const spec = { scaleTargetRef, maxReplicas: 9, metrics: [{ type: 'External', external }] };
    await apply({ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata, spec });
    await eventually('a running HPA', hpa, ({ desiredReplicas }) => desiredReplicas === 3, 60_000);
  });
  afterAll(async () => {
    for (const replica of replicas) await replica.close();
    await balancer[Symbol.asyncDispose]();
    await cluster.close();
  });

  async function hpa() {
    const path = `/apis/autoscaling/v2/namespaces/${NAMESPACE}/horizontalpodautoscalers/web`;
    return Hpa.parse(await cluster.client.json('GET', path)).status;
  }
  async function failures(): Promise<number> {
    const { items } = Events.parse(await cluster.client.json('GET', `/api/v1/namespaces/${NAMESPACE}/events`));
    return items.reduce((sum, { reason, count }) => sum + (reason === 'FailedGetExternalMetric' ? count : 0), 0);
  }

  /** Replaces these replicas; what the client was answered meanwhile, by status. */
  async function rollingRestart(all: readonly MetricsServerProcess[]): Promise<ReadonlyMap<number, number>> {
    const answers = new Map<number, number>();
    const asking = { done: false };
    const ask = async () => {
      while (!asking.done) {
        const { status } = await cluster.client.request('GET', METRIC);
        answers.set(status, (answers.get(status) ?? 0) + 1);
      }
    };
    const asker = Promise.all([ask(), ask()]);
    for (const old of all) {
      replicas.push(await startReplica(DELAY));
      balancer.endpoints = replicas.map(portOf);
      const ended = old.close();
      await delay(HEARD_AFTER_MS);
      replicas = replicas.filter((one) => one !== old);
      balancer.endpoints = replicas.map(portOf);
      await ended;
    }
    asking.done = true;
    await asker;
    return answers;
  }

  it('a rolling restart drops no query', async () => {
    const before = await failures();
    const answers = await rollingRestart([...replicas]);
    expect([...answers.keys()]).toEqual([200]);
    expect(answers.get(200)).toBeGreaterThan(100);
    expect(await failures()).toBe(before);
    expect((await hpa()).conditions).toContainEqual(
      expect.objectContaining({ type: 'ScalingActive', reason: 'ValidMetricFound' }),
    );
  });

  it('it would without the time that a replica still answers after it was told to stop', async () => {
    const hasty = await startReplica(0);
    balancer.endpoints = [portOf(hasty)];
    for (const other of replicas) await other.close();
    replicas = [hasty];
    expect([...(await rollingRestart([hasty])).keys()]).toContain(503);
  });
});

function fetchStatus(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url, { rejectUnauthorized: false }, (answer) => resolve(answer.resume().statusCode ?? 0))
      .once('error', reject)
      .end();
  });
}
