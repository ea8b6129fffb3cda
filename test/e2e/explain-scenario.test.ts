import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ScenarioRunSchema } from '../../src/cli/scenario/document-schema.ts';
import { ExplanationSchema } from '../../src/explain/explanation.ts';
import { CliHome, finished } from '../helpers/cli.ts';
import { eventually, kubectl } from '../helpers/lab-client.ts';
import { binDir, haveReal } from '../helpers/real-binaries.ts';

const SCENARIO = (seconds: number, threshold: string) => `apiVersion: metricslab.dev/v1
kind: Scenario
metadata: {name: own}
for: ${seconds}s
load:
  stages: [{publish: 2}]
thresholds: ['${threshold}']
`;

/** `explain` and `scenario` against the real controller, which decides; the twin has to come to the same. */
describe.skipIf(!haveReal('redis-server'))('explain and scenarios on a real control plane', () => {
  const home = new CliHome();
  const kubeconfig = join(home.dir, 'labs', 'lab', 'kubeconfig');

  beforeAll(async () => {
    const up = ['up', '--backend', 'native', '--min', '0', '--max', '4', '--sync-period', '5s'];
    await home.ok([...up, '--scale-down-window', '10s', '--bin-dir', binDir()]);
  });
  afterAll(async () => {
    await home.run(['teardown', '--force']);
    home[Symbol.dispose]();
  });

  async function explained() {
    const { stdout } = await home.ok(['explain', 'hpa', 'consumer', '-o', 'json']);
    const [hpa] = ExplanationSchema.parse(JSON.parse(stdout)).hpas;
    if (hpa === undefined) throw new TypeError(`no HPA in ${stdout}`);
    return hpa;
  }

  it('agrees with the controller at zero replicas, and names the value that is none', async () => {
    const at = await eventually(
      'zero replicas',
      explained,
      ({ desired, computed }) => desired === 0 && computed === 0,
      60_000,
    );
    expect(at.differences.filter(({ field }) => field === 'desiredReplicas')).toEqual([]);
    const status = 'jsonpath={.status.currentMetrics[0].external.current.averageValue}';
    const shown = await eventually(
      'the value at zero replicas',
      () => kubectl(home, 'lab', 'get', 'hpa', 'consumer', '-o', status),
      (text) => text === '-9223372036854775808m' || (process.arch === 'arm64' && text === '0'),
      60_000,
    );
    const { findings } = await explained();
    expect(findings).toMatchObject([{ id: 'zero-replica-averagevalue-underflow' }]);
    expect(findings[0]?.title).toContain(shown);
  });

  it('agrees with the controller at max under load', async () => {
    await home.ok(['publish', '400']);
    const at = await eventually(
      'max replicas',
      explained,
      ({ desired, computed, decision }) => desired === 4 && computed === 4 && decision?.includes('max 4') === true,
      60_000,
    );
    expect(at.chain.find(({ limit }) => limit)).toMatchObject({ step: 'bounds', result: 4 });
    expect(await kubectl(home, 'lab', 'get', 'hpa', 'consumer', '-o', 'jsonpath={.status.desiredReplicas}')).toBe('4');
  });

  it('gives the same findings from a recording, and a scan of all namespaces that can fail a pipeline', async () => {
    const file = join(home.dir, 'bundle.json');
    const live = await home.ok(['explain', 'hpa', 'consumer', '--for', '3s', '--record', file, '-o', 'json']);
    const offline = await home.ok(['explain', 'hpa', '--from', file, '-o', 'json']);
    const { hpas } = ExplanationSchema.parse(JSON.parse(live.stdout));
    expect(hpas[0]?.findings.map(({ id }) => id)).toContain('at-maxreplicas');
    expect(ExplanationSchema.parse(JSON.parse(offline.stdout)).hpas).toEqual(hpas);
    expect(statSync(file).mode & 0o777).toBe(0o600);

    const scan = await home.run(['explain', 'hpa', '-A', '--fail-on', 'warning', '-o', 'junit']);
    expect(scan.code).toBe(99);
    expect(scan.stdout).toContain('<failure type="warning at-maxreplicas"');
    expect((await home.run(['explain', 'hpa', '-A', '--fail-on', 'error'])).code).toBe(0);
  });

  it('follows the decisions of the real controller, and tells what happened before', async () => {
    const watched = await home.ok(['explain', 'hpa', 'consumer', '--watch', '--for', '3s', '-o', 'ndjson']);
    const [first] = watched.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(first).toMatchObject({ name: 'consumer', to: 4, origin: 'computed' });
    const { stdout } = await home.ok(['explain', 'hpa', 'consumer', '--since', '10m']);
    expect(stdout).toMatch(/What happened:\n(.*\n)*.*SuccessfulRescale: New size: 4/);
  });

  it('reads any kubeconfig, and says what is not there', async () => {
    const any = await home.ok(['explain', 'hpa', '--kubeconfig', kubeconfig, '-n', 'metrics-lab']);
    expect(any.stdout).toContain('HPA metrics-lab/consumer of Deployment/consumer');
    const missing = await home.run(['explain', 'hpa', 'consumr']);
    expect(missing.code).toBe(4);
    expect(missing.stderr).toContain('consumer');
    const dead = join(home.dir, 'dead.kubeconfig');
    writeFileSync(dead, readFileSync(kubeconfig, 'utf8').replace(/server: .*/, 'server: https://127.0.0.1:1'));
    expect((await home.run(['explain', 'hpa', '--kubeconfig', dead])).code).toBe(7);
  });

  it('calls unknown what this user may not read', async () => {
    await kubectl(home, 'lab', 'create', 'serviceaccount', 'reader');
    await kubectl(
      home,
      'lab',
      'create',
      'role',
      'hpas',
      '--verb=get,list',
      '--resource=horizontalpodautoscalers.autoscaling',
    );
    await kubectl(home, 'lab', 'create', 'rolebinding', 'hpas', '--role=hpas', '--serviceaccount=metrics-lab:reader');
    const token = (await kubectl(home, 'lab', 'create', 'token', 'reader')).trim();
    const access = join(home.dir, 'reader.kubeconfig');
    const own = readFileSync(kubeconfig, 'utf8').replace(/^ *client-(certificate|key)-data: .*\n/gm, '');
    writeFileSync(access, own.replace(/^(\s*)user:\s*(\{\})?$/m, `$1user: {token: ${token}}`));
    const { stdout } = await home.ok(['explain', 'hpa', '--kubeconfig', access, '-n', 'metrics-lab']);
    expect(stdout).toContain('unknown: cannot get Deployment consumer (403)');
    expect(stdout).toContain(
      'ask for a Role in namespace metrics-lab with {apiGroups: ["apps"], resources: ["deployments"]',
    );
    // What the HPA itself says is still told.
    expect(stdout).toContain('[at-maxreplicas]');
  });

  it('runs a shipped scenario to its end and keeps the results', async () => {
    await eventually('an idle lab', explained, ({ desired }) => desired === 0, 240_000);
    const { stdout, stderr } = await home.ok(['scenario', 'run', 'first-scale', '-o', 'json']);
    const run = JSON.parse(stdout);
    const { apiVersion: _, kind: _kind, ...data } = run;
    expect(ScenarioRunSchema.parse(data)).toEqual(data);
    expect(run).toMatchObject({ kind: 'ScenarioRun', complete: true, summary: { ledger: { processed: 30, lost: 0 } } });
    expect(run.expectations.every(({ passed }: { readonly passed: boolean }) => passed)).toBe(true);
    const dir = /results: (.+)/.exec(stderr)?.[1] ?? '';
    expect(JSON.parse(readFileSync(join(dir, 'run.json'), 'utf8'))).toEqual(run);
    expect(readFileSync(join(dir, 'samples.ndjson'), 'utf8').trim().split('\n')).toHaveLength(run.timeline.length);
  });

  it('ends with 99 when a threshold is missed', async () => {
    writeFileSync(join(home.dir, 'own.yaml'), SCENARIO(3, 'max(desired) > 100'));
    const { code, stdout } = await home.run(['scenario', 'run', 'own.yaml']);
    expect(code).toBe(99);
    expect(stdout).toContain('✗ max(desired) > 100');
  });

  it('keeps the results when it is interrupted', async () => {
    writeFileSync(join(home.dir, 'own.yaml'), SCENARIO(600, 'lost == 0'));
    const runs = join(home.dir, 'runs');
    const before = new Set(existsSync(runs) ? readdirSync(runs) : []);
    const dir = () => join(runs, readdirSync(runs).find((name) => !before.has(name)) ?? 'not there yet');
    const child = home.start(['scenario', 'run', 'own.yaml']);
    const ended = finished(child);
    await eventually(
      'samples',
      async () => readFileSync(join(dir(), 'samples.ndjson'), 'utf8').split('\n').length,
      (lines) => lines > 2,
      30_000,
    );
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    const run = JSON.parse(readFileSync(join(dir(), 'run.json'), 'utf8'));
    expect(run).toMatchObject({
      complete: false,
      name: 'own',
      expectations: [{ expectation: 'lost == 0', passed: true }],
    });
    expect(run.timeline.length).toBeGreaterThan(1);
  });
});
