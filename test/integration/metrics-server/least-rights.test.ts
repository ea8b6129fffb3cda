import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { KubeObject } from '../../../src/contracts/kube-client.ts';
import { applyObject } from '../../../src/kube/apply.ts';
import { chartDir, haveHelm, Helm } from '../../helpers/helm.ts';
import { MetricsServerProcess } from '../../helpers/metrics-server-process.ts';
import { RealCluster } from '../../helpers/real-cluster.ts';

const NAME = 'metrics-lab-metrics-server';
const RBAC = 'rbac.authorization.k8s.io';
const CUSTOM = '/apis/custom.metrics.k8s.io/v1beta2';
const EXTERNAL = '/apis/external.metrics.k8s.io/v1beta1/namespaces/default/m';
const Rules = z.array(z.object({ apiGroups: z.array(z.string()), resources: z.array(z.string()) }).loose());
type Rules = z.infer<typeof Rules>;

/** The path of a metric of all objects of a kind. */
function everyObject(resource: string): string {
  if (resource === 'namespaces') return '/namespaces/*/metrics/m';
  return `${['nodes', 'persistentvolumes'].includes(resource) ? '' : '/namespaces/default'}/${resource}/*/m`;
}

// The rights of the chart as Helm renders them, with one less each time, on a real control plane; and a real metrics server that has
// what is left of them.
describe.skipIf(!haveHelm())('charts/metrics-server installs no right that is not needed', () => {
  const cluster = new RealCluster();
  const servers: MetricsServerProcess[] = [];
  const apply = (object: KubeObject) => applyObject(cluster.client, object, 'test');

  beforeAll(() => cluster.start());
  afterAll(async () => {
    for (const server of servers) await server.close();
    await cluster.close();
  });

  /** Installs the rights of a release of its own as `left` leaves them, and starts a server with them; it may take a moment until it answers. */
  async function serverWith(
    release: string,
    left: (object: KubeObject) => KubeObject | undefined,
  ): Promise<MetricsServerProcess> {
    const dir = join(cluster.dir, release);
    mkdirSync(dir);
    const named = { name: release, namespace: release };
    const set = [
      '--set',
      'apis=both,serviceMonitor.enabled=true',
      '--set',
      `serviceMonitor.serviceAccount.namespace=${release}`,
    ];
    await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: release } });
    for (const object of await new Helm(dir).template(chartDir('metrics-server'), named, ...set)) {
      if (!object.apiVersion.startsWith(RBAC)) continue;
      const kept = left(object);
      if (kept !== undefined) await apply(kept);
    }
    const groups = ['system:serviceaccounts', `system:serviceaccounts:${release}`];
    const account = cluster.clientPair(`system:serviceaccount:${release}:${NAME}`, groups);
    const tokenFile = join(dir, 'write-token');
    writeFileSync(tokenFile, 'token', { mode: 0o600 });
    const kubeconfigFile = cluster.kubeconfig(account, `server-${release}`);
    const server = await MetricsServerProcess.start(dir, { kubeconfigFile, write: { tokenFile } });
    servers.push(server);
    return server;
  }

  async function ask(
    url: string,
    path: string,
    pair: { readonly cert: string; readonly key: string } = cluster.pki.admin,
  ) {
    const [cert, key] = [readFileSync(pair.cert), readFileSync(pair.key)];
    const sent = request(`${url}${path}`, { cert, key, rejectUnauthorized: false });
    sent.end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    let text = '';
    for await (const chunk of answer) text += String(chunk);
    return { status: answer.statusCode, text };
  }

  const isNamed = ({ kind, metadata }: KubeObject, wanted: string, end: string) =>
    kind === wanted && metadata.name.endsWith(end);
  const names = (rules: Rules) =>
    rules.flatMap(({ apiGroups: [group = ''], resources }) =>
      resources.map((resource) => (group === '' ? resource : `${resource}.${group}`)),
    );

  it('without one of the rules of object-reader exactly its resources cannot be listed', async () => {
    const outcome = async (index: number) => {
      let all: Rules = [];
      const { url } = await serverWith(`rule-${index}`, (object) => {
        if (!isNamed(object, 'ClusterRole', 'object-reader')) return object;
        all = Rules.parse(object['rules']);
        return { ...object, rules: all.toSpliced(index, 1) };
      });
      const answers = await Promise.all(
        names(all).map(async (name) => {
          return { name, ...(await ask(url, CUSTOM + everyObject(name))) };
        }),
      );
      const forbidden = answers.filter(({ text }) => text.includes('forbidden')).map(({ name }) => name);
      return { forbidden, taken: names(all.slice(index, index + 1)), count: all.length };
    };
    // Each waits eight seconds for a list that never comes: all at once.
    const outcomes = await Promise.all([0, 1, 2, 3].map(outcome));
    for (const { forbidden, taken, count } of outcomes) expect([count, forbidden]).toEqual([outcomes.length, taken]);
  });

  it('without auth-delegator or authentication-reader nobody is let in whom the cluster would let in', async () => {
    const reader = cluster.clientPair('reader');
    const metadata = { name: 'test-reader' };
    const rules = [{ apiGroups: ['external.metrics.k8s.io'], resources: ['*'], verbs: ['list'] }];
    await apply({ apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata, rules });
    const roleRef = { apiGroup: RBAC, kind: 'ClusterRole', name: metadata.name };
    const subjects = [{ apiGroup: RBAC, kind: 'User', name: 'reader' }];
    await apply({ apiVersion: `${RBAC}/v1`, kind: 'ClusterRoleBinding', metadata, roleRef, subjects });
    const without = (kind: string, end: string) => (object: KubeObject) =>
      isNamed(object, kind, end) ? undefined : object;
    const whole = await serverWith('whole', (object) => object);
    await expect.poll(() => ask(whole.url, EXTERNAL, reader), { timeout: 20_000 }).toMatchObject({ status: 200 });
    const noDelegator = await serverWith('no-delegator', without('ClusterRoleBinding', 'auth-delegator'));
    const unasked = {
      status: 500,
      text: expect.stringContaining('could not be asked whether this is allowed') as string,
    };
    await expect.poll(() => ask(noDelegator.url, EXTERNAL, reader), { timeout: 20_000 }).toMatchObject(unasked);
    const noTrust = await serverWith('no-trust', without('RoleBinding', 'authentication-reader'));
    const said = () => noTrust.lines.join('\n');
    await expect.poll(said, { timeout: 20_000 }).toMatch(/extension-apiserver-authentication.*forbidden/);
    const unread = {
      status: 503,
      text: expect.stringContaining('authentication configuration of the cluster was not read') as string,
    };
    expect(await ask(noTrust.url, EXTERNAL, reader)).toMatchObject(unread);
  });

  it('without metrics-scraper Prometheus may not scrape, without the test’s role helm test reads nothing', async () => {
    const statuses = async (release: string, left: (object: KubeObject) => KubeObject | undefined) => {
      const { url } = await serverWith(release, left);
      const prometheus = cluster.clientPair(`system:serviceaccount:${release}:prometheus-k8s`);
      const tester = cluster.clientPair(`system:serviceaccount:${release}:${NAME}-test`);
      return async () => [(await ask(url, '/metrics', prometheus)).status, (await ask(url, EXTERNAL, tester)).status];
    };
    const without = await statuses('no-callers', (object) =>
      isNamed(object, 'ClusterRole', 'scraper') || isNamed(object, 'ClusterRole', 'test') ? undefined : object,
    );
    await expect.poll(without, { timeout: 20_000 }).toEqual([403, 403]);
    const whole = await statuses('callers', (object) => object);
    await expect.poll(whole, { timeout: 20_000 }).toEqual([200, 200]);
  });
});
