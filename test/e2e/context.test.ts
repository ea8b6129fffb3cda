import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CliHome } from '../helpers/cli.ts';
import { kubectl } from '../helpers/lab-client.ts';
import { haveReal } from '../helpers/real-binaries.ts';

const HOST = 'host';
const CLUSTER_SCOPED = /^(Namespace|ClusterRole|ClusterRoleBinding|APIService) /;
const Objects = z.object({
  items: z.array(
    z.object({
      kind: z.string(),
      metadata: z.object({
        name: z.string(),
        namespace: z.string().optional(),
        labels: z.record(z.string(), z.string()).optional(),
        managedFields: z.array(z.object({ manager: z.string() })).default([]),
      }),
    }),
  ),
});

/**
 * `--backend context` on a cluster that this lab did not make: an embedded one without a node. Nothing runs there, so `up` ends at
 * the metrics server, and everything it has applied by then can be looked at. Pods that run: test/kind/context.test.ts.
 */
describe.skipIf(!haveReal())('a lab in a cluster of somebody else', () => {
  const home = new CliHome();
  const kubeconfig = () => join(home.dir, 'labs', HOST, 'kubeconfig');
  const k = (...args: readonly string[]) => kubectl(home, HOST, ...args);
  const guest = (...more: readonly string[]) => [
    'up',
    '--lab',
    'guest',
    '--backend',
    'context',
    '--kubeconfig',
    kubeconfig(),
    '--namespace',
    'guest',
    '--image',
    'registry.example/programs:1',
    '--queue-url',
    'redis://192.0.2.1:6379',
    '--timeout',
    '2s',
    ...more,
  ];
  /** Everything but news and heartbeats: `Kind namespace/name` → the object. */
  const everything = async () => {
    const kinds = (await k('api-resources', '--verbs=list', '-o', 'name')).trim().split('\n');
    const kept = kinds.filter((kind) => !/^(events|leases|componentstatuses)/.test(kind));
    const text = await k('get', kept.join(','), '-A', '-o', 'json', '--show-managed-fields');
    return new Map(
      Objects.parse(JSON.parse(text)).items.map((object) => {
        const { name, namespace } = object.metadata;
        return [`${object.kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`, object];
      }),
    );
  };

  beforeAll(async () => {
    await home.ok(['up', '--lab', HOST, '--backend', 'embedded', '--bare']);
  });
  afterAll(async () => {
    await home.run(['teardown', '--all', '--force']);
    home[Symbol.dispose]();
  });

  it('--dry-run prints what would be applied, and changes nothing', async () => {
    const before = [...(await everything()).keys()];
    const { stdout } = await home.ok(guest('--dry-run'));
    for (const line of ['Namespace guest', 'APIService v1beta1.external.metrics.k8s.io', 'Deployment guest/consumer'])
      expect(stdout).toContain(`would apply ${line}`);
    expect([...(await everything()).keys()]).toEqual(before);
  });

  it('applies what the dry run said, all of it labelled; teardown removes exactly that', async () => {
    const before = await everything();
    const said = (await home.ok(guest('--dry-run'))).stdout;
    const { code, stderr } = await home.run(guest());
    expect([code, stderr]).toEqual([6, expect.stringContaining('ML-LAB-NOT-READY')]);
    const made = [...(await everything())].filter(([name]) => !before.has(name));
    const ours = made.filter(([, { metadata }]) =>
      metadata.managedFields.some(({ manager }) => manager === 'metrics-lab'),
    );
    expect(ours.map(([name]) => name)).toEqual(
      expect.arrayContaining([
        'Namespace guest',
        'Secret guest/queue',
        'Deployment guest/metrics-lab-metrics-server',
        'APIService v1beta1.external.metrics.k8s.io',
      ]),
    );
    for (const [name, { metadata }] of ours) {
      expect([name, metadata.labels?.['metricslab.dev/lab']]).toEqual([name, 'guest']);
      expect(said).toContain(`would apply ${name}`);
    }
    // What the cluster's own controllers have added is all inside the lab's namespace.
    const oursByName = new Set(ours.map(([name]) => name));
    const added = made.map(([name]) => name).filter((name) => !oursByName.has(name));
    expect(added.filter((name) => CLUSTER_SCOPED.test(name) || !name.includes(' guest/'))).toEqual([]);
    const teardown = await home.ok(['teardown', '--lab', 'guest']);
    expect(teardown.stdout).toContain('Namespace/guest');
    expect([...(await everything()).keys()]).toEqual([...before.keys()]);
  });

  it('an external metrics API of somebody else: 5, names its owner, offers to pass on to it; nothing is applied', async () => {
    const service = {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: 'v1beta1.external.metrics.k8s.io' },
      spec: {
        group: 'external.metrics.k8s.io',
        version: 'v1beta1',
        groupPriorityMinimum: 100,
        versionPriority: 100,
        service: { namespace: 'keda', name: 'keda-operator-metrics-apiserver' },
        insecureSkipTLSVerify: true,
      },
    };
    await k('create', '--raw', '/apis/apiregistration.k8s.io/v1/apiservices', '-f', home.write('api.json', service));
    const before = await everything();
    const { code, stderr } = await home.run(guest());
    expect([code, stderr]).toEqual([5, expect.stringContaining('ML-CONTEXT-METRICS-TAKEN')]);
    expect(stderr).toContain('the Service keda/keda-operator-metrics-apiserver');
    expect(stderr).toContain('forward');
    expect([...(await everything()).keys()]).toEqual([...before.keys()]);
    await home.ok(['teardown', '--lab', 'guest']);
    expect([...(await everything()).keys()]).toEqual([...before.keys()]);
    await k('delete', 'apiservice', 'v1beta1.external.metrics.k8s.io');
  });

  it('a namespace of somebody else: 5, and it stays as it is', async () => {
    await k('create', 'namespace', 'guest');
    await k('create', 'configmap', 'theirs', '-n', 'guest');
    const { code, stderr } = await home.run(guest());
    expect([code, stderr]).toEqual([5, expect.stringContaining('Namespace guest')]);
    await home.ok(['teardown', '--lab', 'guest']);
    expect(await k('get', 'configmap', 'theirs', '-n', 'guest', '-o', 'name')).toContain('theirs');
  });

  it('the cluster itself is never removed, nor its kubeconfig changed', async () => {
    const text = readFileSync(kubeconfig(), 'utf8');
    await home.run(guest('--recreate'));
    await home.ok(['teardown', '--lab', 'guest']);
    expect(readFileSync(kubeconfig(), 'utf8')).toBe(text);
    expect(await k('get', 'namespaces', '-o', 'name')).toContain('namespace/default');
  });
});
