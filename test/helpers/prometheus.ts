import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../src/platform/free-port.ts';
import { testPair } from './test-pki.ts';

/** Whether these programs are on PATH. With METRICS_LAB_REQUIRE_REAL=1 a missing one is a failure, else it is said loudly. */
export function havePrograms(...programs: readonly string[]): boolean {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const missing = programs.filter((name) => !folders.some((folder) => existsSync(join(folder, name))));
  if (missing.length === 0) return true;
  const text = `${missing.join(', ')} not found on PATH`;
  if (process.env['METRICS_LAB_REQUIRE_REAL'] === '1') throw new Error(text);
  console.warn(`SKIPPED: ${text}`);
  return false;
}

/** What a Prometheus scrapes, with the labels that it adds. */
export interface ScrapeTarget {
  readonly address: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly path?: string;
  readonly bearerToken?: string;
}

/** `bcrypt("s3cret")`, as Prometheus wants it. */
const PASSWORD_HASH = '$2b$04$eUNVhc/1278DJkwnRNgkS.FVYN0xXTq6vH9c16.EzKaEAMkix.Vnm';

/** The real Prometheus in a temporary folder, scraping every second; `secured` = TLS and basic authentication. */
export class TestPrometheus {
  readonly url: string;
  readonly caFile: string | undefined;
  readonly dir: string;
  readonly port: number;
  readonly #child: ChildProcess;
  /** For its basic authentication. */
  static readonly login = { username: 'reader', password: 's3cret' };

  private constructor(dir: string, port: number, child: ChildProcess, caFile: string | undefined) {
    this.dir = dir;
    this.port = port;
    this.caFile = caFile;
    this.url = `${caFile === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
    this.#child = child;
  }

  static async start(
    targets: readonly ScrapeTarget[],
    { secured = false }: { readonly secured?: boolean } = {},
  ): Promise<TestPrometheus> {
    const dir = mkdtempSync(join(tmpdir(), 'prometheus-'));
    const port = await freePort();
    writeFileSync(join(dir, 'prometheus.yml'), JSON.stringify(scrapeConfig(targets)));
    if (secured) secure(dir);
    const log = openSync(join(dir, 'prometheus.log'), 'a');
    const args = [
      `--config.file=${join(dir, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(dir, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      ...(secured ? [`--web.config.file=${join(dir, 'web.yml')}`] : []),
    ];
    const child = spawn('prometheus', args, { cwd: dir, stdio: ['ignore', log, log] });
    const started = new TestPrometheus(dir, port, child, secured ? join(dir, 'ca.crt') : undefined);
    while (!readFileSync(join(dir, 'prometheus.log'), 'utf8').includes('Server is ready to receive web requests')) {
      if (child.exitCode !== null) throw new Error(readFileSync(join(dir, 'prometheus.log'), 'utf8'));
      await delay(20);
    }
    return started;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const gone = once(this.#child, 'exit');
      this.#child.kill('SIGKILL');
      await gone;
    }
    rmSync(this.dir, { recursive: true, force: true });
  }
}

function scrapeConfig(targets: readonly ScrapeTarget[]): object {
  return {
    global: { scrape_interval: '1s', scrape_timeout: '1s' },
    scrape_configs: targets.map(({ address, labels, path, bearerToken }, index) => ({
      job_name: `job-${index}`,
      honor_labels: true,
      ...(path === undefined ? {} : { metrics_path: path }),
      ...(bearerToken === undefined ? {} : { authorization: { credentials: bearerToken } }),
      static_configs: [{ targets: [address], ...(labels === undefined ? {} : { labels }) }],
    })),
  };
}

function secure(dir: string): void {
  const ca = testPair({ subject: [['CN', 'test ca']], ca: true });
  const serving = testPair({ subject: [['CN', '127.0.0.1']], issuer: ca });
  writeFileSync(join(dir, 'ca.crt'), ca.cert);
  writeFileSync(join(dir, 'tls.crt'), serving.cert);
  writeFileSync(join(dir, 'tls.key'), serving.key);
  const { username } = TestPrometheus.login;
  const web = {
    tls_server_config: { cert_file: join(dir, 'tls.crt'), key_file: join(dir, 'tls.key') },
    basic_auth_users: { [username]: PASSWORD_HASH },
  };
  writeFileSync(join(dir, 'web.yml'), JSON.stringify(web));
}

/** A page in Prometheus' text format that a test writes. */
export class TestExporter {
  text = '';
  readonly #server: Server = createServer((_, answer) => {
    answer.setHeader('content-type', 'text/plain; version=0.0.4');
    answer.end(this.text);
  });

  static async start(text: string): Promise<TestExporter> {
    const exporter = new TestExporter();
    exporter.text = text;
    exporter.#server.listen(0, '127.0.0.1');
    await once(exporter.#server, 'listening');
    return exporter;
  }
  get address(): string {
    const address = this.#server.address();
    return `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }
  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
