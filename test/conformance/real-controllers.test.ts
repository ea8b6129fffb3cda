import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { kubeconfigText } from '../../src/kube/kubeconfig.ts';
import { CliHome } from '../helpers/cli.ts';
import { eventually, kubectl, statusOf } from '../helpers/lab-client.ts';
import { binDir, clientFlags, haveReal, haveScheduler } from '../helpers/real-binaries.ts';

const LAB = 'judge';
const OURS_OFF = ['hpa', 'deployment', 'replicaset', 'scheduler'].flatMap((name) => ['--disable-controller', name]);
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

const READY = haveReal('redis-server') && haveScheduler();

/** The real controllers and scheduler in place of ours: the lab's story holds, so our API is what they expect. */
describe.skipIf(!READY)('kube-controller-manager and kube-scheduler on the embedded API', () => {
  const home = new CliHome();
  const dir = join(home.dir, 'labs', LAB);
  const running: ChildProcess[] = [];

  afterAll(async () => {
    for (const child of running.filter(({ exitCode }) => exitCode === null)) {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
    await home.run(['teardown', '--lab', LAB, '--force']);
    home[Symbol.dispose]();
  });

  /** `pair`: the certificate of the lab that is made for this program. */
  async function start(program: string, pair: string, ...more: readonly string[]): Promise<void> {
    const admin = readFileSync(join(dir, 'kubeconfig'), 'utf8');
    const pki = (name: string) => readFileSync(join(dir, 'pki', name), 'utf8');
    const access = {
      server: /server: "?([^"\s]+)/.exec(admin)?.[1] ?? '',
      context: 'judge',
      ca: pki('ca.crt'),
      cert: pki(`${pair}.crt`),
      key: pki(`${pair}.key`),
    };
    const kubeconfig = join(home.dir, `${program}.kubeconfig`);
    writeFileSync(kubeconfig, kubeconfigText(access), { mode: 0o600 });
    const log = openSync(join(home.dir, `${program}.log`), 'a');
    const flags = [
      ...(await clientFlags(kubeconfig)),
      '--leader-elect=false',
      '--kube-api-content-type=application/json',
      ...more,
    ];
    running.push(spawn(join(binDir(), program), flags, { stdio: ['ignore', log, log] }));
  }

  /** Once the cluster is there, which is before `up` is through: it waits for what these do. */
  async function startReal(): Promise<void> {
    const nodes = () => kubectl(home, LAB, 'get', 'nodes');
    await eventually('the API', nodes, () => true, 60_000);
    await start(
      'kube-controller-manager',
      'controller-manager',
      '--use-service-account-credentials=true',
      `--service-account-private-key-file=${join(dir, 'pki', 'sa.key')}`,
      '--controllers=deployment-controller,replicaset-controller,horizontal-pod-autoscaler-controller',
      '--horizontal-pod-autoscaler-sync-period=3s',
      '--feature-gates=HPAScaleToZero=true',
    );
    await start('kube-scheduler', 'scheduler');
  }

  it('publish → scale → drain', async () => {
    await Promise.all([home.ok([...UP, '--timeout', '90s']), startReal()]);
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
    const seen = '{range .items[*]}{.reportingComponent} {.action}{"\\n"}{end}';
    const events = await kubectl(home, LAB, 'get', 'events', '-o', `jsonpath=${seen}`);
    // The action is what tells the scheduler's own event from that of our node.
    const actors = ['deployment-controller', 'replicaset-controller', 'horizontal-pod-autoscaler'];
    for (const text of [...actors, 'default-scheduler Binding']) expect(events).toContain(text);
    expect(running.map(({ exitCode }) => exitCode)).toEqual([null, null]);
  }, 300_000);
});
