import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir } from './temp-dir.ts';
import { testPair } from './test-pki.ts';

const PROGRAM = new URL('../fixtures/http-endpoint.ts', import.meta.url).pathname;

export interface EndpointOptions {
  /** The whole Authorization header that it asks for. */
  readonly authorization?: string;
  /** HTTPS that asks for a client certificate: `ca.crt`, `client.crt`, `client.key` in `dir`. */
  readonly secured?: true;
}

/** An HTTP(S) server with a number in it, as a process of its own that can be killed and come back at the same port. */
export class TestEndpoint implements AsyncDisposable {
  readonly dir: string;
  port = 0;
  readonly #options: EndpointOptions;
  readonly #cleanup: () => void;
  #child: ChildProcess | undefined;

  private constructor(options: EndpointOptions) {
    this.#options = options;
    const temp = tempDir();
    this.dir = temp.path;
    this.#cleanup = () => temp[Symbol.dispose]();
    if (options.secured === true) writePki(this.dir);
  }

  static async start(options: EndpointOptions = {}): Promise<TestEndpoint> {
    const endpoint = new TestEndpoint(options);
    await endpoint.up();
    return endpoint;
  }

  get url(): string {
    return `${this.#options.secured === true ? 'https' : 'http'}://127.0.0.1:${this.port}`;
  }

  async up(): Promise<void> {
    const { authorization, secured } = this.#options;
    this.#child = fork(PROGRAM, {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      env: {
        PATH: process.env['PATH'],
        PORT: String(this.port),
        ...(authorization === undefined ? {} : { AUTHORIZATION: authorization }),
        ...(secured === true ? { PKI: this.dir } : {}),
      },
    });
    const { stdout } = this.#child;
    if (stdout === null) throw new Error('no output');
    const [line] = (await once(stdout, 'data')) as [Buffer];
    this.port = Number(line.toString());
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    this.#cleanup();
  }
}

function writePki(dir: string): void {
  const ca = testPair({ subject: [['CN', 'endpoint-ca']], ca: true });
  const server = testPair({ subject: [['CN', 'endpoint']], issuer: ca });
  const client = testPair({ subject: [['CN', 'reader']], issuer: ca });
  const files = {
    'ca.crt': ca.cert,
    'tls.crt': server.cert,
    'tls.key': server.key,
    'client.crt': client.cert,
    'client.key': client.key,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text, { mode: 0o600 });
}
