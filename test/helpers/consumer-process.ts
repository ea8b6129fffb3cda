import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TestQueueServer } from './queue-servers.ts';

const PROGRAMS = fileURLToPath(new URL('../../dist/cli/programs/', import.meta.url));

/** A program of the workload as a child process, as the process node starts it. */
export class WorkloadProcess {
  readonly child: ChildProcess;
  output = '';
  readonly #exited: Promise<unknown>;

  constructor(program: 'consumer' | 'monitoring-backend' | 'producer' | 'web', env: Readonly<Record<string, string>>) {
    const file = `${PROGRAMS}${program}.js`;
    if (!existsSync(file)) throw new Error(`${file} is missing: run "npm run build" first`);
    this.child = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#exited = once(this.child, 'exit');
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
        this.child.emit('said');
      });
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Resolves to the first match in what it printed; rejects when it ended without having said so. */
  async said(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.output);
      if (match !== null) return match;
      if (!this.running) throw new Error(`it ended without ${pattern}: ${this.output}`);
      await Promise.race([once(this.child, 'said'), this.#exited]);
    }
  }

  /** Sends a signal and waits for the end; resolves to the exit code (null after a kill). */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal);
    await this.#exited;
    return this.child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.running) await this.end('SIGKILL');
  }
}

/** Environment of a workload program for a queue. */
export function workloadEnv(
  server: TestQueueServer,
  queue: string,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    QUEUE_KIND: server.kind,
    QUEUE_URL: server.url,
    QUEUE_NAME: queue,
    LEDGER_FILE: `${server.ledgerFile}-${queue}`,
    METRICS_LAB_PARENT: String(process.pid),
    PORT: '0',
    ...more,
  };
}
