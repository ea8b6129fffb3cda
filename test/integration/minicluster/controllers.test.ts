import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubeClient, KubeObject } from '../../../src/contracts/kube-client.ts';
import { type ControlledCluster, startControlled } from '../../helpers/embedded-controllers.ts';
import { eventually } from '../../helpers/lab-client.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

const NAMESPACE = 'work';
const APPS = `/apis/apps/v1/namespaces/${NAMESPACE}`;
const CORE = `/api/v1/namespaces/${NAMESPACE}`;
const WITHIN_MS = 15_000;

type Loose = KubeObject & { readonly spec: Record<string, never>; readonly status: Record<string, never> };

function deployment(name: string, image: string, replicas: number, strategy: object = {}): object {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image }] } },
      ...strategy,
    },
  };
}

/** Real controllers on the real embedded API, driven over HTTPS; pods are made ready by hand, as a node would. */
describe('controllers', () => {
  const dir = tempDir();
  const complaints: string[] = [];
  let cluster: ControlledCluster;
  let client: KubeClient;

  beforeAll(async () => {
    cluster = await startControlled(dir.path, (line) => complaints.push(line));
    ({ client } = cluster);
    await client.json('POST', '/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: NAMESPACE },
    });
    await eventually(
      'account',
      () => client.find(`${CORE}/serviceaccounts/default`),
      (found) => found !== undefined,
      WITHIN_MS,
    );
  });
  afterAll(() => {
    cluster.stop();
    dir[Symbol.dispose]();
  });

  const list = async (path: string): Promise<readonly Loose[]> =>
    ((await client.json('GET', path)) as { readonly items: readonly Loose[] }).items;
  const get = async (path: string): Promise<Loose> => (await client.json('GET', path)) as Loose;
  const pods = (app: string) => list(`${CORE}/pods?labelSelector=app%3D${app}`);

  /** What a node does with pods that it gets. */
  async function makeReady(app: string): Promise<void> {
    const now = new Date().toISOString();
    const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime: now }];
    for (const pod of await pods(app)) {
      if (pod.status['phase'] === 'Running' || pod.metadata.deletionTimestamp !== undefined) continue;
      const status = { phase: 'Running', podIP: '10.244.0.7', conditions };
      await client.patch(`${CORE}/pods/${pod.metadata.name}/status`, 'merge', { status });
    }
  }
  async function rolledOut(app: string, replicas: number): Promise<Loose> {
    return await eventually(
      `${app} rolled out`,
      async () => {
        await makeReady(app);
        return await get(`${APPS}/deployments/${app}`);
      },
      ({ metadata, status }) =>
        status['observedGeneration'] === metadata.generation &&
        status['updatedReplicas'] === replicas &&
        status['replicas'] === replicas &&
        status['availableReplicas'] === replicas,
      WITHIN_MS,
    );
  }

  it('rolls a deployment out, over and back, never below or above what the strategy allows', async () => {
    const rolling = { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } };
    await client.json('POST', `${APPS}/deployments`, deployment('roll', 'lab/app:1', 3, rolling));
    await rolledOut('roll', 3);
    const seen: number[] = [];
    const watching = cluster.server.store.watch('/core/pods/', cluster.server.store.version, () => {
      const all = cluster.server.store.list(`/core/pods/${NAMESPACE}/roll-`);
      seen.push(all.length);
    });
    const image = (text: string) => ({ spec: { template: { spec: { containers: [{ name: 'c', image: text }] } } } });
    await client.patch(`${APPS}/deployments/roll`, 'strategic', image('lab/app:2'));
    const over = await rolledOut('roll', 3);
    expect(over.metadata.annotations).toMatchObject({ 'deployment.kubernetes.io/revision': '2' });
    expect(over.status['conditions']).toMatchObject([
      { type: 'Available', status: 'True' },
      { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' },
    ]);
    await client.patch(`${APPS}/deployments/roll`, 'strategic', image('lab/app:1'));
    const back = await rolledOut('roll', 3);
    watching?.();
    expect(back.metadata.annotations).toMatchObject({ 'deployment.kubernetes.io/revision': '3' });
    const sets = await list(`${APPS}/replicasets?labelSelector=app%3Droll`);
    expect(sets).toHaveLength(2);
    const current = sets.find(({ spec }) => spec['replicas'] === 3);
    expect(current?.metadata.annotations).toMatchObject({ 'deployment.kubernetes.io/revision-history': '1' });
    expect(Math.max(...seen)).toBeLessThanOrEqual(4);
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(3);
  });

  it('recreates: no old and new pods at a time', async () => {
    await client.json(
      'POST',
      `${APPS}/deployments`,
      deployment('again', 'lab/app:1', 2, { strategy: { type: 'Recreate' } }),
    );
    await rolledOut('again', 2);
    const mixed: boolean[] = [];
    const unwatch = cluster.server.store.watch('/core/pods/', cluster.server.store.version, () => {
      const all = cluster.server.store.list(`/core/pods/${NAMESPACE}/again-`).map(({ object }) => object as Loose);
      mixed.push(new Set(all.map(({ metadata }) => metadata.labels?.['pod-template-hash'])).size > 1);
    });
    const template = { spec: { containers: [{ name: 'c', image: 'lab/app:2' }] } };
    await client.patch(`${APPS}/deployments/again`, 'strategic', { spec: { template } });
    await rolledOut('again', 2);
    unwatch?.();
    expect(mixed).not.toContain(true);
  });

  it('says so when a rollout makes no progress', async () => {
    const given = deployment('stuck', 'lab/app:1', 1, { progressDeadlineSeconds: 1 });
    await client.json('POST', `${APPS}/deployments`, given);
    const reasons = ({ status }: Loose) => JSON.stringify(status['conditions'] ?? []);
    await eventually(
      'the deadline',
      () => get(`${APPS}/deployments/stuck`),
      (found) => reasons(found).includes('ProgressDeadlineExceeded'),
      WITHIN_MS,
    );
  });

  it('gives a service the addresses of its ready pods, and of no others', async () => {
    await client.json('POST', `${APPS}/deployments`, deployment('served', 'lab/app:1', 1));
    await client.json('POST', `${CORE}/services`, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'served' },
      spec: { selector: { app: 'served' }, ports: [{ name: 'web', port: 80, targetPort: 8080 }] },
    });
    await rolledOut('served', 1);
    const found = await eventually(
      'endpoints',
      () => client.find(`${CORE}/endpoints/served`),
      (each) => JSON.stringify(each).includes('10.244.0.7'),
      WITHIN_MS,
    );
    expect(found).toMatchObject({
      subsets: [{ addresses: [{ ip: '10.244.0.7' }], ports: [{ name: 'web', port: 8080 }] }],
    });
    const path = `/apis/discovery.k8s.io/v1/namespaces/${NAMESPACE}/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Dserved`;
    const [slice] = await eventually(
      'slice',
      () => list(path),
      (all) => JSON.stringify(all).includes('"ready":true'),
      WITHIN_MS,
    );
    expect(slice).toMatchObject({
      endpoints: [{ addresses: ['10.244.0.7'], conditions: { ready: true, serving: true } }],
    });
    await client.json('DELETE', `${CORE}/services/served`);
    await eventually(
      'no endpoints',
      () => client.find(`${CORE}/endpoints/served`),
      (each) => each === undefined,
      WITHIN_MS,
    );
    await eventually(
      'no slices',
      () => list(path),
      (all) => all.length === 0,
      WITHIN_MS,
    );
  });

  it('makes the pods of a stateful set one after the other, and takes the last first', async () => {
    await client.json('POST', `${APPS}/statefulsets`, {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'db' },
      spec: {
        replicas: 2,
        serviceName: 'db',
        selector: { matchLabels: { app: 'db' } },
        template: { metadata: { labels: { app: 'db' } }, spec: { containers: [{ name: 'c', image: 'lab/app:1' }] } },
      },
    });
    const names = async () => (await pods('db')).map(({ metadata }) => metadata.name);
    await eventually('db-0', names, (all) => all.length === 1, WITHIN_MS);
    expect(await names()).toEqual(['db-0']);
    await makeReady('db');
    await eventually('db-1', names, (all) => all.length === 2, WITHIN_MS);
    await makeReady('db');
    await eventually(
      'ready',
      () => get(`${APPS}/statefulsets/db`),
      ({ status }) => status['readyReplicas'] === 2,
      WITHIN_MS,
    );
    await client.patch(`${APPS}/statefulsets/db`, 'merge', { spec: { replicas: 1 } });
    await eventually('one left', names, (all) => all.join() === 'db-0', WITHIN_MS);
  });

  it('empties a namespace that is deleted, whatever is in it', async () => {
    await client.json('DELETE', `/api/v1/namespaces/${NAMESPACE}`);
    await eventually(
      'gone',
      () => client.find(`/api/v1/namespaces/${NAMESPACE}`),
      (found) => found === undefined,
      WITHIN_MS,
    );
    expect(cluster.server.store.list('/core/pods/')).toEqual([]);
    expect(cluster.server.store.list('/apps/replicasets/')).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
