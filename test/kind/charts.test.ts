import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { kubeClient } from '../../src/kube/client.ts';
import { loadKubeconfig } from '../../src/kube/kubeconfig.ts';
import { chartDir, Helm, notesFile } from '../helpers/helm.ts';
import { eventually } from '../helpers/lab-client.ts';
import { haveReal } from '../helpers/real-binaries.ts';
import { haveKind } from '../helpers/real-kind.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const CLUSTER = 'metrics-lab-kind-charts';
const IMAGE = 'metrics-lab-charts:test';
const NAMESPACE = 'lab';
const METRIC = `/apis/external.metrics.k8s.io/v1beta1/namespaces/${NAMESPACE}/queue_length`;
const Items = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });

describe.skipIf(!haveReal() || !haveKind())('the charts on a real kind cluster', () => {
  const dir = tempDir();
  const kubeconfig = join(dir.path, 'kubeconfig');
  const tools = new Helm(dir.path, kubeconfig);
  const run = (program: string, ...args: readonly string[]) =>
    execFileSync(program, args, {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, DOCKER_BUILDKIT: '0' },
    });
  const kind = (...args: readonly string[]) => run('kind', ...args, '--name', CLUSTER);
  const image = ['--set', `image.repository=${IMAGE.split(':')[0]},image.tag=test`];
  const at = ['--namespace', NAMESPACE];
  const kubectl = (...args: readonly string[]) => tools.kubectl(...at, ...args);
  const ready = ['--wait', '--timeout', '180s'];
  const hpaIs = (reason: string) =>
    eventually(
      `an HPA with ${reason}`,
      () => kubectl('get', 'hpa', 'consumer', '-o', 'jsonpath={.status.conditions[?(@.type=="ScalingActive")].reason}'),
      (text) => text === reason,
      90_000,
    );
  const installMetricsServer = async () => {
    const values = notesFile(dir.path, await tools.helm('get', 'notes', 'lab', ...at));
    await tools.helm(
      'upgrade',
      '--install',
      'metrics',
      chartDir('metrics-server'),
      ...at,
      ...values,
      ...image,
      ...ready,
    );
  };

  beforeAll(async () => {
    const node = process.env['RIG_NODE_IMAGE'] ?? '';
    kind('create', 'cluster', '--kubeconfig', kubeconfig, '--wait', '120s', ...(node === '' ? [] : ['--image', node]));
    run(process.execPath, 'scripts/image.ts', IMAGE);
    for (const each of [IMAGE, 'redis:8', 'prom/prometheus:v3']) kind('load', 'docker-image', each);
    await tools.kubectl('create', 'namespace', NAMESPACE);
    await tools.kubectl('label', 'namespace', NAMESPACE, 'pod-security.kubernetes.io/enforce=restricted');
  });
  afterAll(() => {
    kind('delete', 'cluster');
    dir[Symbol.dispose]();
  });

  it('install in a namespace that enforces restricted, and pass their own tests', async () => {
    await tools.helm('install', 'lab', chartDir('lab'), ...at, ...image, ...ready);
    await installMetricsServer();
    await tools.helm('test', 'lab', ...at, '--timeout', '150s');
    await tools.helm('test', 'metrics', ...at, '--timeout', '120s');
    await hpaIs('ValidMetricFound');
    // What belongs to the runs of the tests is gone with them.
    expect(await kubectl('get', 'pods,serviceaccounts', '-o', 'name')).not.toContain('test');
  });

  it('a rolling restart of the metrics server drops no query', async () => {
    const client = kubeClient(loadKubeconfig(readFileSync(kubeconfig, 'utf8'), kubeconfig));
    const failures = () =>
      kubectl('get', 'events', '-o', 'jsonpath={range .items[?(@.reason=="FailedGetExternalMetric")]}{.count} {end}');
    const before = await failures();
    const answers = new Map<number, number>();
    const asking = { done: false };
    const asker = async () => {
      while (!asking.done) {
        const { status } = await client.request('GET', METRIC);
        answers.set(status, (answers.get(status) ?? 0) + 1);
      }
    };
    const askers = [asker(), asker()];
    await kubectl('rollout', 'restart', 'deployment/metrics-lab-metrics-server');
    await kubectl('rollout', 'status', 'deployment/metrics-lab-metrics-server', '--timeout=120s');
    const old = () => kubectl('get', 'pods', '-l', 'app.kubernetes.io/name=metrics-lab-metrics-server', '-o', 'name');
    await eventually('the old pods gone', old, (text) => text.trim().split('\n').length === 2, 60_000);
    asking.done = true;
    await Promise.all(askers);
    client.close();
    expect([...answers.keys()]).toEqual([200]);
    expect(answers.get(200)).toBeGreaterThan(100);
    expect(await failures()).toBe(before);
  });

  it('an upgrade takes the way over Prometheus, with an Object metric; a rollback takes it back', async () => {
    const token = await kubectl('get', 'secret', 'queue', '-o', 'jsonpath={.data}');
    await tools.helm('upgrade', 'lab', chartDir('lab'), ...at, ...image, '--set', 'prometheus.enabled=true', ...ready);
    await installMetricsServer();
    await hpaIs('ValidMetricFound');
    expect(await kubectl('get', 'hpa', 'consumer', '-o', 'jsonpath={.spec.metrics[0].type}')).toBe('Object');
    expect(await kubectl('get', 'secret', 'queue', '-o', 'jsonpath={.data}')).toBe(token);
    await tools.helm('test', 'lab', ...at, '--timeout', '150s');
    await tools.helm('rollback', 'lab', '1', ...at, ...ready);
    await tools.helm('rollback', 'metrics', '1', ...at, ...ready);
    await hpaIs('ValidMetricFound');
    expect(await kubectl('get', 'hpa', 'consumer', '-o', 'jsonpath={.spec.metrics[0].type}')).toBe('External');
  });

  it('uninstall leaves nothing', async () => {
    await tools.helm('uninstall', 'metrics', ...at, ...ready);
    await tools.helm('uninstall', 'lab', ...at, ...ready);
    const kinds =
      'deployments,services,configmaps,secrets,hpa,networkpolicies,poddisruptionbudgets,serviceaccounts,roles,rolebindings';
    for (const where of [at, ['--namespace', 'kube-system']]) {
      const left = await tools.kubectl('get', kinds, ...where, '-l', 'metricslab.dev/lab', '-o', 'json');
      expect(Items.parse(JSON.parse(left)).items).toEqual([]);
    }
    const wide = await tools.kubectl(
      'get',
      'apiservices,clusterroles,clusterrolebindings',
      '-l',
      'metricslab.dev/lab',
      '-o',
      'name',
    );
    expect(wide).toBe('');
  });
});
