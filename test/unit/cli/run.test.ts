import { describe, expect, it } from 'vitest';
import type { Result } from '../../../src/cli/output/output.ts';
import { paint } from '../../../src/cli/text/paint.ts';
import { LabError } from '../../../src/errors/lab-error.ts';
import { RunningCli, runCli, tryCommand } from './run-cli.ts';

const RESULT: Result = {
  kind: 'Things',
  data: { items: [{ name: 'a' }, { name: 'b' }] },
  items: [{ name: 'a' }, { name: 'b' }],
  names: ['thing/a', 'thing/b'],
  text: ({ wide, columns }) =>
    `${paint('green', 'a')} and \u001B[31mb${wide ? ' wide' : ''} ${columns ?? 'no'} columns`,
};
const print = tryCommand(async ({ output }) => output.print(RESULT));

describe('results', () => {
  it.each([
    ['text', 'a and \\x1b[31mb no columns\n'],
    ['wide', 'a and \\x1b[31mb wide no columns\n'],
    ['ndjson', '{"name":"a"}\n{"name":"b"}\n'],
    ['name', 'thing/a\nthing/b\n'],
    [
      'json',
      `${JSON.stringify({ apiVersion: 'metricslab.dev/v1', kind: 'Things', items: [{ name: 'a' }, { name: 'b' }] }, undefined, 2)}\n`,
    ],
    ['yaml', 'apiVersion: metricslab.dev/v1\nkind: Things\nitems:\n  - name: a\n  - name: b\n'],
  ])('-o %s', async (format, stdout) => {
    expect(await runCli(['try', '-o', format], { commands: print })).toEqual({ code: 0, stdout, stderr: '' });
  });

  it('a document without items is one line of ndjson', async () => {
    const commands = tryCommand(async ({ output }) => output.print({ kind: 'X', data: { n: 1 }, text: () => '' }));
    const { stdout } = await runCli(['try', '-o', 'ndjson'], { commands });
    expect(stdout).toBe('{"apiVersion":"metricslab.dev/v1","kind":"X","n":1}\n');
  });

  it('colours text on a terminal and never JSON', async () => {
    const tty = { isTTY: true };
    const text = await runCli(['try'], { commands: print, stdout: tty });
    expect(text.stdout).toBe('\u001B[32ma\u001B[0m and \\x1b[31mb 80 columns\n');
    const json = await runCli(['try', '-o', 'json', '--color', 'always'], { commands: print, stdout: tty });
    expect(json.stdout).not.toContain('\u001B');
  });

  it('refuses a format that the command does not have', async () => {
    const ran = await runCli(['try', '-o', 'name'], {
      commands: tryCommand(async () => undefined, { formats: ['text'] }),
    });
    expect(ran).toMatchInlineSnapshot(`
      {
        "code": 2,
        "stderr": "✗ "metrics-lab try" cannot print its result as "name".        [ML-USAGE-OUTPUT]
        why   its formats are: text
        do    choose one of these with -o
        more  metrics-lab explain error ML-USAGE-OUTPUT
      ",
        "stdout": "",
      }
    `);
  });

  it('an outcome has an exit code without being an error', async () => {
    const ran = await runCli(['try'], { commands: tryCommand(async () => 'not-found') });
    expect(ran).toEqual({ code: 4, stdout: '', stderr: '' });
  });
});

const fail = (error: unknown) =>
  tryCommand(async () => {
    throw error;
  });

describe('errors', () => {
  const refused = new LabError(
    'ML-QUEUE-UNREACHABLE',
    { url: 'redis://h:1', reason: 'connection \u001B[2Jrefused' },
    {
      cause: new Error('connect ECONNREFUSED', { cause: new Error('connect ECONNREFUSED') }),
      logFile: '/home/ann/x/up.log',
    },
  );

  it('are told once: what, why, do, more', async () => {
    expect(await runCli(['try'], { commands: fail(refused) })).toMatchInlineSnapshot(`
      {
        "code": 3,
        "stderr": "✗ The queue at redis://h:1 does not answer.                   [ML-QUEUE-UNREACHABLE]
        why   connection \\x1b[2Jrefused
        cause connect ECONNREFUSED
        do    1. see whether the lab's queue runs with \`metrics-lab status\`
              2. for a queue of your own: check that the server runs and that the URL is right
        more  metrics-lab explain error ML-QUEUE-UNREACHABLE    log: ~/x/up.log
      ",
        "stdout": "",
      }
    `);
  });

  it('are broken into lines on a narrow terminal, coloured', async () => {
    const options = { commands: fail(refused), stderr: { isTTY: true, columns: 40 } };
    const { stderr } = await runCli(['try', '--color=never'], options);
    expect(stderr).toMatchInlineSnapshot(`
      "✗ The queue at redis://h:1 does not
        answer. [ML-QUEUE-UNREACHABLE]
        why   connection \\x1b[2Jrefused
        cause connect ECONNREFUSED
        do    1. see whether the lab's queue
              runs with \`metrics-lab status\`
              2. for a queue of your own:
              check that the server runs and
              that the URL is right
        more  metrics-lab explain error
              ML-QUEUE-UNREACHABLE    log:
              ~/x/up.log
      "
    `);
    expect((await runCli(['try'], options)).stderr).toContain('\u001B[31m✗\u001B[0m');
  });

  it.each(['json', 'yaml', 'ndjson'])('are one JSON object on stderr with -o %s', async (format) => {
    const { code, stdout, stderr } = await runCli(['try', '-o', format], { commands: fail(refused) });
    expect({ code, stdout, lines: stderr.split('\n').length }).toEqual({ code: 3, stdout: '', lines: 2 });
    expect(JSON.parse(stderr)).toMatchInlineSnapshot(`
      {
        "error": {
          "actions": [
            "see whether the lab's queue runs with \`metrics-lab status\`",
            "for a queue of your own: check that the server runs and that the URL is right",
          ],
          "causes": [
            "connect ECONNREFUSED",
          ],
          "exitCode": 3,
          "id": "ML-QUEUE-UNREACHABLE",
          "logFile": "/home/ann/x/up.log",
          "title": "The queue at redis://h:1 does not answer",
          "why": "connection [2Jrefused",
        },
      }
    `);
  });

  it('of the command line are JSON too, wherever -o stands', async () => {
    for (const argv of [
      ['try', '--nope', '-o', 'json'],
      ['-ojson', 'nope'],
      ['try', '--output=json', 'extra'],
    ]) {
      const { code, stderr } = await runCli(argv, { commands: print });
      expect({ code, exitCode: JSON.parse(stderr).error.exitCode }).toEqual({ code: 2, exitCode: 2 });
    }
  });

  it('of users show no stack, except with -vv', async () => {
    expect((await runCli(['try', '-v'], { commands: fail(refused) })).stderr).not.toMatch(/\n +at /);
    for (const flags of [['-vv'], ['-v', '--verbose']]) {
      const { stderr } = await runCli(['try', ...flags], { commands: fail(refused) });
      expect(stderr).toMatch(/\n {4}at .*run\.test\.ts/);
      expect(stderr).toContain('caused by Error: connect ECONNREFUSED');
    }
  });

  it('that are bugs show a stack and exit 1', async () => {
    const { code, stderr } = await runCli(['try'], { commands: fail(new TypeError('x is not a function')) });
    expect(code).toBe(1);
    expect(stderr).toContain('This is a bug in metrics-lab: x is not a function');
    expect(stderr).toMatch(/\n {4}at .*run\.test\.ts/);
  });

  it('of HOME come from the command that needs it, not from help', async () => {
    const env = { HOME: undefined };
    expect((await runCli(['--help'], { env })).code).toBe(0);
    const { code, stderr } = await runCli(['config', 'path'], { env });
    expect(code).toBe(3);
    expect(stderr).toContain('[ML-STATE-NO-HOME]');
  });
});

describe('a reader that goes away', () => {
  it('ends the work quietly with 0', async () => {
    const commands = tryCommand(async ({ output, signal }) => {
      await output.lines('one');
      for (;;) {
        await output.lines('more');
        signal.throwIfAborted();
      }
    });
    const ran = await runCli(['try'], { commands, stdout: { failWith: 'EPIPE', goodWrites: 1 } });
    expect(ran).toEqual({ code: 0, stdout: 'one\n', stderr: '' });
  });

  it('of stderr does not end the work', async () => {
    const commands = tryCommand(async ({ output, io }) => {
      io.emit({ type: 'note', text: 'hello' });
      await output.lines('done');
    });
    const ran = await runCli(['try'], { commands, stderr: { failWith: 'EPIPE' } });
    expect(ran).toEqual({ code: 0, stdout: 'done\n', stderr: '' });
  });

  it('is no excuse for another failure', async () => {
    const commands = tryCommand(async ({ output }) => {
      await output.lines('one');
      throw new LabError('ML-LAB-NOT-FOUND', { lab: 'x', labs: 'none' });
    });
    const { code, stderr } = await runCli(['try'], { commands, stdout: { failWith: 'EPIPE' } });
    expect(code).toBe(4);
    expect(stderr).toContain('[ML-LAB-NOT-FOUND]');
  });

  it('a full disk is an error', async () => {
    const { code, stderr } = await runCli(['try'], { commands: print, stdout: { failWith: 'ENOSPC' } });
    expect(code).toBe(3);
    expect(stderr).toContain('write ENOSPC');
  });
});

describe('signals', () => {
  const untilAborted = tryCommand(
    ({ signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      }),
  );

  it('Ctrl-C says so at once, aborts, and ends with 130', async () => {
    const cli = new RunningCli(['try'], { commands: untilAborted });
    await new Promise(setImmediate);
    cli.send('SIGINT');
    expect(cli.stderr.text).toBe('stopping, Ctrl-C again to quit now\n');
    const { code, stderr } = await cli.done;
    expect({ code, exits: cli.exits }).toEqual({ code: 130, exits: [] });
    expect(stderr).toContain('Stopped by Ctrl-C');
  });

  it('Ctrl-C with -o json leaves nothing but the error on stderr', async () => {
    const cli = new RunningCli(['try', '-o', 'json'], { commands: untilAborted });
    await new Promise(setImmediate);
    cli.send('SIGINT');
    const { code, stderr } = await cli.done;
    expect(code).toBe(130);
    expect(JSON.parse(stderr).error).toMatchObject({ id: 'ML-INTERRUPTED', exitCode: 130 });
  });

  it('SIGTERM ends with 143', async () => {
    const cli = new RunningCli(['try'], { commands: untilAborted });
    await new Promise(setImmediate);
    cli.send('SIGTERM');
    expect((await cli.done).code).toBe(143);
  });

  it('what the abort makes of the work is not an error of its own', async () => {
    const commands = tryCommand(
      ({ signal }) =>
        new Promise((_, reject) => {
          const abort = new DOMException('This operation was aborted', 'AbortError');
          signal.addEventListener('abort', () => reject(new LabError('ML-INTERNAL', {}, { cause: abort })));
        }),
    );
    const cli = new RunningCli(['try'], { commands });
    await new Promise(setImmediate);
    cli.send('SIGINT');
    const { stderr } = await cli.done;
    expect(stderr).toContain('[ML-INTERRUPTED]');
    expect(stderr).not.toContain('ML-INTERNAL');
  });

  it('a command that ends well after Ctrl-C is not complained about', async () => {
    const commands = tryCommand(
      ({ signal }) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(undefined))),
    );
    const cli = new RunningCli(['try'], { commands });
    await new Promise(setImmediate);
    cli.send('SIGINT');
    expect(await cli.done).toEqual({ code: 130, stdout: '', stderr: 'stopping, Ctrl-C again to quit now\n' });
  });

  const deaf = tryCommand(() => new Promise(() => undefined));

  it('a second Ctrl-C leaves at once', async () => {
    const cli = new RunningCli(['try'], { commands: deaf });
    await new Promise(setImmediate);
    cli.send('SIGINT');
    expect(cli.exits).toEqual([]);
    cli.send('SIGINT');
    expect(cli.exits).toEqual([130]);
  });

  it('a cleanup of more than 10 s is left', async () => {
    const cli = new RunningCli(['try'], { commands: deaf });
    await new Promise(setImmediate);
    cli.send('SIGTERM');
    await cli.clock.advance(9_999);
    expect(cli.exits).toEqual([]);
    await cli.clock.advance(1);
    expect(cli.exits).toEqual([143]);
    expect(cli.stderr.text).toContain('the cleanup took longer than 10 s');
  });
});
