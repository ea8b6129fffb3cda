import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildProgramImage } from '../../src/clusters/containers/program-image.ts';
import { nodeFiles } from '../../src/platform/files.ts';
import { runTool } from '../../src/platform/run-tool.ts';
import { CliHome } from '../helpers/cli.ts';
import { eventually, kubectl, statusOf } from '../helpers/lab-client.ts';
import { haveReal } from '../helpers/real-binaries.ts';
import { haveKind, kindFlags } from '../helpers/real-kind.ts';

const ROOT = new URL('../..', import.meta.url).pathname;

/** `--backend context` where its pods really run: a kind cluster without anything of ours, made as the lab `host`. */
describe.skipIf(!haveReal() || !haveKind())('a lab in a kind cluster of somebody else', () => {
  const home = new CliHome();
  const cluster = () => ['--backend', 'context', '--kubeconfig', join(home.dir, 'labs', 'kind-host', 'kubeconfig')];
  const k = (...args: readonly string[]) => kubectl(home, 'kind-host', ...args);
  /** Everything that stays as it is by itself. */
  const everything = async () => {
    const kinds = (await k('api-resources', '--verbs=list', '-o', 'name')).trim().split('\n');
    const kept = kinds.filter((kind) => !/^(events|leases|componentstatuses|.*metrics\.k8s\.io$)/.test(kind));
    return (await k('get', kept.join(','), '-A', '-o', 'name'))
      .trim()
      .split('\n')
      .sort((a, b) => (a < b ? -1 : 1));
  };
  let image = '';

  beforeAll(async () => {
    await home.ok(['up', '--lab', 'kind-host', ...kindFlags(), '--bare', '--sync-period', '5s']);
    const ports = { files: nodeFiles, runTool, env: process.env, packageDir: ROOT, version: 'test' };
    const io = { emit: () => {} };
    const building = { io, signal: new AbortController().signal, step: 'image', logFile: join(home.dir, 'build.log') };
    image = (await buildProgramImage(ports, 'docker', join(home.dir, 'image'), building)).image;
    execFileSync('kind', ['load', 'docker-image', image, 'redis:8', '--name', 'metrics-lab-kind-host'], {
      stdio: 'ignore',
    });
  });
  afterAll(async () => {
    await home.run(['teardown', '--all', '--force']);
    home[Symbol.dispose]();
  });

  it('runs, works through its items, and teardown leaves what was there before', async () => {
    const before = await everything();
    const kubeconfig = readFileSync(join(home.dir, 'labs', 'kind-host', 'kubeconfig'), 'utf8');
    const at = ['--lab', 'kind-guest'];
    await home.ok(['up', ...at, ...cluster(), '--image', image]);
    expect((await statusOf(home, 'kind-guest')).problems).toEqual([]);
    await home.ok(['publish', '10', ...at]);
    const { ledger } = await eventually(
      'all done',
      () => statusOf(home, 'kind-guest'),
      (status) => status.ledger?.processed === 10,
      120_000,
    );
    expect(ledger).toMatchObject({ published: 10, lost: 0 });
    const other = await home.run(['up', '--lab', 'kind-other', ...cluster(), '--image', image, '--namespace', 'other']);
    expect([other.code, other.stderr]).toEqual([5, expect.stringContaining('of the lab kind-guest')]);
    await home.ok(['teardown', ...at]);
    expect(await everything()).toEqual(before);
    expect(readFileSync(join(home.dir, 'labs', 'kind-host', 'kubeconfig'), 'utf8')).toBe(kubeconfig);
  });
});
