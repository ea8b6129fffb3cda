import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CliHome, finished } from '../helpers/cli.ts';
import { eventually, statusOf } from '../helpers/lab-client.ts';
import { binDir, haveReal } from '../helpers/real-binaries.ts';

const NATIVE = ['--backend', 'native', '--sync-period', '2s'];

describe.skipIf(!haveReal('redis-server'))('a lab outlives what happens to it', () => {
  const home = new CliHome();
  const up = (lab: string, ...more: string[]) => ['up', '--lab', lab, ...NATIVE, '--bin-dir', binDir(), ...more];

  beforeAll(async () => {
    await home.ok(up('a'));
  });
  afterAll(async () => {
    await home.run(['teardown', '--all', '--force']);
    home[Symbol.dispose]();
  });

  it('every process killed, one after the other: comes back by itself', async () => {
    for (const { name, pid } of (await statusOf(home, 'a')).components) {
      if (pid === null) throw new Error(`${name} has no pid`);
      process.kill(pid, 'SIGKILL');
      await eventually(
        `${name} healthy again`,
        () => statusOf(home, 'a'),
        ({ components }) => components.some((each) => each.name === name && each.healthy && each.pid !== pid),
        60_000,
      );
    }
    await eventually(
      'the lab ready again',
      () => statusOf(home, 'a'),
      ({ ready }) => ready,
      60_000,
    );
  });

  it('all of them killed at once, the supervisor too: `up` resumes', async () => {
    for (const line of home.leftovers()) process.kill(Number(line.split(' ')[0]), 'SIGKILL');
    await home.ok(up('a'));
    expect((await statusOf(home, 'a')).problems).toEqual([]);
  });

  it('`up` killed half way: `up` resumes, and two labs run side by side', async () => {
    const half = home.start(up('b'));
    await eventually(
      'the first step of b',
      async () => existsSync(join(home.dir, 'labs/b/components')),
      Boolean,
      30_000,
    );
    half.kill('SIGKILL');
    await finished(half);
    const resumed = await home.ok(up('b'));
    expect(resumed.stderr).toContain('died holding the lock');
    expect((await statusOf(home, 'a')).ready).toBe(true);
    expect((await statusOf(home, 'b')).ready).toBe(true);
  });

  it('`up` interrupted by Ctrl-C ends with 130 and can be resumed or removed', async () => {
    const third = home.start(up('c'));
    await eventually(
      'the first step of c',
      async () => existsSync(join(home.dir, 'labs/c/components')),
      Boolean,
      30_000,
    );
    third.kill('SIGINT');
    const { code, stderr } = await finished(third);
    expect(code).toBe(130);
    expect(stderr).toContain('Ctrl-C again');
    await home.ok(['teardown', '--lab', 'c']);
    expect(existsSync(join(home.dir, 'labs/c'))).toBe(false);
  });

  it('teardown of one leaves the other alone; --all removes the rest', async () => {
    await home.ok(['teardown', '--lab', 'b']);
    expect((await statusOf(home, 'a')).ready).toBe(true);
    await home.ok(['teardown', '--all']);
    expect(home.leftovers()).toEqual([]);
    expect(readdirSync(join(home.dir, 'labs'))).toEqual([]);
  });
});
