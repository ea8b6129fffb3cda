import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { existsSync } from 'node:fs';
import type { QueueKind } from '../../src/contracts/lab-spec.ts';
import { realClock } from '../../src/platform/clock.ts';
import { nodeFiles } from '../../src/platform/files.ts';
import { freePort } from '../../src/platform/free-port.ts';
import { randomToken } from '../../src/platform/random.ts';
import {
  embeddedQueueServer,
  findQueueServer,
  type QueueServer,
  queueServer,
} from '../../src/workload/queue-server.ts';
import type { QueueOptions } from '../../src/workload/queues/options.ts';

const PROGRAMS = ['redis-server', 'beanstalkd'];
const EMBEDDED = new URL('../../src/cli/programs/embedded-queue.ts', import.meta.url).pathname;

/** A kind of queue, or the server that takes the place of redis-server. */
export type ServerName = QueueKind | 'embedded';

/** Whether the real servers, and these programs, are there. With METRICS_LAB_REQUIRE_REAL=1 a missing one is a failure, else it is said loudly. */
export function haveQueueServers(...programs: readonly string[]): boolean {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const missing = [...PROGRAMS, ...programs].filter(
    (name) => !folders.some((folder) => existsSync(join(folder, name))),
  );
  if (missing.length === 0) return true;
  const text = `${missing.join(', ')} not found on PATH`;
  if (process.env['METRICS_LAB_REQUIRE_REAL'] === '1') throw new Error(text);
  console.warn(`SKIPPED: ${text}`);
  return false;
}

/** A real queue server, set up as a lab does it, in a temporary folder on a free port. */
export class TestQueueServer {
  readonly kind: QueueKind;
  readonly dir: string;
  readonly server: QueueServer;
  readonly port: number;
  #child: ChildProcess | undefined;

  private constructor(kind: QueueKind, dir: string, server: QueueServer, port: number) {
    this.kind = kind;
    this.dir = dir;
    this.server = server;
    this.port = port;
  }

  static async start(name: ServerName): Promise<TestQueueServer> {
    const kind = name === 'embedded' ? 'redis' : name;
    const dir = mkdtempSync(join(tmpdir(), `queue-${name}-`));
    const port = await freePort();
    const options = { dir: join(dir, 'data'), port, password: randomToken(24), logFile: join(dir, 'server.log') };
    const server =
      name === 'embedded'
        ? embeddedQueueServer([process.execPath, EMBEDDED], options)
        : queueServer(kind, { ...options, program: findQueueServer(kind, process.env['PATH'] ?? '', existsSync) });
    for (const folder of server.folders) mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const { path, content } of server.files) writeFileSync(path, content, { mode: 0o600 });
    const started = new TestQueueServer(kind, dir, server, port);
    await started.up();
    return started;
  }

  get url(): string {
    return this.server.url;
  }
  get ledgerFile(): string {
    return join(this.dir, 'ledger');
  }
  get pid(): number {
    return this.#child?.pid ?? -1;
  }

  async up(): Promise<void> {
    const { command, args, env, cwd, logFile } = this.server.component;
    const log = openSync(logFile, 'a');
    const child = spawn(command, args, { env, stdio: ['ignore', log, log], ...(cwd === undefined ? {} : { cwd }) });
    this.#child = child;
    while (!(await this.#answers())) {
      if (child.exitCode !== null) throw new Error(`${command} ended with ${child.exitCode}, see ${logFile}`);
      await delay(10);
    }
  }

  /** Whether it takes commands: Redis accepts connections while it still loads its data. */
  #answers(): Promise<boolean> {
    const redis = this.kind !== 'beanstalkd';
    const question = redis ? `AUTH ${new URL(this.url).password}\r\nPING\r\n` : 'stats\r\n';
    return answersWith(this.port, question, redis ? /\+PONG/ : /^OK/);
  }

  /** kill -9, or another signal; resolves when it is gone. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }

  async restart(): Promise<void> {
    await this.kill();
    await this.up();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** For a driver on this server; every consumer has a name of its own. */
  options(queue: string, more: Partial<QueueOptions> = {}): QueueOptions {
    return {
      kind: this.kind,
      url: this.url,
      queue,
      consumerId: `test-${randomToken(6)}`,
      maxAttempts: 3,
      clock: realClock,
      random: Math.random,
      newId: () => randomToken(12),
      files: nodeFiles,
      ledgerFile: `${this.ledgerFile}-${queue}`,
      ...more,
    };
  }
}

function answersWith(port: number, question: string, wanted: RegExp): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    const end = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => socket.write(question));
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (wanted.test(text)) end(true);
      else if (text.includes('-LOADING')) end(false);
    });
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
  });
}
