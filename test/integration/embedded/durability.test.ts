import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ClusterPki, ensureClusterPki } from '../../../src/clusters/pki/cluster-pki.ts';
import type { KubeClient } from '../../../src/contracts/kube-client.ts';
import { kubeClient } from '../../../src/kube/client.ts';
import { realClock } from '../../../src/platform/clock.ts';
import { nodeFiles } from '../../../src/platform/files.ts';
import { freePort } from '../../../src/platform/free-port.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

const PROGRAM = join(import.meta.dirname, '../../../src/cli/programs/embedded-apiserver.ts');
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';

describe('the embedded API as a process', () => {
  test('loses no acknowledged write when it is killed, and goes on with rising versions', async () => {
    using dir = tempDir();
    const server = await prepare(dir.path);
    let child = await start(server);
    const acknowledged: { readonly name: string; readonly version: number }[] = [];
    try {
      for (let round = 0; round < 3; round += 1) {
        // Written as fast as possible, and killed in the middle.
        const writers = Array.from({ length: 8 }, (_, writer) => `r${round}-${writer}`);
        const writing = Promise.all(writers.map((name) => write(server.client, name, acknowledged)));
        while (acknowledged.length < (round + 1) * 100) await realClock.sleep(1);
        child.kill('SIGKILL');
        await once(child, 'exit');
        await writing;
        child = await start(server);
        const list = (await server.client.json('GET', CONFIG_MAPS)) as ConfigMaps;
        const versions = new Map(list.items.map(({ metadata }) => [metadata.name, Number(metadata.resourceVersion)]));
        expect(acknowledged.filter(({ name, version }) => versions.get(name) !== version)).toEqual([]);
        expect(Number(list.metadata.resourceVersion)).toBeGreaterThanOrEqual(Math.max(...versions.values()));
      }
    } finally {
      child.kill('SIGKILL');
      server.client.close();
    }
  });

  test('ends on SIGTERM', async () => {
    using dir = tempDir();
    const server = await prepare(dir.path);
    const child = await start(server);
    child.kill('SIGTERM');
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(0);
    server.client.close();
  });
});

interface ConfigMaps {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly { readonly metadata: { readonly name: string; readonly resourceVersion: string } }[];
}

interface Server {
  readonly config: string;
  readonly client: KubeClient;
}

async function prepare(dir: string): Promise<Server> {
  const ports = { files: nodeFiles, now: () => Date.now() };
  const pki = ensureClusterPki(ports, join(dir, 'pki'), { serviceIp: '10.96.0.1', nodeName: 'node' });
  const port = await freePort();
  const config = join(dir, 'config.json');
  writeFileSync(config, JSON.stringify(configuration(pki, port, join(dir, 'state'))));
  const read = (path: string) => readFileSync(path, 'utf8');
  const client = kubeClient({
    server: `https://127.0.0.1:${port}`,
    context: 'lab',
    ca: read(pki.ca.cert),
    cert: read(pki.admin.cert),
    key: read(pki.admin.key),
  });
  return { config, client };
}

function configuration(pki: ClusterPki, port: number, stateDir: string): unknown {
  const pair = ({ cert, key }: { readonly cert: string; readonly key: string }) => ({ certFile: cert, keyFile: key });
  return {
    port,
    stateDir,
    serving: pair(pki.apiServer),
    clientCaFile: pki.ca.cert,
    frontProxy: { ...pair(pki.frontProxyClient), caFile: pki.frontProxyCa.cert },
    hpaClient: pair(pki.controllerManager),
    kubeletClient: pair(pki.apiServerKubeletClient),
    serviceAccounts: { keyFile: pki.serviceAccounts.key, publicKeyFile: pki.serviceAccounts.pub },
    disabledControllers: ['all'],
  };
}

async function start({ config, client }: Server): Promise<ChildProcess> {
  const env = { ...process.env, EMBEDDED_CONFIG: config, NODE_NO_WARNINGS: '1' };
  const child = spawn(process.execPath, [PROGRAM], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  for (;;) {
    const answer = await client.request('GET', '/readyz').catch(() => undefined);
    if (answer?.status === 200) return child;
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    await realClock.sleep(20);
  }
}

/** Creates until the connection breaks; what was answered counts as acknowledged. */
async function write(client: KubeClient, prefix: string, done: { name: string; version: number }[]): Promise<void> {
  for (let at = 0; ; at += 1) {
    const name = `${prefix}-${at}`;
    const answer = await client.request('POST', CONFIG_MAPS, { metadata: { name } }).catch(() => undefined);
    if (answer === undefined) return;
    if (answer.status !== 201) throw new Error(answer.text);
    const { metadata } = JSON.parse(answer.text) as { metadata: { resourceVersion: string } };
    done.push({ name, version: Number(metadata.resourceVersion) });
  }
}
