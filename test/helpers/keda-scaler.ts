import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface, type Interface } from 'node:readline';

const SOURCE = resolve(import.meta.dirname, '../fixtures/keda-scaler');

/** Whether Go is there. With METRICS_LAB_REQUIRE_REAL=1 a missing one is a failure, else it is said loudly. */
export function haveGo(): boolean {
  if (spawnSync('go', ['version']).status === 0) return true;
  const text = 'go not found on PATH: the code that KEDA generated for its protocol cannot be built';
  if (process.env['METRICS_LAB_REQUIRE_REAL'] === '1') throw new Error(text);
  console.warn(`SKIPPED: ${text}`);
  return false;
}

/** Builds test/fixtures/keda-scaler (Go keeps what it built) into a folder; the program's path. */
export function buildKedaScaler(dir: string): string {
  const program = join(dir, 'keda-scaler');
  execFileSync('go', ['build', '-o', program, '.'], { cwd: SOURCE, stdio: ['ignore', 'pipe', 'pipe'] });
  return program;
}

/** A scaler that speaks with KEDA's own code. */
export class KedaScaler implements AsyncDisposable {
  readonly address: string;
  readonly #program: string;
  #child: ChildProcess;
  #lines: AsyncIterator<string>;

  private constructor(program: string, address: string, child: ChildProcess, lines: AsyncIterator<string>) {
    this.#program = program;
    this.address = address;
    this.#child = child;
    this.#lines = lines;
  }

  static async start(program: string): Promise<KedaScaler> {
    const { child, lines } = run(program, '0');
    return new KedaScaler(program, await nextOf(lines), child, lines);
  }

  async set(value: number, active = true): Promise<void> {
    this.#child.stdin?.write(`${value} ${active}\n`);
    await nextOf(this.#lines);
  }

  async up(): Promise<void> {
    const { child, lines } = run(this.#program, this.address.split(':')[1] ?? '');
    this.#child = child;
    this.#lines = lines;
    await nextOf(lines);
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

function run(program: string, port: string): { child: ChildProcess; lines: AsyncIterator<string> } {
  const child = spawn(program, ['serve', port], { stdio: ['pipe', 'pipe', 'inherit'] });
  const reader: Interface = createInterface({ input: child.stdout });
  return { child, lines: reader[Symbol.asyncIterator]() };
}

async function nextOf(lines: AsyncIterator<string>): Promise<string> {
  const { done, value } = await lines.next();
  if (done === true) throw new Error('the scaler ended');
  return value;
}
