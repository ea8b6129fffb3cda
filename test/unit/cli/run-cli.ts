import { realPorts } from '../../../src/cli/container.ts';
import type { CommandContext, Ports } from '../../../src/cli/context.ts';
import type { Flags } from '../../../src/cli/flags.ts';
import type { ProcessControl, StopSignal } from '../../../src/cli/interrupts.ts';
import { run } from '../../../src/cli/run.ts';
import type { Env } from '../../../src/cli/streams.ts';
import { SPECS } from '../../../src/cli/table.ts';
import type { CommandSpec, LoadableCommand } from '../../../src/cli/table/types.ts';
import type { Processes } from '../../../src/contracts/processes.ts';
import type { ExitName } from '../../../src/errors/exit-codes.ts';
import { FakeOut, fakeIn, type FakeOutOptions } from '../../helpers/fake-streams.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { MemoryFiles } from '../../helpers/memory-files.ts';

export interface CliOptions {
  readonly env?: Env;
  readonly files?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly stdout?: FakeOutOptions;
  readonly stderr?: FakeOutOptions;
  readonly cwd?: string;
  readonly commands?: readonly LoadableCommand[];
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command line that runs, with the world in the test's hands. */
export class RunningCli {
  readonly clock: ManualClock = new ManualClock();
  readonly stdout: FakeOut;
  readonly stderr: FakeOut;
  /** Codes with which the process was left at once. */
  readonly exits: number[] = [];
  readonly done: Promise<Ran>;
  #listener: ((signal: StopSignal) => void) | undefined;

  constructor(argv: readonly string[], options: CliOptions = {}) {
    this.stdout = new FakeOut(options.stdout);
    this.stderr = new FakeOut(options.stderr);
    const control: ProcessControl = {
      onSignal: (listener) => {
        this.#listener = listener;
        return { [Symbol.dispose]: () => (this.#listener = undefined) };
      },
      exitNow: (code) => this.exits.push(code),
    };
    const streams = { stdin: fakeIn(options.stdin), stdout: this.stdout, stderr: this.stderr };
    this.done = run(argv, { HOME: '/home/ann', ...options.env }, streams, {
      ports: portsOf(this.clock, options.files),
      control,
      cwd: () => options.cwd ?? '/proj',
      versions: { metricsLab: '1.2.3', node: '24.0.0' },
      ...(options.commands === undefined ? {} : { commands: options.commands }),
    }).then((code) => ({ code, stdout: this.stdout.text, stderr: this.stderr.text }));
  }

  send(signal: StopSignal): void {
    this.#listener?.(signal);
  }
}

export function runCli(argv: readonly string[], options: CliOptions = {}): Promise<Ran> {
  return new RunningCli(argv, options).done;
}

/** A command `try` with this body. */
export function tryCommand(
  body: (context: CommandContext, flags: Flags) => Promise<ExitName | undefined | void>,
  spec: Partial<CommandSpec> = {},
): readonly LoadableCommand[] {
  const run = async (context: CommandContext, flags: Flags) => (await body(context, flags)) ?? undefined;
  return [
    {
      path: ['try'],
      summary: 'for tests',
      formats: ['text', 'wide', 'json', 'yaml', 'ndjson', 'name'],
      config: true,
      ...spec,
      load: async () => ({ run }),
    },
  ];
}

/** Every command that is described, with or without a module, doing nothing. */
export const IDLE_COMMANDS: readonly LoadableCommand[] = SPECS.map((spec) => ({
  ...spec,
  load: async () => ({ run: async () => undefined }),
}));

function portsOf(clock: ManualClock, texts: Readonly<Record<string, string>> = {}): Ports {
  return {
    clock,
    files: new MemoryFiles(texts),
    queueUrls: realPorts().queueUrls, // pure
    get processes(): Processes {
      throw new Error('no test of the command line needs processes');
    },
  };
}
