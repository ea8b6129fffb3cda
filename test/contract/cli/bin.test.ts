import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { CliHome } from '../../helpers/cli.ts';

const ROOT = new URL('../../../', import.meta.url).pathname;
const BIN = join(ROOT, 'bin', 'metrics-lab.js');

/** The built program in a shell, as a user calls it. */
function shell(home: CliHome, script: string, env: Record<string, string> = {}) {
  const wrapped = `metrics-lab() { "${process.execPath}" "${BIN}" "$@"; }\n${script}`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', wrapped], {
    cwd: home.dir,
    env: home.env(env),
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
}

describe('the built program', () => {
  beforeAll(() => {
    if (!existsSync(join(ROOT, 'dist', 'cli', 'bundle', 'main.js')))
      throw new Error('dist is missing: run `npm run build` first');
  });

  it('prints help', async () => {
    using home = new CliHome();
    const { code, stdout, stderr } = await home.run(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: metrics-lab \[flags\] <command>\n/);
    expect(stdout).toContain('\nExit codes:\n');
  });

  it('needs no package but commander for help (STYLE rule 24: --help within 120 ms)', () => {
    using home = new CliHome();
    const hook = `import { registerHooks } from 'node:module';
const packages = new Set();
const name = /(?:node_modules\\/((?:@[^/]+\\/)?[^/]+)|bundle\\/(commander|yaml|zod)-)/;
const found = (url) => (name.exec(url) ?? []).slice(1).find(Boolean);
registerHooks({ load: (url, context, next) => (packages.add(found(url)), next(url, context)) });
process.on('exit', () => process.stderr.write([...packages].filter(Boolean).join()));`;
    const { stderr } = spawnSync(
      process.execPath,
      ['--import', `data:text/javascript,${encodeURIComponent(hook)}`, BIN, '--help'],
      {
        env: home.env(),
        encoding: 'utf8',
      },
    );
    expect(stderr).toBe('commander');
  });

  it('refuses an unknown flag with 2, without colour on a pipe', async () => {
    using home = new CliHome();
    const result = await home.run(['version', '--nope']);
    expect(result).toMatchInlineSnapshot(`
      {
        "code": 2,
        "stderr": "✗ Unknown flag "--nope".                                      [ML-USAGE-FLAG]
        why   the nearest ones are: --color, --help, --lab
        do    see \`metrics-lab version --help\`
        more  metrics-lab explain error ML-USAGE-FLAG
      ",
        "stdout": "",
      }
    `);
  });

  it.each<[Record<string, string>, boolean]>([
    [{ FORCE_COLOR: '1' }, true],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, true],
    [{ NO_COLOR: '1' }, false],
    [{ TERM: 'dumb' }, false],
    [{ CI: 'true' }, false],
  ])('with %j colours errors: %s', async (env, colored) => {
    using home = new CliHome();
    const { stderr } = await home.run(['nope'], { env });
    expect(stderr.includes('\u001B[')).toBe(colored);
  });

  it('ends quietly with 0 when its reader goes away', () => {
    using home = new CliHome();
    const script = 'metrics-lab explain error -o json | head -1; echo "${PIPESTATUS[*]}"';
    expect(shell(home, script)).toEqual({ code: 0, stdout: '{\n0 0\n', stderr: '' });
    const closed = shell(home, 'metrics-lab --help | true; echo "${PIPESTATUS[*]}"');
    expect(closed).toEqual({ code: 0, stdout: '0 0\n', stderr: '' });
  });

  it('goes on when nobody reads its messages', () => {
    using home = new CliHome();
    const script = '{ metrics-lab config validate 2>&3; } 3>&1 >out | true; echo "${PIPESTATUS[0]}"; cat out';
    expect(shell(home, script)).toEqual({ code: 0, stdout: '0\n', stderr: '' });
  });

  it.skipIf(!existsSync('/dev/full'))('says so when the disk is full', () => {
    using home = new CliHome();
    const { code, stderr } = shell(home, 'metrics-lab version > /dev/full');
    expect(code).toBe(3);
    expect(stderr).toContain('[ML-OUTPUT-IO]');
  });

  it('prints JSON that another program reads', async () => {
    using home = new CliHome();
    const { stdout } = await home.ok(['-o', 'json', 'config', 'view', '--origin']);
    expect(JSON.parse(stdout)).toMatchObject({ apiVersion: 'metricslab.dev/v1', kind: 'LabSettings', files: [] });
  });

  it('reads a lab file from stdin and from a parent folder', async () => {
    using home = new CliHome();
    const text = 'apiVersion: metricslab.dev/v1\nkind: Lab\nlab: piped\n';
    expect((await home.ok(['--config', '-', 'config', 'view'], { input: text })).stdout).toContain('lab: piped\n');
    writeFileSync(join(home.dir, 'metrics-lab.yaml'), text.replace('piped', 'found'));
    const below = shell(home, 'mkdir -p a/b && cd a/b && metrics-lab config view');
    expect(below.stdout).toContain('lab: found\n');
  });

  it.each<[NodeJS.Signals, number, string]>([
    ['SIGINT', 130, 'stopping, Ctrl-C again to quit now\n'],
    ['SIGTERM', 143, 'stopping\n'],
  ])('stops on %s with %d', async (signal, code, said) => {
    using home = new CliHome();
    const child = home.start(['--config', '-', 'config', 'view']);
    let stderr = '';
    child.stderr?.on('data', (chunk) => {
      stderr += String(chunk);
    });
    const ended = new Promise((resolve) => child.once('close', resolve)); // while its stdin stays open
    // More than a pipe holds: when it is gone, the program is there and reads.
    await new Promise((resolve) => child.stdin?.write('#'.repeat(300_000), resolve));
    child.kill(signal);
    expect(await ended).toBe(code);
    expect(stderr.startsWith(said)).toBe(true);
  });

  it('says so when there is no home', async () => {
    using home = new CliHome();
    const { code, stderr } = await home.run(['config', 'path'], { env: { HOME: '', METRICS_LAB_HOME: '' } });
    expect(code).toBe(3);
    expect(stderr).toContain('[ML-STATE-NO-HOME]');
    const relative = await home.run(['config', 'path'], { env: { METRICS_LAB_HOME: 'relative' } });
    expect(relative.code).toBe(3);
  });

  it('says so when its folder was removed', () => {
    using home = new CliHome();
    const { code, stderr } = shell(home, 'mkdir gone && cd gone && rmdir ../gone && metrics-lab version');
    expect(code).toBe(3);
    expect(stderr).toContain('it does not exist any more');
  });

  it('fits its errors into 40 columns of a terminal', () => {
    using home = new CliHome();
    // script(1) gives it a terminal; stty says how wide that is.
    const command = `stty cols 40; "${process.execPath}" "${BIN}" up --nope`;
    const { stdout } = spawnSync('script', ['-qec', command, '/dev/null'], {
      env: home.env({ NO_COLOR: '1' }),
      encoding: 'utf8',
    });
    const lines = stdout.replaceAll('\r', '').trimEnd().split('\n');
    expect(lines[0]).toMatch(/^✗ Unknown/);
    expect(lines.filter((line) => line.length > 40)).toEqual([]);
  });

  it('completes in a real bash', () => {
    using home = new CliHome();
    const script = `export PATH="$PWD:$PATH"
printf '#!/bin/sh\\nexec "${process.execPath}" "${BIN}" "$@"\\n' > metrics-lab; chmod +x metrics-lab; unset -f metrics-lab
source <(./metrics-lab completion bash)
ask() { COMP_LINE="$1"; COMP_POINT=\${#1}; _metrics_lab; echo "\${COMPREPLY[*]}"; }
touch 'a file'
ask 'metrics-lab conf'
ask 'metrics-lab config '
ask 'metrics-lab config view --or'
ask 'metrics-lab -o j'
ask 'metrics-lab --output=y'
ask 'metrics-lab explain error ML-LOCK'
ask 'metrics-lab --config a'`;
    expect(shell(home, script)).toEqual({
      code: 0,
      stdout: 'config\nview path validate\n--origin\njson junit\nyaml\nML-LOCK-HELD\na file\n',
      stderr: '',
    });
  });
});
