import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { CliHome, type CliResult } from '../helpers/cli.ts';
import { binDir, haveReal } from '../helpers/real-binaries.ts';

/** What a script sees: the exit code and the error ID. */
function verdict({ code, stderr }: CliResult): string {
  return `${code} ${/\[(ML-[A-Z-]+)\]/.exec(stderr)?.[1] ?? stderr}`;
}

describe('bad input: one clear error, the right exit code, nothing half made', () => {
  let home = new CliHome();
  afterEach(() => {
    expect(home.leftovers()).toEqual([]);
    home[Symbol.dispose]();
    home = new CliHome();
  });

  it.each([
    [['up', '--nope'], '2 ML-USAGE-FLAG'],
    [['upp'], '2 ML-USAGE-COMMAND'],
    [['publish', '0'], '2 ML-USAGE-COUNT'],
    [['publish', '--', '-5'], '2 ML-USAGE-COUNT'],
    [['publish', '1e9'], '2 ML-USAGE-COUNT'],
    [['publish', '1000000000'], '2 ML-USAGE-COUNT'],
    [['publish', '5', '--rate', 'fast'], '2 ML-USAGE-RATE'],
    [['up', '--lab', 'my lab'], '2 ML-USAGE-LAB-NAME'],
    [['status', '--lab', 'absent'], '4 ML-LAB-NOT-FOUND'],
    [['publish', '5'], '4 ML-LAB-NOT-FOUND'],
    [['watch', 'hpa'], '4 ML-LAB-NOT-FOUND'],
    [['up', '--sync-period', '15'], '2 ML-USAGE-DURATION'],
    [['up', '--backend', 'native', '--bin-dir', '/nowhere'], '3 ML-NATIVE-BIN-MISSING'],
  ])('%j → %s', async (args, expected) => {
    expect(verdict(await home.run(args))).toBe(expected);
    expect(existsSync(join(home.dir, 'labs'))).toBe(false);
  });

  it('teardown of a lab that is not there says so and ends with 0', async () => {
    const { code, stdout, stderr } = await home.run(['teardown', '--lab', 'absent']);
    expect(code).toBe(0);
    expect(stdout + stderr).toContain('nothing to remove: no lab named absent');
  });

  it('an error with -o json is one JSON document on stderr', async () => {
    const { code, stdout, stderr } = await home.run(['status', '-o', 'json']);
    expect(code).toBe(4);
    expect(stdout).toBe('');
    expect(JSON.parse(stderr)).toMatchObject({ error: { id: 'ML-LAB-NOT-FOUND', exitCode: 4 } });
  });

  // Nothing is unreadable to root; for it the next test stands in.
  if (process.getuid?.() !== 0) {
    it('a state folder that cannot be read', async () => {
      mkdirSync(join(home.dir, 'labs'), { mode: 0o000 });
      expect(verdict(await home.run(['status']))).toBe('3 ML-STATE-IO');
      chmodSync(join(home.dir, 'labs'), 0o700);
    });
  }

  // Only root may make a small disk.
  if (process.getuid?.() === 0) {
    it('a disk that is nearly full: said before anything is made', () => {
      const bin = new URL('../../bin/metrics-lab.js', import.meta.url).pathname;
      const script = `mount -t tmpfs -o size=1m tiny "$METRICS_LAB_HOME" && "${process.execPath}" "${bin}" up --backend embedded; code=$?
ls -A "$METRICS_LAB_HOME"; exit $code`;
      const { status, stdout, stderr } = spawnSync('unshare', ['--mount', 'bash', '-c', script], {
        env: home.env(),
        encoding: 'utf8',
      });
      expect([verdict({ code: status, stdout, stderr }), stdout]).toEqual(['3 ML-STATE-DISK-FULL', '']);
    });
  }

  it('a state folder that is a file', async () => {
    writeFileSync(join(home.dir, 'labs'), 'not a folder');
    expect(verdict(await home.run(['status']))).toBe('3 ML-STATE-IO');
  });
});

describe.skipIf(!haveReal('redis-server'))('bad surroundings of a real lab', () => {
  const home = new CliHome();
  const up = ['up', '--backend', 'native', '--bin-dir', binDir(), '--sync-period', '2s'];
  const labDir = join(home.dir, 'labs/lab');

  it('no redis-server on PATH for a stream, which the embedded server does not have: nothing is made', async () => {
    const result = await home.run([...up, '--queue', 'redis-stream'], { env: { PATH: '/nowhere' } });
    expect(verdict(result)).toBe('3 ML-QUEUE-NO-REDIS');
    expect(existsSync(labDir)).toBe(false);
  });

  it('a busy port: nothing is made', async () => {
    await using server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const result = await home.run([...up, '--api-port', String(port)]);
    expect(verdict(result)).toMatch(/^3 ML-[A-Z]+-PORT-BUSY$/);
    expect(existsSync(labDir)).toBe(false);
  });

  it('a lock of a dead process is taken over; one of a living process is not', async () => {
    mkdirSync(labDir, { recursive: true });
    const stat = readFileSync(`/proc/${process.pid}/stat`, 'utf8');
    const startTime = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    const { hostname } = await import('node:os');
    const owner = { pid: process.pid, startTime, host: hostname(), since: '2026-01-01T00:00:00Z', command: 'up' };
    writeFileSync(join(labDir, 'lock'), JSON.stringify(owner));
    expect(verdict(await home.run(up))).toBe('5 ML-LOCK-HELD');
    writeFileSync(join(labDir, 'lock'), JSON.stringify({ ...owner, startTime: '1' }));
    const { stderr } = await home.ok(up);
    expect(stderr).toContain('died holding the lock');
  });

  it('another configuration that needs a new cluster is refused with the difference', async () => {
    const result = await home.run([...up, '--queue', 'redis-stream']);
    expect(verdict(result)).toBe('5 ML-LAB-CHANGED');
    expect(result.stderr).toContain('queue.kind');
    expect(verdict(await home.run(['status']))).toMatch(/^0/);
  });

  it('a setting that can change in place is changed', async () => {
    const { stdout } = await home.ok([...up, '--max', '7']);
    expect(stdout).toContain('hpa.max: 20 → 7');
  });

  it('a corrupt journal and a corrupt record: said, and teardown --force cleans', async () => {
    writeFileSync(join(labDir, 'journal.ndjson'), 'garbage\n{"a":1}\n');
    expect(verdict(await home.run([...up, '--max', '7']))).toBe('3 ML-STATE-CORRUPT');
    writeFileSync(join(labDir, 'lab.json'), '{"apiVersion": ');
    expect(verdict(await home.run(['status']))).toBe('3 ML-STATE-CORRUPT');
    expect(verdict(await home.run(['teardown']))).toBe('3 ML-STATE-CORRUPT');
    await home.ok(['teardown', '--force']);
    expect(existsSync(labDir)).toBe(false);
    expect(home.leftovers()).toEqual([]);
    home[Symbol.dispose]();
  });
});
