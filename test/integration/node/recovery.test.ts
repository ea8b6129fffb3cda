import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { haveReal } from '../../helpers/real-binaries.ts';
import { eventually, NodeCluster } from './cluster.ts';
import { deployment, pod } from './objects.ts';
import { identified } from './processes.ts';

describe.runIf(haveReal())('the process node after crashes', () => {
  const cluster = new NodeCluster();
  const children = () =>
    identified(cluster.dir).flatMap(({ pid, env }) => (env['METRICS_LAB_CONTAINER'] === undefined ? [] : [pid]));
  const running = (label: string, count: number) =>
    eventually(`${count} running pods`, async () => {
      const pods = await cluster.kubectl('get', 'pods', '-l', `app=${label}`);
      return (pods.match(/1\/1 +Running/g) ?? []).length === count && pods;
    });
  beforeAll(() => cluster.start());
  afterAll(() => cluster.close());

  it('ends what an earlier run left and goes on counting after kill -9', async () => {
    await cluster.apply(deployment('web', { replicas: 3 }));
    await running('web', 3);
    const before = children();
    expect(before).toHaveLength(3);
    await cluster.kill('node');
    await cluster.startNode();
    await eventually('one restart each', async () => {
      const counts = await cluster.kubectl('get', 'pods', '-l', 'app=web', '-o', 'jsonpath={..restartCount}');
      return counts === '1 1 1';
    });
    await running('web', 3);
    expect(children().filter((pid) => before.includes(pid))).toEqual([]);
    expect(children()).toHaveLength(3);
    const pods = await cluster.kubectl('get', 'pods', '-l', 'app=web', '-o', 'name');
    const previous = await cluster.kubectl('logs', pods.split('\n')[0] ?? '', '--previous');
    expect(previous).toContain('hello from web');
  });

  it('ends the processes of pods that were deleted while it was down', async () => {
    await cluster.apply(pod('lonely', { env: { IGNORE_TERM: '1' } }));
    await eventually('it runs', async () => (await cluster.kubectl('get', 'pod', 'lonely')).includes('Running'));
    await cluster.kill('node');
    await cluster.kubectl('delete', 'pod', 'lonely', '--force', '--grace-period=0');
    await cluster.startNode();
    // Reaped before the node registers, so before anything is started anew.
    expect(identified(cluster.dir).some(({ env }) => env['HOSTNAME'] === 'lonely')).toBe(false);
    await eventually('three children', async () => children().length === 3);
    await running('web', 3);
  });

  it('outlives the API server: pods run on, and what happened meanwhile is reported', async () => {
    const before = children();
    await cluster.kill('kube-apiserver');
    process.kill(before[0] ?? 0, 'SIGKILL');
    await eventually('a new process', async () => children().length === 3 && !children().includes(before[0] ?? 0));
    await cluster.startApiServer();
    await eventually('the restart', async () => {
      const counts = await cluster.kubectl('get', 'pods', '-l', 'app=web', '-o', 'jsonpath={..restartCount}');
      return counts.split(' ').sort().join(' ') !== '' && sum(counts) > 3 && counts;
    });
    await running('web', 3);
    const lease = ['get', 'lease', '-n', 'kube-node-lease', 'node-1', '-o', 'jsonpath={.spec.renewTime}'];
    const renewed = await cluster.kubectl(...lease);
    await eventually('a renewed lease', async () => (await cluster.kubectl(...lease)) !== renewed);
  });

  it('has exactly the processes of its pods after a storm of scaling and kill -9', async () => {
    for (const [round, replicas] of [12, 2, 15, 0, 10].entries()) {
      await cluster.kubectl('scale', 'deployment/web', `--replicas=${replicas}`);
      if (round % 2 === 1) continue;
      await cluster.kill('node');
      await cluster.startNode();
    }
    await cluster.kubectl('scale', 'deployment/web', '--replicas=6');
    await eventually('six pods and no other', async () => {
      const pods = await cluster.kubectl('get', 'pods', '-l', 'app=web', '--no-headers');
      return pods.trim().split('\n').length === 6 && (pods.match(/1\/1 +Running/g) ?? []).length === 6;
    });
    await eventually('six processes', async () => children().length === 6);
    const names = (await cluster.kubectl('get', 'pods', '-l', 'app=web', '-o', 'jsonpath={..metadata.name}')).split(
      ' ',
    );
    const hosts = identified(cluster.dir).flatMap(({ env }) => (env['METRICS_LAB_CONTAINER'] ? [env['HOSTNAME']] : []));
    expect(new Set(hosts)).toEqual(new Set(names));
  });

  it('leaves no process behind when it is stopped', async () => {
    expect(children().length).toBeGreaterThan(0);
    await cluster.kill('node', 'SIGTERM');
    expect(children()).toEqual([]);
  });
});

function sum(counts: string): number {
  return counts.split(' ').reduce((total, count) => total + Number(count), 0);
}
