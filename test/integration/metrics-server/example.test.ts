import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { applyObject } from '../../../src/kube/apply.ts';
import { metricsServerManifests } from '../../../src/metrics-server/manifests.ts';
import { haveReal } from '../../helpers/real-binaries.ts';
import { MetricsCluster } from './metrics-cluster.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const EXAMPLE = join(ROOT, 'examples/files-adapter.ts');
const USER = 'files-adapter';
const Started = z.object({ url: z.string(), caBundle: z.string() });

describe.runIf(haveReal())('the example adapter, made with the library', () => {
  const metrics = new MetricsCluster('default');
  const { cluster } = metrics;
  const inbox = join(cluster.dir, 'inbox');
  let adapter: ChildProcess | undefined;

  beforeAll(async () => {
    // The example imports the package by its name, which means what was built.
    if (!existsSync(join(ROOT, 'dist/metrics-server/index.js')))
      execFileSync(process.execPath, [join(ROOT, 'scripts/build.ts')], { cwd: ROOT, stdio: 'inherit' });
    await cluster.start();
    for (const [folder, count] of [
      ['mails', 3],
      ['orders', 1],
    ] as const) {
      mkdirSync(join(inbox, folder), { recursive: true });
      for (let i = 0; i < count; i += 1) writeFileSync(join(inbox, folder, `${i}`), '');
    }
  });
  afterAll(async () => {
    if (adapter?.exitCode === null) {
      const exited = once(adapter, 'exit');
      adapter.kill('SIGTERM');
      await exited;
    }
    await cluster.close();
  });

  it('has fewer than 40 lines', () => {
    expect(readFileSync(EXAMPLE, 'utf8').trimEnd().split('\n').length).toBeLessThan(40);
  });

  it('answers through a real aggregator, with the certificate that it made', async () => {
    const env = { ...process.env, KUBECONFIG: cluster.kubeconfig(cluster.clientPair(USER), USER), INBOX: inbox };
    adapter = spawn(process.execPath, [EXAMPLE], { env, stdio: ['ignore', 'pipe', 'inherit'], cwd: ROOT });
    if (adapter.stdout === null) throw new Error('no output');
    const [line] = (await once(createInterface({ input: adapter.stdout }), 'line')) as [string];
    const { url, caBundle } = Started.parse(JSON.parse(line));
    const identity = { kind: 'User', name: USER } as const;
    const port = Number(new URL(url).port);
    for (const object of metricsServerManifests({
      lab: 'example',
      namespace: 'default',
      port,
      caBundle,
      identity,
      apis: ['external'],
    }))
      await applyObject(cluster.client, object, 'test');
    const read = async () => {
      const path = '/apis/external.metrics.k8s.io/v1beta1/namespaces/default/waiting_files';
      return await cluster.client.request('GET', path, undefined, { query: { labelSelector: 'folder=mails' } });
    };
    await expect.poll(async () => (await read()).status, { timeout: 60_000, interval: 300 }).toBe(200);
    expect(JSON.parse((await read()).text)).toMatchObject({
      items: [{ metricLabels: { folder: 'mails' }, value: '3' }],
    });
  });
});
