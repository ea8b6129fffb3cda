import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { programCommand } from '../../src/cli/container/program-command.ts';
import { SMALL_MALLOC } from '../../src/lab/up/metrics-server-step.ts';

const ROOT = resolve(import.meta.dirname, '../..');
/** As a lab starts it. */
const COMPILED = programCommand('metrics-server')
  .slice(1)
  .map((word) => word.replace(join(ROOT, 'src'), join(ROOT, 'dist')));
const SOURCE = [join(ROOT, 'src/cli/programs/metrics-server.ts')];

/** The metrics server as a process of its own, as a lab starts it. */
export class MetricsServerProcess {
  readonly configFile: string;
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  #url = '';
  #writeUrl = '';

  private constructor(configFile: string, child: ChildProcess) {
    this.configFile = configFile;
    this.#child = child;
  }

  /** Starts it in a folder, and waits until it listens. `compiled`: what is in dist/. */
  static async start(dir: string, config: unknown, compiled = false): Promise<MetricsServerProcess> {
    const configFile = join(dir, 'metrics-server.json');
    writeFileSync(configFile, JSON.stringify(config, undefined, 2), { mode: 0o600 });
    const env = { ...process.env, METRICS_SERVER_CONFIG: configFile, ...SMALL_MALLOC };
    const child = spawn(process.execPath, compiled ? COMPILED : SOURCE, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const server = new MetricsServerProcess(configFile, child);
    const listening = new Promise<void>((done, fail) => {
      child.once('exit', (code) =>
        fail(new Error(`the metrics server ended with ${code}:\n${server.lines.join('\n')}`)),
      );
      for (const stream of [child.stdout, child.stderr]) {
        if (stream === null) continue;
        createInterface({ input: stream }).on('line', (line) => {
          server.lines.push(line);
          const [, url, writeUrl] = /event=listening url=(\S+)(?: write=(\S+))? /.exec(line) ?? [];
          if (url === undefined) return;
          server.#url = url;
          server.#writeUrl = writeUrl ?? '';
          done();
        });
      }
    });
    await listening;
    return server;
  }

  get url(): string {
    return this.#url;
  }
  get writeUrl(): string {
    return this.#writeUrl;
  }
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async close(): Promise<number | null> {
    if (this.#child.exitCode !== null) return this.#child.exitCode;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const [code] = (await exited) as [number | null];
    return code;
  }
}
