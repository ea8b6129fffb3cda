import { describe, expect, it } from 'vitest';
import { candidates } from '../../../src/cli/completion/candidates.ts';
import { SPECS } from '../../../src/cli/table.ts';
import { IDLE_COMMANDS, runCli } from './run-cli.ts';

/** Values offered for the line; its last word is the one at the cursor. */
function offered(line: string): string[] {
  const words = line.split(' ');
  return candidates(SPECS, words.slice(0, -1), words.at(-1) ?? '').words.map(({ value }) => value);
}

describe('completion', () => {
  it.each([
    ['t', ['teardown', 'tune']],
    ['watch ', ['hpa']],
    ['config v', ['view', 'validate']],
    ['nope ', []],
    ['--lab x ex', ['export', 'explain']],
    ['-o js', ['json']],
    ['up --backend k', ['kind']],
    ['up --backend=k', ['--backend=kind']],
    ['up --recreate --rec', []],
    ['up --set a=b --se', ['--service-time', '--set']],
    ['up -- --rec', []],
    ['completion ', ['bash', 'zsh', 'fish', 'powershell']],
    ['completion bash ', []],
    ['publish --ra', ['--rate']],
    ['status --help --qui', ['--quiet']],
  ])('"%s"', (line, expected) => {
    expect(offered(line)).toEqual(expected);
  });

  it('offers the first words of all commands', () => {
    expect(offered('')).toEqual([...new Set(SPECS.map(({ path }) => path[0]))]);
  });

  it('offers names of files where one is wanted', () => {
    const files = (line: string) => candidates(SPECS, line.split(' ').slice(0, -1), line.split(' ').at(-1) ?? '').files;
    expect([files('--config '), files('up --bin-dir ./'), files('config validate '), files('up ')]).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  const ask = (words: readonly string[], files: Readonly<Record<string, string>> = {}, env = {}) =>
    runCli(['__complete', '--', ...words], { commands: IDLE_COMMANDS, files, env });
  const LABS = '/home/ann/.local/state/metrics-lab/labs';

  it('finds labs, components and error IDs', async () => {
    const files = {
      [`${LABS}/one/lab.json`]: '{}',
      [`${LABS}/other/lab.json`]: '{}',
      [`${LABS}/half/lock`]: '',
      [`${LABS}/one/components/etcd.json`]: '{}',
      [`${LABS}/one/components/etcd.status.json`]: '{}',
    };
    expect((await ask(['status', '--lab', '=o'], files)).stdout).toBe('one\t\nother\t\n');
    expect((await ask(['status', '=--lab=on'], files)).stdout).toBe('--lab=one\t\n');
    expect((await ask(['logs', '--lab', 'one', '='], files)).stdout).toBe('etcd\t\n');
    expect((await ask(['logs', '='], files, { METRICS_LAB_NAME: 'one' })).stdout).toBe('etcd\t\n');
    expect((await ask(['explain', 'error', '=ML-LOCK'])).stdout).toBe('ML-LOCK-HELD\t\n');
    expect((await ask(['--config', '='])).stdout).toBe(':files\n');
  });

  it('is silent about what cannot be found out', async () => {
    expect(await ask(['--lab', '='], {}, { HOME: undefined })).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await runCli(['__complete'], { commands: IDLE_COMMANDS })).toMatchObject({ code: 0, stderr: '' });
  });

  it.each(['bash', 'zsh', 'fish', 'powershell'])('has a script for %s that says how to install it', async (shell) => {
    const { code, stdout } = await runCli(['completion', shell]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^#/);
    expect(stdout).toContain(`metrics-lab completion ${shell}`);
    expect(stdout).toContain('__complete');
  });

  it('refuses another shell', async () => {
    const { code, stderr } = await runCli(['completion', 'tcsh']);
    expect(code).toBe(2);
    expect(stderr).toContain('expected one of bash, zsh, fish, powershell');
  });
});
