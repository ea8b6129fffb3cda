import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PairFiles } from '../../../src/clusters/pki/key-pair.ts';
import { haveReal } from '../../helpers/real-binaries.ts';
import { eventually, NodeCluster } from './cluster.ts';
import { deployment, pod } from './objects.ts';

describe.runIf(haveReal())('capacity and use of the process node', () => {
  const cluster = new NodeCluster();
  const running = async () => ((await cluster.kubectl('get', 'pods')).match(/1\/1 +Running/g) ?? []).length;
  beforeAll(() => cluster.start({ capacity: { cpu: '2', memory: '1Gi', pods: 4 } }));
  afterAll(() => cluster.close());

  it('leaves pods beyond its capacity Pending with the reason, and starts them when there is room', async () => {
    await cluster.apply(deployment('many', { replicas: 6 }));
    await eventually('four run', async () => (await running()) === 4);
    const pending = await eventually('two wait', async () => {
      const names = await cluster.kubectl('get', 'pods', '--field-selector=status.phase=Pending', '-o', 'name');
      return names.trim().split('\n').length === 2 && names.trim().split('\n');
    });
    const why = '0/1 nodes are available: 1 Too many pods.';
    await eventually('the event', async () => (await cluster.kubectl('describe', pending[0] ?? '')).includes(why));
    const described = await cluster.kubectl('describe', pending[0] ?? '');
    expect(described).toMatch(/PodScheduled +False/);
    expect(described).toMatch(/FailedScheduling .*default-scheduler +0\/1 nodes are available: 1 Too many pods\./);
    await cluster.kubectl('scale', 'deployment/many', '--replicas=5');
    const [first] = (await cluster.kubectl('get', 'pods', '--field-selector=status.phase=Running', '-o', 'name')).split(
      '\n',
    );
    await cluster.kubectl('delete', first ?? '', '--timeout=10s');
    await eventually('still four run', async () => (await running()) === 4);
    await cluster.kubectl('delete', 'deployment', 'many', '--cascade=foreground', '--timeout=30s');
  });

  it('names the resource that does not suffice, and respects selectors and cordons', async () => {
    const requests = (cpu: string, memory: string) => ({ container: { resources: { requests: { cpu, memory } } } });
    await cluster.apply(pod('thirsty', requests('3', '2Gi')));
    await cluster.apply(pod('picky', { spec: { nodeSelector: { disk: 'ssd' } } }));
    const why = async (name: string) =>
      cluster.kubectl('get', 'pod', name, '-o', 'jsonpath={.status.conditions[?(@.type=="PodScheduled")].message}');
    await eventually(
      'insufficient',
      async () => (await why('thirsty')) === '0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory.',
    );
    await eventually(
      'no match',
      async () =>
        (await why('picky')) === "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.",
    );
    await cluster.kubectl('label', 'node', 'node-1', 'disk=ssd');
    await eventually('it runs', async () => (await running()) === 1);
    await cluster.kubectl('cordon', 'node-1');
    await cluster.apply(pod('outside'));
    await eventually(
      'cordoned',
      async () => (await why('outside')) === '0/1 nodes are available: 1 node(s) were unschedulable.',
    );
    await cluster.kubectl('uncordon', 'node-1');
    await eventually('it runs', async () => (await running()) === 2);
  });

  it('serves metrics.k8s.io: kubectl top, lists, selectors', async () => {
    await cluster.apply(pod('burner', { env: { BURN: '1' } }));
    await eventually('it runs', async () => (await running()) === 3);
    await cluster.kubectl('wait', '--for=condition=Available', 'apiservice/v1beta1.metrics.k8s.io', '--timeout=30s');
    const top = await eventually('use of the burner', async () => {
      const text = await cluster.kubectl('top', 'pods');
      return text.includes('burner') && text;
    });
    const use = new Map(
      [...top.matchAll(/(\S+) +(\d+)m +(\d+)Mi/g)].map(([, name, milli, mebi]) => [name, { milli, mebi }]),
    );
    expect(Number(use.get('burner')?.milli)).toBeGreaterThan(Number(use.get('picky')?.milli));
    expect(Number(use.get('burner')?.mebi)).toBeGreaterThan(20);
    expect(await cluster.kubectl('top', 'nodes')).toMatch(/node-1 +\d+m +\d+% +\d+Mi +\d+%/);
    const raw = await cluster.kubectl(
      'get',
      '--raw',
      '/apis/metrics.k8s.io/v1beta1/namespaces/default/pods?labelSelector=app%3Dburner',
    );
    expect(JSON.parse(raw)).toMatchObject({
      kind: 'PodMetricsList',
      items: [
        {
          metadata: { name: 'burner' },
          containers: [{ name: 'main', usage: { cpu: expect.stringMatching(/^\d+n$/) } }],
        },
      ],
    });
    expect(await cluster.kubectl('get', 'podmetrics', 'burner', '-o', 'name')).toContain('burner');
    expect(await cluster.kubectl('get', 'podmetrics')).toMatch(/NAME +CPU +MEMORY +WINDOW\n/);
    await expect(
      cluster.kubectl('get', '--raw', '/apis/metrics.k8s.io/v1beta1/namespaces/default/pods/nobody'),
    ).rejects.toThrow('NotFound');
    await expect(cluster.kubectl('--as=nobody', 'top', 'pods')).rejects.toThrow('Forbidden');
  });

  it('feeds an HPA on CPU', async () => {
    await cluster.kubectl('delete', 'pod', '--all', '--timeout=20s');
    const container = { resources: { requests: { cpu: '5m' } } };
    await cluster.apply(deployment('busy', { env: { BURN: '1' }, container }));
    await cluster.kubectl('autoscale', 'deployment', 'busy', '--cpu=50%', '--min=1', '--max=3');
    await eventually('the HPA scales out', async () => {
      const replicas = await cluster.kubectl('get', 'deployment', 'busy', '-o', 'jsonpath={.status.readyReplicas}');
      return Number(replicas) > 1;
    });
    expect(await cluster.kubectl('get', 'hpa', 'busy')).toMatch(/cpu: \d+%\/50%/);
  });

  it('answers its kubelet API to nobody but the API server', async () => {
    const call = (path: string, pair?: PairFiles) =>
      new Promise<number | undefined>((resolve, reject) => {
        const sent = request(
          {
            host: '127.0.0.1',
            port: cluster.config?.kubeletPort,
            path,
            ca: readFileSync(cluster.pki.ca.cert),
            ...(pair === undefined ? {} : { cert: readFileSync(pair.cert), key: readFileSync(pair.key) }),
          },
          (response) => {
            response.resume();
            resolve(response.statusCode);
          },
        );
        sent.once('error', reject);
        sent.end();
      });
    const pod = (await cluster.kubectl('get', 'pods', '-o', 'jsonpath={.items[0].metadata.name}')).trim();
    expect(await call('/healthz')).toBe(401);
    expect(await call(`/containerLogs/default/${pod}/main`)).toBe(401);
    expect(await call('/healthz', cluster.pki.frontProxyClient)).toBe(401);
    expect(await call(`/containerLogs/default/${pod}/main`, cluster.pki.node)).toBe(403);
    expect(await call('/healthz', cluster.pki.apiServerKubeletClient)).toBe(200);
    expect(await call('/metrics/resource', cluster.pki.apiServerKubeletClient)).toBe(200);
    expect(await call(`/containerLogs/default/${pod}/main`, cluster.pki.apiServerKubeletClient)).toBe(200);
    expect(await call('/containerLogs/default/nobody/main', cluster.pki.apiServerKubeletClient)).toBe(404);
    expect(await call(`/exec/default/${pod}/main`, cluster.pki.apiServerKubeletClient)).toBe(501);
  });
});
