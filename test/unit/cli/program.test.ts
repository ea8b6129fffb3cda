import { describe, expect, it } from 'vitest';
import { nearest } from '../../../src/cli/nearest.ts';
import { GROUPS, groupsOf, SPECS, wordsOf } from '../../../src/cli/table.ts';
import { IDLE_COMMANDS, runCli, tryCommand } from './run-cli.ts';

const run = (...argv: string[]) => runCli(argv, { commands: IDLE_COMMANDS });
const words = (path: readonly string[]) => path.join(' ');

/** Enough words for the required arguments of a command. */
function argumentsOf(spec: (typeof SPECS)[number]): string[] {
  return (spec.arguments ?? []).filter(({ required }) => required).map(({ name }) => (name === 'shell' ? 'bash' : '1'));
}

describe('command line', () => {
  const paths = [[], ...groupsOf(IDLE_COMMANDS).map(({ name }) => [name]), ...SPECS.map(({ path }) => [...path])];

  it.each(paths.map((path) => [words(path), path] as const))(
    'unknown flag on "%s" is a usage error',
    async (_, path) => {
      const { code, stdout, stderr } = await run(...path, '--nope');
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain('Unknown flag "--nope"');
      expect(stderr).toContain(`metrics-lab ${[...path, '--help'].join(' ')}`);
    },
  );

  it.each(paths.map((path) => [words(path), path] as const))(
    'help of "%s" is on stdout and exits 0',
    async (_, path) => {
      const asked = await run(...path, '--help');
      expect({ code: asked.code, stderr: asked.stderr }).toEqual({ code: 0, stderr: '' });
      expect(asked.stdout).toMatch(new RegExp(`^Usage: metrics-lab ${words(path)}`));
      expect(await run('help', ...path)).toEqual(asked);
    },
  );

  it.each(SPECS.map((spec) => [wordsOf(spec), spec] as const))(
    '"%s" runs, also with global flags before and after',
    async (_, spec) => {
      const { code, stderr } = await run('--lab', 'a', ...spec.path, ...argumentsOf(spec), '-q', '--timeout=5s');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    },
  );

  it.each(SPECS.map((spec) => [wordsOf(spec), spec] as const))('one argument too many for "%s"', async (_, spec) => {
    const many = (spec.arguments ?? []).map(({ name }) => (name === 'shell' ? 'bash' : '1'));
    const { code, stderr } = await run(...spec.path, ...many, 'more');
    expect(code).toBe(2);
    expect(stderr).toContain('[ML-USAGE-ARGUMENT]');
  });

  it('alone prints its help', async () => {
    const { code, stdout, stderr } = await run();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('Commands:');
  });

  it('names the nearest three commands', async () => {
    const { code, stdout, stderr } = await run('tear');
    expect({ code, stdout, stderr }).toMatchInlineSnapshot(`
      {
        "code": 2,
        "stderr": "✗ Unknown command "tear".                                     [ML-USAGE-COMMAND]
        why   the nearest ones are: teardown, help, load
        do    see all commands with \`metrics-lab --help\`
        more  metrics-lab explain error ML-USAGE-COMMAND
      ",
        "stdout": "",
      }
    `);
  });

  it('names the nearest of a group', async () => {
    const { stderr } = await run('config', 'vew');
    expect(stderr).toMatchInlineSnapshot(`
      "✗ Unknown command "config vew".                               [ML-USAGE-COMMAND]
        why   the nearest ones are: view, path, validate
        do    see all commands with \`metrics-lab config --help\`
        more  metrics-lab explain error ML-USAGE-COMMAND
      "
    `);
  });

  it('a group alone says what is missing', async () => {
    const { code, stderr } = await run('config');
    expect({ code, stderr }).toMatchInlineSnapshot(`
      {
        "code": 2,
        "stderr": "✗ "config" needs to know what: view, path, validate.          [ML-USAGE-ARGUMENT]
        why   the command is used like this: metrics-lab config <what>
        do    see \`metrics-lab config --help\`
        more  metrics-lab explain error ML-USAGE-ARGUMENT
      ",
      }
    `);
  });

  it('names what is missing', async () => {
    expect((await run('publish')).stderr).toContain('The argument <count> is missing');
    expect((await run('publish', '3', '--rate')).stderr).toContain('The flag --rate <rate> needs a value');
  });

  it('knows no abbreviations', async () => {
    expect((await run('stat')).code).toBe(2);
    expect((await run('status', '--wat')).code).toBe(2);
  });

  it('help of a command that does not exist', async () => {
    const { code, stderr } = await run('help', 'watch', 'nope');
    expect(code).toBe(2);
    expect(stderr).toContain('Unknown command "watch nope"');
  });

  it('prints its version', async () => {
    expect(await run('--version')).toEqual({ code: 0, stdout: '1.2.3\n', stderr: '' });
  });

  it('help tells exit codes and precedence, within 40 columns too', async () => {
    const { stdout } = await runCli(['--help'], { commands: IDLE_COMMANDS, stdout: { isTTY: true, columns: 40 } });
    expect(stdout).toMatch(/ 99 {2}thresholds/);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('flags > METRICS_LAB_* variables > metrics-lab.yaml');
    expect(stdout.split('\n').filter((line) => line.length > 48)).toEqual([]);
  });

  it('offers only commands that have a module', async () => {
    const { stdout } = await runCli(['--help'], { commands: tryCommand(async () => undefined) });
    expect(stdout).toContain('  try ');
    expect(stdout).not.toMatch(/^ {2}teardown/m);
  });

  it('every group of the table has a summary of its own', () => {
    expect(GROUPS.filter(({ name, summary }) => name === summary)).toEqual([]);
  });

  it.each(SPECS.flatMap(({ examples = [] }) => examples))('example "%s" parses', async (example) => {
    const argv = [...example.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
    const { code, stderr } = await run(...argv.slice(1));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

describe('nearest', () => {
  it('prefers what contains the text, then few edits', () => {
    expect(nearest('down', ['up', 'teardown', 'done'])).toEqual(['teardown', 'done', 'up']);
    expect(nearest('staus', ['status', 'publish', 'up', 'logs'])).toEqual(['status', 'logs', 'up']);
  });
});
