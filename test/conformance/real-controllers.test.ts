import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { kubeconfigText } from '../../src/kube/kubeconfig.ts';
import { freePort } from '../../src/platform/free-port.ts';
import { CliHome } from '../helpers/cli.ts';
import { eventually, kubectl, statusOf } from '../helpers/lab-client.ts';
import { binDir, haveReal } from '../helpers/real-binaries.ts';

const LAB = 'judge';
const OURS_OFF = ['hpa', 'deployment', 'replicaset'].flatMap((name) => ['--disable-controller', name]);
const UP = [
  'up',
  '--lab',
  LAB,
  '--backend',
  'embedded',
  '--sync-period',
  '3s',
  '--scale-down-window',
  '5s',
  ...OURS_OFF,
];

/** The real kube-controller-manager in place of our controllers: the lab's story holds, so our API is what it expects. */
describe.skipIf(!haveReal('redis-server'))('kube-controller-manager on the embedded API', () => {
  const home = new CliHome();
  const dir = join(home.dir, 'labs', LAB);
  let manager: ChildProcess | undefined;

  afterAll(async () => {
    if (manager?.exitCode === null) {
      const ended = once(manager, 'exit');
      manager.kill('SIGKILL');
      await ended;
    }
    await home.run(['teardown', '--lab', LAB, '--force']);
    home[Symbol.dispose]();
  });

  /** Once the cluster is there, which is before `up` is through: it waits for what these controllers do. */
  async function startManager(): Promise<void> {
    const find = () => Promise.resolve().then(() => readFileSync(join(dir, 'kubeconfig'), 'utf8'));
    const admin = await eventually('the kubeconfig', find, (text) => text.includes('server:'), 60_000);
    await eventually(
      'the API',
      () => kubectl(home, LAB, 'get', 'nodes'),
      () => true,
      60_000,
    );
    const server = /server: "?([^"\s]+)/.exec(admin)?.[1] ?? '';
    const pki = (name: string) => readFileSync(join(dir, 'pki', name), 'utf8');
    const access = {
      server,
      context: 'judge',
      ca: pki('ca.crt'),
      cert: pki('controller-manager.crt'),
      key: pki('controller-manager.key'),
    };
    const kubeconfig = join(home.dir, 'manager.kubeconfig');
    writeFileSync(kubeconfig, kubeconfigText(access), { mode: 0o600 });
    const log = openSync(join(home.dir, 'manager.log'), 'a');
    const flags = [
      `--kubeconfig=${kubeconfig}`,
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${await freePort()}`,
      '--leader-elect=false',
      '--use-service-account-credentials=true',
      `--service-account-private-key-file=${join(dir, 'pki', 'sa.key')}`,
      '--kube-api-content-type=application/json',
      '--controllers=deployment-controller,replicaset-controller,horizontal-pod-autoscaler-controller',
      '--horizontal-pod-autoscaler-sync-period=3s',
      '--feature-gates=HPAScaleToZero=true',
    ];
    manager = spawn(join(binDir(), 'kube-controller-manager'), flags, { stdio: ['ignore', log, log] });
  }

  it('publish → scale → drain', async () => {
    const up = home.ok(UP);
    await startManager();
    await up;
    await home.ok(['publish', '30', '--lab', LAB]);
    await home.ok(['watch', 'hpa', '--lab', LAB, '--until', 'desired>=5', '--for', '60s']);
    await eventually(
      'all done',
      () => statusOf(home, LAB),
      ({ ledger }) => ledger?.processed === 30,
      120_000,
    );
    await home.ok(['watch', 'hpa', '--lab', LAB, '--until', 'current==1', '--for', '2m']);
    expect((await statusOf(home, LAB)).ledger).toMatchObject({ published: 30, processed: 30, lost: 0, dead: 0 });
    const events = await kubectl(home, LAB, 'get', 'events', '-o', 'jsonpath={.items[*].reportingComponent}');
    for (const component of ['deployment-controller', 'replicaset-controller', 'horizontal-pod-autoscaler']) {
      expect(events).toContain(component);
    }
    expect(manager?.exitCode).toBeNull();
  }, 300_000);
});
