import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BIN = new URL('../../bin/metrics-lab.js', import.meta.url).pathname;

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly cwd?: string;
}

/** A home for labs of its own; `run` calls the built program as a user would, without a terminal. */
export class CliHome implements Disposable {
  readonly dir: string = mkdtempSync(join(tmpdir(), 'metrics-lab-home-'));

  env(more: Readonly<Record<string, string>> = {}): Record<string, string> {
    return { PATH: process.env['PATH'] ?? '', HOME: this.dir, METRICS_LAB_HOME: this.dir, ...more };
  }

  start(args: readonly string[], options: CliOptions = {}): ChildProcess {
    return spawn(process.execPath, [BIN, ...args], {
      cwd: options.cwd ?? this.dir,
      env: this.env(options.env),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  }

  async run(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
    return finished(this.start(args, options), options.input);
  }

  /** As `run`, and fails loudly with everything that was printed when the exit code is not 0. */
  async ok(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
    const result = await this.run(args, options);
    if (result.code === 0) return result;
    throw new Error(`metrics-lab ${args.join(' ')} ended with ${result.code}\n${result.stdout}\n${result.stderr}`);
  }

  /** A file of this home with an object in it as JSON; its path. */
  write(name: string, content: object): string {
    const path = join(this.dir, name);
    writeFileSync(path, JSON.stringify(content));
    return path;
  }

  /** Living processes of this home's labs: pid and command line. */
  leftovers(): string[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) =>
        read(`/proc/${pid}/environ`)
          .split('\0')
          .some((entry) => entry.startsWith(`METRICS_LAB_OWNER=${this.dir}`)),
      )
      .map((pid) => `${pid} ${read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')}`);
  }

  [Symbol.dispose](): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** Everything a child printed, and how it ended. */
export async function finished(child: ChildProcess, input?: string): Promise<CliResult> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout += chunk.toString('utf8');
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  child.stdin?.end(input);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, stdout, stderr };
}

/** A file of /proc; empty when the process is gone or somebody else's. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // it ended while we looked
  }
}
