import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { haveReal } from '../../helpers/real-binaries.ts';
import { eventually, NodeCluster } from './cluster.ts';
import { deployment, pod } from './objects.ts';

describe.runIf(haveReal())('the process node with the real kube-scheduler', () => {
  const cluster = new NodeCluster();
  const field = (name: string, path: string) => cluster.kubectl('get', 'pod', name, '-o', `jsonpath={${path}}`);
  beforeAll(() => cluster.start({ capacity: { cpu: '1', memory: '1Gi', pods: 3 }, scheduler: true }));
  afterAll(() => cluster.close());

  it('runs what the scheduler binds, and no more', async () => {
    await cluster.apply(deployment('web', { replicas: 4 }));
    await eventually('three run', async () => {
      const pods = await cluster.kubectl('get', 'pods');
      return (pods.match(/1\/1 +Running/g) ?? []).length === 3 && /0\/1 +Pending/.test(pods);
    });
    const [pending = ''] = (
      await cluster.kubectl('get', 'pods', '--field-selector=status.phase=Pending', '-o', 'name')
    ).split('\n');
    expect(await cluster.kubectl('describe', pending)).toContain('0/1 nodes are available: 1 Too many pods.');
  });

  it('refuses a pod that is bound past the scheduler and does not fit', async () => {
    await cluster.apply(pod('forced', { spec: { nodeName: 'node-1' } }));
    await eventually('it is refused', async () => (await field('forced', '.status.reason')) === 'OutOfpods');
    expect(await field('forced', '.status.phase')).toBe('Failed');
    expect(await field('forced', '.status.message')).toContain("Node didn't have enough resource: pods");
    await cluster.kubectl('delete', 'pod', 'forced', '--timeout=10s');
    await cluster.kubectl('delete', 'deployment', 'web', '--cascade=foreground', '--timeout=30s');
  });

  it('probes by command and by TCP, and runs preStop before SIGTERM', async () => {
    const mark = join(cluster.dir, 'hooks');
    const command = ['sh', '-c', `echo "preStop of $HOSTNAME" >> ${mark}`];
    const container = {
      startupProbe: { tcpSocket: { port: 'http' }, periodSeconds: 1 },
      readinessProbe: { exec: { command: ['sh', '-c', 'test -n "$PORT"'] }, periodSeconds: 1 },
      lifecycle: { preStop: { exec: { command } } },
    };
    await cluster.apply(pod('probed', { env: { MARK: mark }, container }));
    await cluster.kubectl('wait', '--for=condition=Ready', 'pod/probed', '--timeout=20s');
    await cluster.kubectl('delete', 'pod', 'probed', '--timeout=10s');
    expect(readFileSync(mark, 'utf8')).toBe('probed start\npreStop of probed\nprobed term\n');
  });

  it('refuses volumes and sidecars aloud', async () => {
    const volumes = { volumes: [{ name: 'data', emptyDir: {} }] };
    const volumeMounts = [{ name: 'data', mountPath: '/data' }];
    await cluster.apply(pod('volume', { container: { volumeMounts }, spec: volumes }));
    await eventually('the reason', async () =>
      (await field('volume', '.status.containerStatuses[0].state.waiting.message')).includes(
        'volume "data" (emptyDir): the process node does not support volumes',
      ),
    );
    expect(await field('volume', '.status.phase')).toBe('Pending');
    await cluster.kubectl('delete', 'pod', 'volume', '--timeout=10s');
  });

  it('runs a Job to its end', async () => {
    const template = { ...pod('job', { env: { EXIT_AFTER_MS: '100' }, spec: { restartPolicy: 'Never' } }) } as {
      spec: object;
    };
    await cluster.apply({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'job' },
      spec: { completions: 3, parallelism: 2, template: { spec: template.spec } },
    });
    await cluster.kubectl('wait', '--for=condition=Complete', 'job/job', '--timeout=30s');
    expect(await cluster.kubectl('logs', 'job/job')).toContain('hello from job-');
    await cluster.kubectl('delete', 'job', 'job', '--cascade=foreground', '--timeout=30s');
  });
});
