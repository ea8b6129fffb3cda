import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CliHome, finished } from '../helpers/cli.ts';
import { eventually, kubectl, statusOf } from '../helpers/lab-client.ts';
import { haveReal } from '../helpers/real-binaries.ts';
import { haveKind, kindFlags } from '../helpers/real-kind.ts';

const LAB = 'kind-recovery';
const NODE = `metrics-lab-${LAB}-control-plane`;
const docker = (...args: readonly string[]) => execFileSync('docker', args, { encoding: 'utf8' });
const clusters = () =>
  execFileSync('kind', ['get', 'clusters'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

describe.skipIf(!haveReal() || !haveKind())('a lab on kind outlives what happens to it', () => {
  const home = new CliHome();
  const up = ['up', '--lab', LAB, ...kindFlags(), '--sync-period', '2s'];
  const journal = () => {
    const path = join(home.dir, 'labs', LAB, 'journal.ndjson');
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  };
  /** Starts `up` and sends the signal once it is in that step. */
  const upUntil = async (step: string, signal: NodeJS.Signals) => {
    const before = journal().length;
    const child = home.start(up);
    const ending = finished(child);
    const begun = `"step":"${step}","state":"started"`;
    await eventually(
      `the step ${step}`,
      async () => journal().slice(before),
      (text) => text.includes(begun),
      120_000,
    );
    child.kill(signal);
    return ending;
  };

  beforeAll(() => {
    // A kubeconfig of the user's: nothing may change in it.
    mkdirSync(join(home.dir, '.kube'));
    writeFileSync(join(home.dir, '.kube/config'), 'current-context: mine\n');
  });
  afterAll(async () => {
    await home.run(['teardown', '--all', '--force']);
    home[Symbol.dispose]();
  });

  it('killed while kind makes the cluster: the half of it is known as the lab’s, and teardown removes it', async () => {
    const child = home.start(up);
    const ending = finished(child);
    await eventually(
      'its node',
      async () => docker('ps', '--format', '{{.Names}}'),
      (text) => text.includes(NODE),
      120_000,
    );
    child.kill('SIGKILL');
    await ending;
    await home.ok(['teardown', '--lab', LAB]);
    expect(clusters()).not.toContain(LAB);
  });

  it('Ctrl-C in the cluster step ends with 130, and the next `up` goes on to the end', async () => {
    const { code, stderr } = await upUntil('cluster', 'SIGINT');
    expect([code, stderr]).toEqual([130, expect.stringContaining('Ctrl-C again')]);
    await home.ok([...up]);
    expect((await statusOf(home, LAB)).problems).toEqual([]);
  });

  it.each(['images', 'queue', 'metrics-server', 'workload', 'hpa'])('Ctrl-C in the step %s: resumed', async (step) => {
    const { code } = await upUntil(step, 'SIGINT');
    // A step that finds everything right may be over before the signal arrives.
    expect([0, 130]).toContain(code);
    expect((await statusOf(home, LAB)).problems).toEqual([]);
  });

  it('a node that was stopped (as by a restart of Docker) is started again by `up`, and no item is lost', async () => {
    await home.ok(['publish', '10', '--lab', LAB]);
    await eventually(
      'all done',
      () => statusOf(home, LAB),
      ({ ledger }) => ledger?.processed === 10,
      120_000,
    );
    docker('stop', '--time', '20', NODE);
    const down = await home.run(['status', '--lab', LAB, '-o', 'json']);
    expect([down.code, down.stdout]).toEqual([0, expect.stringContaining('"ready": false')]);
    await home.ok(up);
    await eventually(
      'ready again',
      () => statusOf(home, LAB),
      ({ ready }) => ready,
      120_000,
    );
    expect((await statusOf(home, LAB)).ledger).toMatchObject({ published: 10, processed: 10, lost: 0 });
  });

  it('Docker away: every command says so with its exit code, and nothing is forgotten', async () => {
    const env = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };
    const again = await home.run(up, { env });
    expect([again.code, again.stderr]).toEqual([3, expect.stringContaining('ML-KIND-ENGINE-DOWN')]);
    const teardown = await home.run(['teardown', '--lab', LAB], { env });
    expect([teardown.code, teardown.stderr]).toEqual([3, expect.stringContaining('ML-KIND-ENGINE-DOWN')]);
    expect(existsSync(join(home.dir, 'labs', LAB, 'kind.json'))).toBe(true);
  });

  it('pods obey the standard `restricted`, and their logs can be read', async () => {
    const labels = await kubectl(home, LAB, 'get', 'namespace', 'metrics-lab', '-o', 'jsonpath={.metadata.labels}');
    expect(labels).toContain('"pod-security.kubernetes.io/enforce":"restricted"');
    const { stdout } = await home.ok(['logs', 'metrics-server', '--lab', LAB]);
    expect(stdout).toContain('metrics server listens');
    const root = ['exec', 'deploy/producer', '--', 'node', '-e', 'fs.writeFileSync("/app/x","")'];
    await expect(kubectl(home, LAB, ...root)).rejects.toThrow(/EROFS|read-only/);
  });

  it('a cluster of somebody else with the same name is left alone', async () => {
    using other = new CliHome();
    const { code, stderr } = await other.run(up);
    expect([code, stderr]).toEqual([5, expect.stringContaining('ML-KIND-NAME-TAKEN')]);
    await other.ok(['teardown', '--lab', LAB]);
    expect(clusters()).toContain(LAB);
  });

  it('the user’s kubeconfig is as it was; teardown leaves no cluster', async () => {
    await home.ok(['teardown', '--lab', LAB]);
    expect(clusters()).not.toContain(LAB);
    expect(readFileSync(join(home.dir, '.kube/config'), 'utf8')).toBe('current-context: mine\n');
  });
});
