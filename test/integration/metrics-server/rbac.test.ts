import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { applyObject } from '../../../src/kube/apply.ts';
import { metricsServerManifests } from '../../../src/metrics-server/manifests.ts';
import { haveReal } from '../../helpers/real-binaries.ts';
import { RealCluster } from '../../helpers/real-cluster.ts';

const USER = 'some-metrics-server';
const HPA = 'system:serviceaccount:kube-system:horizontal-pod-autoscaler';
const Review = z.object({ status: z.object({ allowed: z.boolean() }) });

interface Right {
  readonly user: string;
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
}
const external = { group: 'external.metrics.k8s.io', resource: 'queue_length', namespace: 'default' };
const custom = { group: 'custom.metrics.k8s.io', resource: 'services/rps', namespace: 'default', name: 'web' };
const trust = {
  user: USER,
  group: '',
  resource: 'configmaps',
  namespace: 'kube-system',
  name: 'extension-apiserver-authentication',
};

/** Everything that the server and the HPA controller ask for. */
const NEEDED: readonly Right[] = [
  { user: USER, verb: 'create', group: 'authentication.k8s.io', resource: 'tokenreviews' },
  { user: USER, verb: 'create', group: 'authorization.k8s.io', resource: 'subjectaccessreviews' },
  ...['get', 'list', 'watch'].map((verb) => ({ ...trust, verb })),
  ...['pods', 'services', 'nodes', 'namespaces', 'persistentvolumes'].flatMap((resource) =>
    ['list', 'watch'].map((verb) => ({ user: USER, verb, group: '', resource })),
  ),
  ...['deployments', 'statefulsets', 'replicasets', 'daemonsets'].map((resource) => ({
    user: USER,
    verb: 'list',
    group: 'apps',
    resource,
  })),
  { user: HPA, verb: 'list', ...external },
  { user: HPA, verb: 'get', ...custom },
];
const TOO_MUCH: readonly Right[] = [
  { user: USER, verb: 'list', group: '', resource: 'secrets' },
  { user: USER, verb: 'get', group: '', resource: 'configmaps', namespace: 'kube-system', name: 'another' },
  { user: USER, verb: 'delete', group: '', resource: 'pods', namespace: 'default', name: 'p' },
  { user: USER, verb: 'list', ...external },
  { user: HPA, verb: 'create', ...external },
  { user: 'somebody', verb: 'list', ...external },
];

describe.runIf(haveReal())('the rights of a metrics server', () => {
  const cluster = new RealCluster();
  const may = async ({ user, resource: text, ...attributes }: Right): Promise<boolean> => {
    const [resource, subresource] = text.split('/');
    const groups = user === HPA ? ['system:serviceaccounts', 'system:authenticated'] : ['system:authenticated'];
    const spec = {
      user,
      groups,
      resourceAttributes: { ...attributes, resource, ...(subresource === undefined ? {} : { subresource }) },
    };
    const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec };
    return Review.parse(await cluster.client.json('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', body))
      .status.allowed;
  };
  const refused = async (rights: readonly Right[]): Promise<Right[]> => {
    const answers = await Promise.all(rights.map(async (right) => ({ right, allowed: await may(right) })));
    return answers.filter(({ allowed }) => !allowed).map(({ right }) => right);
  };
  const manifests = metricsServerManifests({
    lab: 'rbac',
    namespace: 'default',
    port: 1,
    caBundle: readFileSync(cluster.pki.ca.cert, 'utf8'),
    identity: { kind: 'User', name: USER },
    apis: ['external', 'custom'],
  });

  beforeAll(() => cluster.start());
  afterAll(() => cluster.close());

  it('are all missing without the manifests, all there with them, and no more', async () => {
    // The HPA controller has a role of its own; what must be missing before is what the server needs.
    expect(await refused(NEEDED)).toEqual(expect.arrayContaining(NEEDED.filter(({ user }) => user === USER)));
    for (const object of manifests) await applyObject(cluster.client, object, 'test');
    await expect.poll(() => refused(NEEDED), { timeout: 20_000, interval: 200 }).toEqual([]);
    expect(await refused(TOO_MUCH)).toEqual(TOO_MUCH);
  });

  it.each(
    manifests.filter(({ kind }) => kind.endsWith('Binding')).map((object) => [object.metadata.name, object] as const),
  )('need %s', async (_name, object) => {
    const scope = object.metadata.namespace === undefined ? '' : `/namespaces/${object.metadata.namespace}`;
    const path = `/apis/rbac.authorization.k8s.io/v1${scope}/${object.kind.toLowerCase()}s/${object.metadata.name}`;
    await cluster.client.json('DELETE', path);
    const missing = () => refused(NEEDED).then((rights) => rights.length > 0);
    await expect.poll(missing, { timeout: 20_000, interval: 200 }).toBe(true);
    await applyObject(cluster.client, object, 'test');
    await expect.poll(() => refused(NEEDED), { timeout: 20_000, interval: 200 }).toEqual([]);
  });
});
