import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { KubeClient } from '../../../src/contracts/kube-client.ts';
import { startControlled } from '../../helpers/embedded-controllers.ts';
import { chartDir, haveHelm, Helm, notesFile } from '../../helpers/helm.ts';
import { eventually } from '../../helpers/lab-client.ts';
import { RealCluster } from '../../helpers/real-cluster.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

const NAMESPACE = 'charts';
const Pods = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });

interface Cluster {
  readonly client: KubeClient;
  readonly kubeconfig: string;
  stop(): Promise<void> | void;
}

/** The API and the controllers of each backend that runs here; `flags`: what its API has not. */
const CLUSTERS: readonly {
  readonly name: string;
  readonly flags: readonly string[];
  /** What an upgrade of the lab adds. */
  readonly more: string;
  start(dir: string): Promise<Cluster>;
}[] = [
  {
    name: 'embedded',
    flags: ['--set', 'podDisruptionBudget.enabled=false,networkPolicy.enabled=false'],
    more: 'dashboard.enabled=true',
    start: (dir) => startControlled(dir, () => {}),
  },
  {
    name: 'native',
    flags: [],
    more: 'dashboard.enabled=true,prometheus.enabled=true,ingress.enabled=true',
    start: async () => {
      const cluster = new RealCluster();
      await cluster.start();
      await cluster.startControllers(15);
      const kubeconfig = cluster.kubeconfig(cluster.pki.admin, 'admin');
      return { client: cluster.client, kubeconfig, stop: () => cluster.close() };
    },
  },
];

// There is no node: pods stay Pending, so nothing waits for them. test/kind has pods that run.
describe.skipIf(!haveHelm()).each(CLUSTERS)('releases of the charts on $name', ({ flags, more, start }) => {
  const dir = tempDir();
  let cluster: Cluster;
  let tools: Helm;

  beforeAll(async () => {
    cluster = await start(dir.path);
    tools = new Helm(dir.path, cluster.kubeconfig);
    await tools.kubectl('create', 'namespace', NAMESPACE);
    await tools.kubectl('label', 'namespace', NAMESPACE, 'pod-security.kubernetes.io/enforce=restricted');
  });
  afterAll(async () => {
    await cluster.stop();
    dir[Symbol.dispose]();
  });

  const at = ['--namespace', NAMESPACE];
  const helm = (...args: readonly string[]) => tools.helm(...args, ...at);
  const get = (what: string, path: string) => tools.kubectl(...at, 'get', ...what.split(' '), '-o', `jsonpath=${path}`);
  const secretText = async (name: string, key: string) =>
    Buffer.from(await get(`secret ${name}`, `{.data.${key}}`), 'base64').toString('utf8');

  test('install: the lab, then the metrics server with the values that its notes print', async () => {
    await helm('install', 'lab', chartDir('lab'), '--set', 'hpa.min=0,queue.name=orders');
    const values = notesFile(dir.path, await helm('get', 'notes', 'lab'));
    await helm('install', 'metrics', chartDir('metrics-server'), ...values, ...flags);
    expect(await get('hpa consumer', '{.spec.metrics[0].external.metric.selector.matchLabels.queue}')).toBe('orders');
    const config: unknown = JSON.parse(await get('configmap metrics-lab-metrics-server', '{.data.config\\.json}'));
    expect(config).toMatchObject({
      metrics: [{ name: 'queue_length', namespace: NAMESPACE, source: { key: 'orders' } }, {}, {}],
    });
    const ca = await get('apiservice v1beta1.external.metrics.k8s.io', '{.spec.caBundle}');
    expect(ca).toBe(await get('secret metrics-lab-metrics-server-serving', '{.data.ca\\.crt}'));
    await eventually(
      'pods of all Deployments',
      () => get('pods', '{.items[*].metadata.name}'),
      (text) => text.split(' ').length >= 5,
      30_000,
    );
  });

  test('upgrade: what was made at the install stays, what the values say changes', async () => {
    const before = [
      await secretText('queue', 'url'),
      await secretText('queue', 'token'),
      await secretText('metrics-lab-metrics-server-serving', 'tls\\.key'),
    ];
    expect(before).toEqual([
      expect.stringMatching(/^redis:\/\/:\w{32}@queue\.charts\.svc:6379$/),
      expect.stringMatching(/^\w{32}$/),
      expect.stringContaining('PRIVATE KEY'),
    ]);
    await helm('upgrade', 'lab', chartDir('lab'), '--set', `hpa.max=20,consumer.serviceTimeMs=50,${more}`);
    const pods = () => get('pods', '{.items[*].metadata.name}');
    if (more.includes('prometheus'))
      await eventually('a pod of Prometheus', pods, (text) => text.includes('prometheus-'), 30_000);
    expect(JSON.parse(await get('configmap dashboard', '{.data.metrics-lab\\.json}'))).toMatchObject({
      title: 'metrics-lab',
    });
    await helm('upgrade', 'metrics', chartDir('metrics-server'), ...flags, '--set', 'apis=both,replicas=3');
    expect(before).toEqual([
      await secretText('queue', 'url'),
      await secretText('queue', 'token'),
      await secretText('metrics-lab-metrics-server-serving', 'tls\\.key'),
    ]);
    expect(await get('hpa consumer', '{.spec.minReplicas} {.spec.maxReplicas}')).toBe('1 20');
    expect(await get('deployment metrics-lab-metrics-server', '{.spec.replicas}')).toBe('3');
    expect(await get('apiservices', '{.items[*].metadata.name}')).toContain('v1beta2.custom.metrics.k8s.io');
  });

  test('rollback: the values of before, and no API that was not there then', async () => {
    await helm('rollback', 'lab', '1');
    await helm('rollback', 'metrics', '1');
    expect(await get('hpa consumer', '{.spec.minReplicas} {.spec.maxReplicas}')).toBe('0 10');
    expect(await get('deployment metrics-lab-metrics-server', '{.spec.replicas}')).toBe('2');
    expect(await get('apiservices', '{.items[*].metadata.name}')).not.toContain('custom.metrics');
  });

  test.each([
    ['Succeeded', 0],
    ['Failed', 1],
  ])('helm test goes by how its pod ended: %s', async (phase) => {
    const running = helm('test', 'lab', '--timeout', '60s').then(
      () => 'Succeeded',
      () => 'Failed',
    );
    const pod = async () =>
      Pods.parse(JSON.parse(await tools.kubectl(...at, 'get', 'pods', '-o', 'json'))).items.map(
        ({ metadata }) => metadata.name,
      );
    await eventually('the pod of the test', pod, (names) => names.includes('lab-test'), 30_000);
    // In place of a kubelet, of which there is none here.
    const path = `/api/v1/namespaces/${NAMESPACE}/pods/lab-test/status`;
    await cluster.client.patch(path, 'merge', { status: { phase } });
    expect(await running).toBe(phase);
  });

  test('a foreign APIService is not taken over', async () => {
    const name = 'v1beta1.custom.metrics.k8s.io';
    const foreign = {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name },
      spec: {
        group: 'custom.metrics.k8s.io',
        version: 'v1beta1',
        groupPriorityMinimum: 100,
        versionPriority: 100,
        insecureSkipTLSVerify: true,
        service: { name: 'prometheus-adapter', namespace: 'monitoring' },
      },
    };
    await cluster.client.json('POST', '/apis/apiregistration.k8s.io/v1/apiservices', foreign);
    const refused = helm('upgrade', 'metrics', chartDir('metrics-server'), ...flags, '--set', 'apis=both');
    await expect(refused).rejects.toThrow(`APIService "${name}"`);
    expect(await get(`apiservice ${name}`, '{.spec.service.name}')).toBe('prometheus-adapter');
    await cluster.client.json('DELETE', `/apis/apiregistration.k8s.io/v1/apiservices/${name}`);
  });

  test('uninstall leaves nothing', async () => {
    await helm('uninstall', 'metrics');
    await helm('uninstall', 'lab');
    const kinds =
      'deployments,replicasets,services,configmaps,secrets,hpa,serviceaccounts,apiservices,clusterroles,clusterrolebindings,rolebindings';
    const left = () => tools.kubectl('get', kinds, '--all-namespaces', '-l', 'metricslab.dev/lab', '-o', 'name');
    await eventually('nothing left', left, (text) => text === '', 30_000);
  });
});
