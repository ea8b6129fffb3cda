import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ControlledCluster, startControlled } from '../helpers/embedded-controllers.ts';
import { haveHelm } from '../helpers/helm.ts';
import { eventually } from '../helpers/lab-client.ts';
import { binDir } from '../helpers/real-binaries.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const CHART = join(import.meta.dirname, 'chart');
const NAMESPACE = 'charts';

describe.skipIf(!haveHelm())('Helm', () => {
  const dir = tempDir();
  const problems: string[] = [];
  let cluster: ControlledCluster;

  beforeAll(async () => {
    cluster = await startControlled(dir.path, (line) => problems.push(line));
  });
  afterAll(() => {
    cluster.stop();
    dir[Symbol.dispose]();
  });

  function run(program: string, ...args: readonly string[]): Promise<string> {
    const env = { KUBECONFIG: cluster.kubeconfig, HOME: dir.path, PATH: '' };
    return new Promise((resolve, reject) => {
      execFile(join(binDir(), program), [...args, '--namespace', NAMESPACE], { env }, (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(`${program} ${args.join(' ')}: ${stderr}${stdout}`, { cause: error }));
      });
    });
  }
  const helm = (...args: readonly string[]) => run('helm', ...args);
  const field = (what: string, path: string) => run('kubectl', 'get', what, 'web', '-o', `jsonpath={${path}}`);

  async function revisions(): Promise<readonly (readonly [number, string])[]> {
    const history = JSON.parse(await helm('history', 'web', '-o', 'json')) as {
      readonly revision: number;
      readonly status: string;
    }[];
    return history.map(({ revision, status }) => [revision, status] as const);
  }

  test('installs a chart that asks for capabilities and looks things up', async () => {
    await helm('install', 'web', CHART, '--create-namespace');
    expect(JSON.parse(await helm('status', 'web', '-o', 'json'))).toMatchObject({ info: { status: 'deployed' } });
    expect(JSON.parse(await field('configmap', '.data'))).toEqual({
      greeting: 'hello',
      revision: '1',
      hpa: 'true',
      found: 'kube-system',
    });
    const replicas = () => field('deployment', '.status.replicas');
    await eventually('a replica set', replicas, (text) => text === '1', 30_000);
  });

  test('upgrades what changed, rolls back and keeps its history', async () => {
    await helm('upgrade', 'web', CHART, '--set', 'replicas=3,greeting=bye,maxReplicas=9');
    expect(await field('deployment', '.spec.replicas')).toBe('3');
    expect([await field('configmap', '.data.greeting'), await field('hpa', '.spec.maxReplicas')]).toEqual(['bye', '9']);
    expect(await helm('get', 'values', 'web', '-o', 'json')).toContain('"replicas":3');
    await helm('rollback', 'web', '1');
    expect(await field('deployment', '.spec.replicas')).toBe('1');
    expect([await field('configmap', '.data.greeting'), await field('hpa', '.spec.maxReplicas')]).toEqual([
      'hello',
      '5',
    ]);
    expect(await revisions()).toEqual([
      [1, 'superseded'],
      [2, 'superseded'],
      [3, 'deployed'],
    ]);
  });

  test('an upgrade that the API refuses is told in its words and leaves the release as it was', async () => {
    const refused = helm('upgrade', 'web', CHART, '--set', 'maxReplicas=-1');
    await expect(refused).rejects.toThrow('spec.maxReplicas: Invalid value: -1: must be greater than or equal to 1');
    expect(await field('hpa', '.spec.maxReplicas')).toBe('5');
    expect((await revisions()).at(-1)).toEqual([4, 'failed']);
  });

  test('uninstalls all of it', async () => {
    await helm('uninstall', 'web', '--wait', '--timeout', '60s');
    const left = () => run('kubectl', 'get', 'deploy,rs,svc,hpa,pods', '-o', 'name');
    await eventually('nothing left', left, (text) => text.trim() === '', 30_000);
    expect(JSON.parse(await helm('list', '-o', 'json'))).toEqual([]);
    // The HPA's metric is nobody's.
    expect(problems.filter((line) => !line.startsWith('hpa: charts/web: '))).toEqual([]);
  });
});
