import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { clusterChecks } from '../../../src/doctor/cluster/cluster-checks.ts';
import { diskCheck } from '../../../src/doctor/local/state.ts';
import { toolChecks } from '../../../src/doctor/local/tools.ts';
import { READER_RULES, readerRole } from '../../../src/doctor/rbac.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { FakeCluster, refused } from '../explain/fake-cluster.ts';
import { runCli } from './run-cli.ts';

const never = new AbortController().signal;
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

  it('tells an adapter that runs and that no metrics API leads to', async () => {
    const deployment = (name: string, image: string) => ({
      metadata: { name, namespace: 'm' },
      spec: { template: { metadata: { labels: { app: name } }, spec: { containers: [{ image }] } } },
    });
    const items = [
      deployment('prometheus-adapter', 'registry.k8s.io/prometheus-adapter/prometheus-adapter:v0.12.0'),
      deployment('keda', 'ghcr.io/kedacore/keda-metrics-apiserver@sha256:00'),
      deployment('web', 'shop/web:1'),
    ];
    const answers = {
      '/version': body({ gitVersion: 'v1.36.3' }),
      '/apis/autoscaling/v2/horizontalpodautoscalers': body({ items: [] }),
      '/apis/apiregistration.k8s.io/v1/apiservices': body({ items: [apiService('v1beta1', 'custom')] }),
      '/api/v1/namespaces/m/services/custom': body({ spec: { selector: { app: 'prometheus-adapter' } } }),
      '/apis/apps/v1/deployments': body({ items }),
    };
    const idle = (await look(answers)).filter(({ id }) => id === 'metrics-path/idle-adapters');
    expect(idle).toMatchObject([
      { status: 'warning', title: 'keda-metrics-apiserver runs as m/keda, and no metrics API leads to it' },
    ]);
    const closed = await look({ ...answers, '/apis/apps/v1/deployments': refused(403) });
    expect(closed.find(({ id }) => id === 'metrics-path/idle-adapters')).toMatchObject({ status: 'unknown' });
  });

  const withCa = { ...apiService('v1beta1', 'custom'), status: { conditions: [] as object[] } };
  const tlsOf = async (answer: { readonly status: number; readonly body: unknown }, conditions: object[] = []) =>
    (
      await look({
        '/version': body({ gitVersion: 'v1.36.3' }),
        '/apis/autoscaling/v2/horizontalpodautoscalers': body({ items: [] }),
        '/apis/apiregistration.k8s.io/v1/apiservices': body({ items: [{ ...withCa, status: { conditions } }] }),
        '/api/v1/namespaces/m/services/custom': body({ spec: { selector: { app: 'a' } } }),
        '/apis/custom.metrics.k8s.io/v1beta1': answer,
      })
    ).find(({ id }) => id === 'metrics-path/custom.metrics.k8s.io/tls');

  it('tells TLS of any service by what the API server says of it', async () => {
    const reason =
      'error trying to reach service: tls: failed to verify certificate: x509: certificate signed by unknown authority';
    expect(await tlsOf({ status: 503, body: reason })).toMatchObject({
      status: 'broken',
      title: 'the API server does not trust the certificate of the adapter as custom.m.svc',
      evidence: [`observed: GET /apis/custom.metrics.k8s.io/v1beta1: 503 ${reason}`],
    });
    const message =
      'failing or missing response from https://10.0.0.1:443/apis: Get "https://10.0.0.1:443/apis": x509: certificate has expired';
    expect(
      await tlsOf({ status: 503, body: 'service unavailable' }, [{ type: 'Available', status: 'False', message }]),
    ).toMatchObject({ status: 'broken', evidence: [`observed: condition Available=False: ${message}`] });
    expect(await tlsOf({ status: 503, body: 'service unavailable' })).toMatchObject({
      status: 'ok',
      evidence: [expect.stringMatching(/^unknown: .*503 service unavailable$/)],
    });
    expect(await tlsOf(body({ resources: [] }))).toMatchObject({
      evidence: [
        'observed: GET /apis/custom.metrics.k8s.io/v1beta1 came through the API server, which verifies custom.m.svc',
      ],
    });
  });

  it.each([
    [0, [], 'broken'],
    [1, [], 'ok'],
    [0, ['--kubelet-insecure-tls'], 'ok'],
  ])('kubelets of kind: %d available replicas with arguments %j: %s', async (availableReplicas, args, status) => {
    const metrics = {
      ...withCa,
      spec: {
        group: 'metrics.k8s.io',
        version: 'v1beta1',
        service: { name: 'metrics-server', namespace: 'kube-system' },
      },
    };
    const server = {
      metadata: { name: 'metrics-server', namespace: 'kube-system' },
      spec: { template: { spec: { containers: [{ image: 'x', args }] } } },
      status: { availableReplicas },
    };
    const checks = await look({
      '/version': body({ gitVersion: 'v1.36.3' }),
      '/apis/autoscaling/v2/horizontalpodautoscalers': body({ items: [] }),
      '/apis/apiregistration.k8s.io/v1/apiservices': body({ items: [metrics] }),
      '/api/v1/nodes': body({ items: [{ metadata: {}, spec: { providerID: 'kind://docker/a/b' } }] }),
      '/apis/apps/v1/namespaces/kube-system/deployments': body({ items: [server] }),
    });
    expect(checks.find(({ id }) => id === 'kubelet-tls')).toMatchObject({ status });
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
