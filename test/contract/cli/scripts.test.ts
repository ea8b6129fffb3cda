import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CliHome } from '../../helpers/cli.ts';

const ROOT = new URL('../../../', import.meta.url).pathname;

/** One of the two scripts with nothing on the PATH but these programs (name → file). */
function script(home: CliHome, name: string, programs: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const bin = join(home.dir, 'bin');
  mkdirSync(bin, { recursive: true });
  for (const [program, file] of Object.entries(programs)) symlinkSync(file, join(bin, program));
  const env = { ...home.env(), PATH: bin };
  const { status, stdout, stderr } = spawnSync('/bin/bash', [join(ROOT, 'scripts', name), ...args], {
    cwd: home.dir,
    env,
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
}

/** A program that ends with this code. */
function program(home: CliHome, name: string, code: number): string {
  const path = join(home.dir, name);
  writeFileSync(path, `#!/bin/sh\nexit ${code}\n`);
  chmodSync(path, 0o755);
  return path;
}

const NODE = { node: process.execPath, npm: '/bin/true' };

it.each(['bootstrap.sh', 'teardown.sh'])(
  '%s on a machine with nothing says what to install, and ends with 3',
  (name) => {
    using home = new CliHome();
    expect(script(home, name, {})).toEqual({
      code: 3,
      stdout: '',
      stderr: '✗ node is not on the PATH\n  do    install Node 24 (https://nodejs.org), then run this script again\n',
    });
  },
);

it('bootstrap.sh says which npm is missing', () => {
  using home = new CliHome();
  const { code, stderr } = script(home, 'bootstrap.sh', { node: process.execPath });
  expect([code, stderr]).toEqual([3, expect.stringContaining('✗ npm is not on the PATH')]);
});

it('bootstrap.sh without Docker says so and calls `up` with its flags', () => {
  using home = new CliHome();
  const { code, stdout, stderr } = script(
    home,
    'bootstrap.sh',
    NODE,
    '--dry-run',
    '--lab',
    'dojo',
    '--queue-url',
    'redis://127.0.0.1:1',
  );
  expect(stderr).toContain('• no Docker here');
  expect([code, stdout]).toEqual([0, expect.stringContaining('lab dojo on embedded would be made')]);
});

it('bootstrap.sh tells Docker that is stopped from kind that is missing', () => {
  using home = new CliHome();
  const stopped = { docker: program(home, 'docker', 1), kind: program(home, 'kind', 1) };
  expect(script(home, 'bootstrap.sh', { ...NODE, ...stopped }, '--nope').stderr).toContain('• Docker does not answer');
  using other = new CliHome();
  const alone = { docker: program(other, 'docker', 0) };
  const { code, stderr } = script(other, 'bootstrap.sh', { ...NODE, ...alone }, '--nope');
  expect(stderr).toContain('• no kind here');
  // The exit code is the program's own.
  expect([code, stderr]).toEqual([2, expect.stringContaining('ML-USAGE-FLAG')]);
});

it('teardown.sh calls `teardown` with its flags, also beside a lab file with a mistake', () => {
  using home = new CliHome();
  writeFileSync(join(home.dir, 'metrics-lab.yaml'), 'apiVersion: metricslab.dev/v1\nkind: Lab\nhpa: {min: -1}\n');
  const { code, stdout } = script(home, 'teardown.sh', NODE, '--lab', 'dojo');
  expect([code, stdout]).toEqual([0, expect.stringContaining('nothing to remove: no lab named dojo')]);
});
