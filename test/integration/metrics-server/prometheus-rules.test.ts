import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MetricsServerProcess } from '../../helpers/metrics-server-process.ts';
import { havePrograms, TestExporter, TestPrometheus } from '../../helpers/prometheus.ts';
import { testPair } from '../../helpers/test-pki.ts';

const PAGE = `
http_requests{namespace="shop",pod="web-1",service="web",verb="GET"} 10
http_requests{namespace="shop",pod="web-1",service="web",verb="PUT"} 2
http_requests{namespace="shop",pod="web-2",service="web",verb="GET"} 5
http_requests{namespace="shop",pod="web.3",service="web",verb="GET"} NaN
http_requests{namespace="other",pod="web-1",service="web",verb="GET"} 700
node_load{kube_node="n1"} 1.5
node_load{kube_node="n2"} 0.25
apps_busy{kube_namespace="shop",kube_apps_deployment="web"} 3
queue_jobs{namespace="shop",queue="a"} 4
queue_jobs{namespace="shop",queue="b"} 6
queue_jobs{namespace="other",queue="a"} 100
broker_lag{topic="t"} NaN
`;
const object = (apiVersion: string, kind: string, name: string, namespace?: string, labels = {}) => ({
  apiVersion,
  kind,
  metadata: { name, labels, ...(namespace === undefined ? {} : { namespace }) },
});
const OBJECTS = {
  items: [
    ...['web-1', 'web-2', 'web.3', 'web-4'].map((name) => object('v1', 'Pod', name, 'shop', { app: 'web' })),
    object('v1', 'Pod', 'db-1', 'shop', { app: 'db' }),
    object('v1', 'Service', 'web', 'shop'),
    object('v1', 'Node', 'n1'),
    object('v1', 'Node', 'n2'),
    object('v1', 'Namespace', 'shop'),
    object('apps/v1', 'Deployment', 'web', 'shop'),
  ],
};
const NAMESPACE = { namespace: { resource: 'namespace' } };
const RULES = [
  {
    seriesQuery: '{__name__=~"^http_.*",pod!=""}',
    seriesFilters: [{ isNot: '_total$' }],
    resources: { overrides: { ...NAMESPACE, pod: { resource: 'pod' }, service: { resource: 'service' } } },
    name: { matches: '^http_(.*)$', as: '${1}_per_pod' },
    metricsQuery: 'sum(<<.Series>>{<<.LabelMatchers>>}) by (<<.GroupBy>>)',
  },
  {
    seriesQuery: '{__name__=~"node_load|apps_busy"}',
    resources: { template: 'kube_<<if .Group>><<.Group>>_<<end>><<.Resource>>' },
    metricsQuery: 'max(<<.Series>>{<<.LabelMatchers>>}) by (<<range $i, $l := .GroupBySlice>><<$l>><<end>>)',
  },
  {
    seriesQuery: 'redis_key_size{namespace!=""}',
    resources: { overrides: { ...NAMESPACE, service: { resource: 'services' } } },
    name: { as: 'items_in_queue' },
    metricsQuery: 'sum(<<.Series>>{<<.LabelMatchers>>}) by (<<.GroupBy>>)',
    default: 0,
  },
  {
    seriesQuery: 'queue_jobs',
    resources: { overrides: NAMESPACE },
    name: { as: 'broken' },
    metricsQuery: 'sum(<<.Series>>{<<.LabelMatchers>>}',
  },
];
const EXTERNAL = [
  {
    seriesQuery: 'queue_jobs{queue!=""}',
    resources: { overrides: NAMESPACE },
    metricsQuery: 'sum(<<.Series>>{<<.LabelMatchers>>}) by (queue)',
  },
  {
    seriesQuery: 'queue_jobs',
    resources: { namespaced: false },
    name: { as: 'all_jobs' },
    metricsQuery: 'sum(<<.Series>>{<<.LabelMatchers>>})',
  },
  {
    seriesQuery: 'broker_lag',
    resources: { namespaced: false },
    metricsQuery: '<<.Series>>{<<.LabelMatchers>>}',
  },
  {
    seriesQuery: 'redis_key_size{}',
    resources: { namespaced: false },
    name: { as: 'waiting' },
    metricsQuery: '<<.Series>>{<<.LabelMatchers>>}',
    default: '0',
  },
];

describe.skipIf(!havePrograms('prometheus'))("rules in prometheus-adapter's format, on the real Prometheus", () => {
  const dir = mkdtempSync(join(tmpdir(), 'prometheus-rules-'));
  const ca = testPair({ subject: [['CN', 'ca']], ca: true });
  const proxy = testPair({ subject: [['CN', 'front-proxy-client']], issuer: ca });
  let exporter: TestExporter;
  let prometheus: TestPrometheus;
  let server: MetricsServerProcess;

  const configOf = (rules: readonly object[], url = prometheus.url) => ({
    standalone: {
      clientCaFile: join(dir, 'ca.crt'),
      requestHeaderCaFile: join(dir, 'ca.crt'),
      allowedNames: ['front-proxy-client'],
      objectsFile: join(dir, 'objects.json'),
    },
    metrics: [{ name: 'own', source: { type: 'memory', series: [{ value: 7 }] } }],
    prometheus: [{ url, rules, externalRules: EXTERNAL, pollSeconds: 0.5, maxAgeSeconds: 3, timeoutSeconds: 2 }],
  });
  const get = async (path: string): Promise<{ status: number; body: unknown }> => {
    const sent = request(`${server.url}/apis/${path}`, {
      ...proxy,
      rejectUnauthorized: false,
      agent: false,
      headers: { 'x-remote-user': 'admin', 'x-remote-group': 'system:masters' },
    }).end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    let text = '';
    for await (const chunk of answer) text += String(chunk);
    return { status: answer.statusCode ?? 0, body: JSON.parse(text) };
  };
  /** The values of an answer by object or labels, or its status and message. */
  const valuesAt = async (path: string): Promise<unknown> => {
    const { status, body } = await get(path);
    const { items, message } = body as { items?: readonly Record<string, unknown>[]; message?: string };
    if (items === undefined) return `${status} ${message}`;
    return Object.fromEntries(
      items.map(({ describedObject, metricLabels, value }) => [
        (describedObject as { name: string } | undefined)?.name ?? JSON.stringify(metricLabels ?? {}),
        value,
      ]),
    );
  };
  const custom = (path: string) => valuesAt(`custom.metrics.k8s.io/v1beta2/${path}`);
  const external = (path: string) => valuesAt(`external.metrics.k8s.io/v1beta1/namespaces/${path}`);
  const until = async (wanted: () => Promise<boolean>) => {
    while (!(await wanted())) await delay(100);
  };

  beforeAll(async () => {
    exporter = await TestExporter.start(PAGE);
    prometheus = await TestPrometheus.start([{ address: exporter.address }]);
    writeFileSync(join(dir, 'ca.crt'), ca.cert);
    writeFileSync(join(dir, 'objects.json'), JSON.stringify(OBJECTS));
    server = await MetricsServerProcess.start(dir, configOf(RULES));
    await until(async () => JSON.stringify(await external('shop/all_jobs')).includes('110'));
  });
  afterAll(async () => {
    await server.close();
    await prometheus[Symbol.asyncDispose]();
    await exporter[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });

  test('objects in a namespace: one, many, by their labels, by the metric’s labels', async () => {
    expect(await custom('namespaces/shop/pods/web-1/requests_per_pod')).toEqual({ 'web-1': '12' });
    expect(await custom('namespaces/shop/pods/*/requests_per_pod')).toEqual({ 'web-1': '12', 'web-2': '5' });
    expect(await custom('namespaces/shop/pods/*/requests_per_pod?labelSelector=app%3Ddb')).toEqual({});
    expect(await custom('namespaces/shop/pods/*/requests_per_pod?metricLabelSelector=verb%3DPUT')).toEqual({
      'web-1': '2',
    });
    expect(await custom('namespaces/shop/services/web/requests_per_pod?metricLabelSelector=verb+in+(PUT,X)')).toEqual({
      web: '2',
    });
    expect(await custom('namespaces/shop/pods/db-1/requests_per_pod')).toMatch(/^404 .*could not find the metric/);
    expect(await custom('namespaces/shop/pods/web-1/http_requests')).toMatch(/^404/);
  });

  test('a series that is NaN is an error for its object alone', async () => {
    expect(await custom('namespaces/shop/pods/web.3/requests_per_pod')).toBe(
      '503 The series {"name":"web.3"} of the metric requests_per_pod has no usable value: its value is NaN',
    );
    expect(await external('shop/broker_lag')).toMatch(/^503 .*its value is NaN/);
  });

  test('objects outside of namespaces, namespaces themselves, labels by a template', async () => {
    expect(await custom('nodes/n1/node_load')).toEqual({ n1: '1500m' });
    expect(await custom('nodes/*/node_load')).toEqual({ n1: '1500m', n2: '250m' });
    expect(await custom('namespaces/shop/metrics/requests_per_pod?metricLabelSelector=pod%3Dweb-1')).toEqual({
      shop: '12',
    });
    expect(await custom('namespaces/shop/deployments.apps/web/apps_busy')).toEqual({ web: '3' });
  });

  test('external metrics, in the namespace of the question or in all', async () => {
    expect(await external('shop/queue_jobs')).toEqual({ '{"queue":"a"}': '4', '{"queue":"b"}': '6' });
    expect(await external('shop/queue_jobs?labelSelector=queue%3Da')).toEqual({ '{"queue":"a"}': '4' });
    expect(await external('nowhere/queue_jobs')).toEqual({});
    expect(await external('shop/all_jobs?labelSelector=namespace%3Dother')).toEqual({ '{}': '100' });
    expect(await external('shop/own')).toEqual({ '{}': '7' });
    expect(await external('shop/unknown')).toEqual({});
    expect(await external('shop/all_jobs?labelSelector=app.kubernetes.io/name%3Dx')).toMatch(
      /^503 .*"app.kubernetes.io\/name" is no name of a label in Prometheus/,
    );
  });

  test('a series that is not there has the default; when it comes it counts', async () => {
    expect(await custom('namespaces/shop/services/web/items_in_queue')).toEqual({ web: '0' });
    expect(await custom('namespaces/shop/services/*/items_in_queue')).toEqual({ web: '0' });
    expect(await external('shop/waiting?labelSelector=key%3Djobs')).toEqual({ '{"key":"jobs"}': '0' });
    exporter.text = `${PAGE}redis_key_size{namespace="shop",service="web",key="jobs"} 9\n`;
    await until(async () => JSON.stringify(await external('shop/waiting?labelSelector=key%3Djobs')).includes('"9"'));
    await until(async () => (await custom('namespaces/shop/services/web/items_in_queue'))?.toString() !== undefined);
    await until(async () =>
      JSON.stringify(await custom('namespaces/shop/services/web/items_in_queue')).includes('"9"'),
    );
    exporter.text = PAGE;
    await until(async () =>
      JSON.stringify(await custom('namespaces/shop/services/web/items_in_queue')).includes('"0"'),
    );
  });

  test('discovery lists what the series give', async () => {
    const names = async (group: string) =>
      ((await get(group)).body as { resources: readonly { name: string }[] }).resources.map(({ name }) => name);
    expect(await names('custom.metrics.k8s.io/v1beta2')).toEqual(
      expect.arrayContaining([
        'pods/requests_per_pod',
        'services/requests_per_pod',
        'namespaces/requests_per_pod',
        'nodes/node_load',
        'deployments.apps/apps_busy',
        'services/items_in_queue',
      ]),
    );
    expect(await names('external.metrics.k8s.io/v1beta1')).toEqual(
      expect.arrayContaining(['own', 'queue_jobs', 'all_jobs', 'waiting']),
    );
  });

  test("a wrong expression is told in Prometheus' own words", async () => {
    expect(await custom('namespaces/shop/metrics/broken')).toMatch(
      /^503 The metric broken has no value yet \(.*bad_data: .*parse error: unclosed left parenthesis/,
    );
  });

  test('rules are taken over without a restart; a broken file changes nothing', async () => {
    const [, ...others] = RULES;
    const renamed = { ...RULES[0], name: { matches: '^http_(.*)$', as: 'renamed_$1' } };
    writeFileSync(server.configFile, JSON.stringify(configOf([{ ...renamed, metricsQuery: '<<.Nope>>' }])));
    await until(async () => server.lines.some((line) => line.includes('there is no .Nope')));
    expect(await custom('namespaces/shop/pods/web-2/requests_per_pod')).toEqual({ 'web-2': '5' });
    writeFileSync(server.configFile, JSON.stringify(configOf([renamed, ...others])));
    await until(async () =>
      JSON.stringify(await custom('namespaces/shop/pods/web-2/renamed_requests')).includes('"5"'),
    );
    expect(await custom('namespaces/shop/pods/web-2/requests_per_pod')).toMatch(/^404/);
  });

  test('without Prometheus values grow old and say why; other metrics go on', async () => {
    writeFileSync(server.configFile, JSON.stringify(configOf(RULES, 'http://127.0.0.1:9')));
    await until(async () => String(await external('shop/queue_jobs')).startsWith('503'));
    expect(await external('shop/queue_jobs')).toMatch(/^503 The metric queue_jobs has no value yet \(.*ECONNREFUSED/);
    expect(await external('shop/own')).toEqual({ '{}': '7' });
  });
});
