import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { TlsProbe } from '../../../src/doctor/cluster/api-service.ts';
import { clusterChecks } from '../../../src/doctor/cluster/cluster-checks.ts';
import { diskCheck } from '../../../src/doctor/local/state.ts';
import { toolChecks } from '../../../src/doctor/local/tools.ts';
import { READER_RULES, readerRole } from '../../../src/doctor/rbac.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { FakeCluster, refused } from '../explain/fake-cluster.ts';
import { runCli } from './run-cli.ts';

const never = new AbortController().signal;
const right: TlsProbe = () => Promise.resolve(undefined);
const body = (value: unknown) => ({ status: 200, body: value });
const apiService = (version: string, service: string) => ({
  metadata: { name: `${version}.custom.metrics.k8s.io` },
  spec: { group: 'custom.metrics.k8s.io', version, service: { name: service, namespace: 'm', port: 443 } },
  status: { conditions: [{ type: 'Available', status: 'True', reason: 'Passed', message: '' }] },
});

describe('doctor', () => {
  const look = (answers: ConstructorParameters<typeof FakeCluster>[0]) =>
    clusterChecks(new FakeCluster(answers), {
      clock: new ManualClock(),
      signal: never,
      namespace: 'shop',
      probe: right,
    });

  it('tells two adapters on one group', async () => {
    const services = {
      items: [
        { metadata: { name: 'v1.' }, spec: { version: 'v1' } },
        apiService('v1beta1', 'prometheus-adapter'),
        apiService('v1beta2', 'other'),
      ],
    };
    const checks = await look({
      '/version': body({ gitVersion: 'v1.36.3' }),
      '/apis/autoscaling/v2/horizontalpodautoscalers': body({ items: [] }),
      '/apis/apiregistration.k8s.io/v1/apiservices': body(services),
    });
    expect(checks.find(({ id }) => id.endsWith('/adapters'))).toMatchObject({
      status: 'broken',
      evidence: [
        'observed: APIService v1beta1.custom.metrics.k8s.io → service m/prometheus-adapter',
        'observed: APIService v1beta2.custom.metrics.k8s.io → service m/other',
      ],
    });
  });

  it('calls unknown what may not be read, and never broken', async () => {
    const closed = [
      '/apis/autoscaling/v2/horizontalpodautoscalers',
      '/apis/apiregistration.k8s.io/v1/apiservices',
      '/api/v1/nodes',
      '/metrics',
      '/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication',
      '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers',
    ];
    const checks = await look({
      '/version': body({ gitVersion: 'v1.36.3' }),
      ...Object.fromEntries(closed.map((path) => [path, refused(403)])),
    });
    expect(checks.filter(({ status }) => status === 'broken')).toEqual([]);
    const unknown = checks.filter(({ status }) => status === 'unknown').map(({ title }) => title);
    expect(unknown).toEqual(
      expect.arrayContaining(['unknown: cannot list apiservices (403)', 'unknown: cannot list nodes (403)']),
    );
  });

  it('tells what the machine lacks without calling it broken', async () => {
    const answers = { code: 1, stdout: '', stderr: 'permission denied on /var/run/docker.sock' };
    const checks = await toolChecks(
      () => Promise.resolve(answers),
      (name) => (name === 'docker' ? '/bin/docker' : undefined),
      never,
    );
    expect(checks.find(({ id }) => id === 'docker')).toMatchObject({
      status: 'warning',
      evidence: [expect.stringContaining('permission denied')],
    });
    expect(checks.find(({ id }) => id === 'tools/kind')).toMatchObject({ status: 'skipped' });
    expect(diskCheck({ freeBytes: () => 1 }, '/labs')).toMatchObject({ status: 'broken' });
  });

  it('prints the role as YAML that says what each rule is for', async () => {
    const { code, stdout } = await runCli(['doctor', '--rbac']);
    expect(code).toBe(0);
    expect(parse(stdout)).toEqual(readerRole());
    for (const { why, verbs, resources = [] } of READER_RULES) {
      expect(stdout).toContain(`# ${why}`);
      // A review is a question: nothing is stored.
      const questions = resources.includes('subjectaccessreviews') ? ['create'] : ['get', 'list'];
      expect(questions).toEqual(expect.arrayContaining([...verbs]));
    }
  });
});
