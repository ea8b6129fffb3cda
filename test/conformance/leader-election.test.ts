import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kubeconfigText } from '../../src/kube/kubeconfig.ts';
import { type EmbeddedCluster, startEmbedded } from '../helpers/embedded-cluster.ts';
import { eventually } from '../helpers/lab-client.ts';
import { binDir, clientFlags, haveScheduler } from '../helpers/real-binaries.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const LEASES = '/coordination.k8s.io/leases/kube-system/';
const WITHIN_MS = 90_000;
/** Long enough that a busy machine does not cost the leader its lease; the test waits for one of them to run out. */
const ELECTION = [
  '--leader-elect=true',
  '--leader-elect-lease-duration=20s',
  '--leader-elect-renew-deadline=18s',
  '--leader-elect-retry-period=1s',
];

interface Elector {
  readonly child: ChildProcess;
  readonly log: () => string;
}

/** client-go's leader election, as kube-scheduler uses it: its Lease on our API says who leads. */
describe.skipIf(!haveScheduler())('leader election among kube-schedulers', () => {
  const dir = tempDir();
  const electors: Elector[] = [];
  /** Who held the lease, one after another; '' = it was released. */
  const holders: string[] = [];
  let renewals = 0;
  let cluster: EmbeddedCluster;

  beforeAll(async () => {
    cluster = await startEmbedded(dir.path);
    const { store } = cluster.server;
    store.watch(LEASES, store.version, ({ entry }) => {
      const { holderIdentity = '' } = entry.object['spec'] as { readonly holderIdentity?: string };
      renewals += 1;
      if (holders.at(-1) !== holderIdentity) holders.push(holderIdentity);
    });
  });
  afterAll(async () => {
    for (const { child } of electors) await end(child, 'SIGKILL');
    cluster.stop();
    dir[Symbol.dispose]();
  });

  async function start(): Promise<Elector> {
    const name = `elector-${electors.length}`;
    const read = (path: string) => readFileSync(path, 'utf8');
    const { ca, scheduler } = cluster.pki;
    const pems = { ca: read(ca.cert), cert: read(scheduler.cert), key: read(scheduler.key) };
    const kubeconfig = join(dir.path, `${name}.kubeconfig`);
    writeFileSync(kubeconfig, kubeconfigText({ server: cluster.url, context: name, ...pems }), { mode: 0o600 });
    const path = join(dir.path, `${name}.log`);
    const log = openSync(path, 'a');
    const flags = [...(await clientFlags(kubeconfig)), '--kube-api-content-type=application/json', ...ELECTION];
    const child = spawn(join(binDir(), 'kube-scheduler'), flags, { stdio: ['ignore', log, log] });
    const elector = { child, log: () => read(path) };
    electors.push(elector);
    return elector;
  }
  const until = (what: string, right: () => boolean) =>
    eventually(what, () => Promise.resolve({ holders, logs: electors.map(({ log }) => log()) }), right, WITHIN_MS);

  test('one leads; the other takes over when it gives up, and when it is killed', async () => {
    const first = await start();
    await until('a leader', () => holders.length === 1);
    const second = await start();
    await until('a candidate', () => /attempting to acquire leader lease/i.test(second.log()));
    const before = renewals;
    await until('renewals beside the candidate', () => renewals >= before + 3);
    expect(holders).toHaveLength(1);

    await end(first.child, 'SIGTERM');
    await until('the second one leads', () => holders.length === 3);
    await start();
    await end(second.child, 'SIGKILL');
    await until('the third one leads', () => holders.length === 4);
    // Given up by the first, run out for the second.
    expect(holders.map((holder) => holder !== '')).toEqual([true, false, true, true]);
    expect(new Set(holders)).toHaveProperty('size', 4);
  }, 300_000);
});

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}
