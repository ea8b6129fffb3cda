import { createServer, type Server, type Socket } from 'node:net';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ExplainedHpa, ExplanationSchema } from '../../../src/explain/explanation.ts';
import { applyObject } from '../../../src/kube/apply.ts';
import { CliHome } from '../../helpers/cli.ts';
import { eventually } from '../../helpers/lab-client.ts';
import { haveReal } from '../../helpers/real-binaries.ts';
import { RealCluster } from '../../helpers/real-cluster.ts';
import { hpaObject, HPAS, hostile, widgetCrd } from './objects.ts';

/** Clusters as they are: no metrics APIs, no rights, targets that cannot scale, texts that mean harm. */
describe.skipIf(!haveReal())('explain hpa on a real API server', () => {
  const home = new CliHome();
  const cluster = new RealCluster();
  let admin = '';

  beforeAll(async () => {
    await cluster.start();
    admin = cluster.kubeconfig(cluster.pki.admin, 'admin');
    await cluster.client.json('POST', '/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'shop' },
    });
    for (const object of HPAS) await applyObject(cluster.client, object, 'test');
  });
  afterAll(async () => {
    await cluster.close();
    home[Symbol.dispose]();
  });

  let started: Promise<void> | undefined;
  const controllers = () => (started ??= cluster.startControllers(1));
  const explain = (...args: readonly string[]) =>
    home.run(['explain', 'hpa', ...args, '-n', 'shop', '--kubeconfig', admin]);
  async function explained(name: string): Promise<ExplainedHpa> {
    const { stdout, stderr } = await explain(name, '-o', 'json');
    const [hpa] = stdout === '' ? [] : ExplanationSchema.parse(JSON.parse(stdout)).hpas;
    if (hpa === undefined) throw new TypeError(stderr);
    return hpa;
  }
  const idsOf = ({ findings }: ExplainedHpa) => findings.map(({ id }) => id);
  const synced = (name: string, id: string) =>
    eventually(
      `${name}: ${id}`,
      () => explained(name),
      (hpa) => idsOf(hpa).includes(id),
      60_000,
    );

  // Before any controller is there that would write its own status.
  it('shows control characters of the cluster and obeys none', async () => {
    await cluster.client.patch(
      '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers/unwatched/status',
      'merge',
      { status: hostile },
    );
    for (const args of [[], ['-o', 'wide'], ['-o', 'json'], ['-o', 'yaml']]) {
      const { stdout, stderr } = await explain('unwatched', ...args, '--color', 'never');
      expect(stdout).toMatch(/2J/);
      expect(stdout + stderr).not.toMatch(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202E]/);
    }
    const scan = await home.run(['explain', 'hpa', '-A', '-o', 'sarif', '--kubeconfig', admin]);
    expect(scan.stdout).not.toMatch(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202E]/);
    const junit = await home.run(['explain', 'hpa', '-A', '-o', 'junit', '--kubeconfig', admin]);
    expect(junit.stdout).not.toMatch(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202E]/);
  });

  it.each([
    ['no-api-external', 'external-metric-not-found-404'],
    ['no-api-pods', 'no-custom-metrics-api'],
    ['no-target', 'failedgetscale'],
    ['no-scale', 'failedgetscale'],
    ['strange-kind', 'failedgetscale'],
  ])('%s: %s', async (name, id) => {
    await controllers();
    const hpa = await synced(name, id);
    expect(hpa.unknown).toEqual([]);
    expect(idsOf(hpa).filter((other) => other !== id && other !== 'targets-unknown')).toEqual([]);
  });

  it('says that an object without scale exists', async () => {
    await controllers();
    await cluster.client.json('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', widgetCrd);
    const path = '/apis/example.com/v1/namespaces/shop/widgets';
    await eventually(
      'the widgets API',
      () => cluster.client.request('GET', path),
      ({ status }) => status === 200,
      30_000,
    );
    await cluster.client.json('POST', path, {
      apiVersion: 'example.com/v1',
      kind: 'Widget',
      metadata: { name: 'web' },
    });
    await applyObject(
      cluster.client,
      hpaObject('widget', { scaleTargetRef: { apiVersion: 'example.com/v1', kind: 'Widget', name: 'web' } }),
      'test',
    );
    const { findings } = await synced('widget', 'failedgetscale');
    expect(findings[0]?.title).toContain('the object exists, so Widget has no scale subresource');
  });

  it('takes 50 metrics', async () => {
    await controllers();
    const hpa = await synced('many', 'external-metric-not-found-404');
    expect(hpa.chain.filter(({ step }) => step === 'metric-failed')).toHaveLength(50);
  });

  it('tells a user without any right which one is missing', async () => {
    const nobody = cluster.kubeconfig(cluster.clientPair('nobody'), 'nobody');
    const { code, stderr } = await home.run(['explain', 'hpa', 'many', '-n', 'shop', '--kubeconfig', nobody]);
    expect(code).toBe(7);
    expect(stderr).toContain('ML-EXPLAIN-FORBIDDEN');
    expect(stderr).toContain(
      'a Role in namespace shop with {apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"]',
    );
    const all = await home.run(['explain', 'hpa', '-A', '--kubeconfig', nobody]);
    expect(all.stderr).toContain('a ClusterRole with');
  });

  it('names the nearest HPAs when there is none of that name', async () => {
    const { code, stderr } = await explain('no-targt');
    expect(code).toBe(4);
    expect(stderr).toContain('no-target');
  });

  it('gives up on an API server that does not answer', async () => {
    const sockets = new Set<Socket>();
    const silent: Server = createServer((socket) => sockets.add(socket));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    const slow = join(home.dir, 'slow.kubeconfig');
    writeFileSync(slow, readFileSync(admin, 'utf8').replace(/server: .*/, `server: https://127.0.0.1:${port}`));
    const { code, stderr } = await home.run(['explain', 'hpa', '--kubeconfig', slow, '--timeout', '1s']);
    for (const socket of sockets) socket.destroy();
    silent.close();
    expect(code).toBe(7);
    expect(stderr).toContain('no answer within 1 s');
    expect(stderr).toContain('ML-KUBE-AWAY');
  });

  it.each(['explain hpa', 'explain hpa --watch', 'inspect hpa', 'doctor', 'metric get queue'])(
    'advises for a cluster that is no lab what helps there: %s',
    async (command) => {
      const down = join(home.dir, 'down.kubeconfig');
      writeFileSync(down, readFileSync(admin, 'utf8').replace(/server: .*/, 'server: https://127.0.0.1:1'));
      const { code, stdout, stderr } = await home.run([...command.split(' '), '--kubeconfig', down]);
      expect(code).toBe(7);
      expect(stdout + stderr).toContain('https://127.0.0.1:1');
      expect(stdout + stderr).toContain('--context');
      expect(stdout + stderr).not.toContain('metrics-lab up');
    },
  );
});
