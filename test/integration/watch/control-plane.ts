import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { KubeClient } from '../../../src/contracts/kube-client.ts';
import { kubeClient } from '../../../src/kube/client.ts';
import { freePort } from '../../../src/platform/free-port.ts';

const BIN_DIR = process.env['METRICS_LAB_BIN_DIR'] ?? join(homedir(), '.cache/metrics-lab-rig/native-1.36.3');
const BINARIES = ['etcd', 'kube-apiserver', 'kube-controller-manager'];
const TOKEN = 'watch-test-token';

/** Whether the real binaries are there. With METRICS_LAB_REQUIRE_REAL=1 a missing one is a failure, else it is said loudly. */
export function haveControlPlane(): boolean {
  const missing = BINARIES.filter((name) => !existsSync(join(BIN_DIR, name)));
  if (missing.length === 0) return true;
  const text = `${missing.join(', ')} not found in ${BIN_DIR} (METRICS_LAB_BIN_DIR)`;
  if (process.env['METRICS_LAB_REQUIRE_REAL'] === '1') throw new Error(text);
  console.warn(`SKIPPED: ${text}`);
  return false;
}

/** etcd, kube-apiserver and, when asked for, kube-controller-manager of the real Kubernetes, in a temporary folder, without any PKI of ours. */
export class ControlPlane {
  readonly dir: string = mkdtempSync(join(tmpdir(), 'watch-control-plane-'));
  readonly #children = new Map<string, ChildProcess>();
  #client: KubeClient | undefined;
  #etcd = '';
  #port = 0;

  get client(): KubeClient {
    if (this.#client === undefined) throw new Error('not started');
    return this.#client;
  }
  get kubeconfig(): string {
    return join(this.dir, 'kubeconfig');
  }
  /** The server certificate that kube-apiserver made for itself; good enough for any server on 127.0.0.1. */
  get certificate(): { cert: Buffer; key: Buffer } {
    return { cert: readFileSync(join(this.dir, 'apiserver.crt')), key: readFileSync(join(this.dir, 'apiserver.key')) };
  }

  async start(): Promise<void> {
    const peer = await freePort();
    this.#etcd = `http://127.0.0.1:${await freePort()}`;
    this.#port = await freePort();
    this.#run('etcd', [
      `--data-dir=${join(this.dir, 'etcd')}`,
      '--unsafe-no-fsync',
      `--listen-client-urls=${this.#etcd}`,
      `--advertise-client-urls=${this.#etcd}`,
      `--listen-peer-urls=http://127.0.0.1:${peer}`,
    ]);
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    writeFileSync(join(this.dir, 'sa.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
    writeFileSync(join(this.dir, 'tokens.csv'), `${TOKEN},admin,admin,system:masters\n`, { mode: 0o600 });
    const server = `https://127.0.0.1:${this.#port}`;
    writeFileSync(
      this.kubeconfig,
      `apiVersion: v1
kind: Config
current-context: test
clusters: [{name: test, cluster: {server: "${server}", insecure-skip-tls-verify: true}}]
users: [{name: test, user: {token: ${TOKEN}}}]
contexts: [{name: test, context: {cluster: test, user: test}}]
`,
      { mode: 0o600 },
    );
    this.#client = kubeClient({ server, token: TOKEN, insecureSkipTlsVerify: true, context: 'test' });
    await this.startApiServer();
  }

  /** Starts kube-apiserver (again). */
  async startApiServer(): Promise<void> {
    this.#run('kube-apiserver', [
      `--etcd-servers=${this.#etcd}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${this.#port}`,
      `--cert-dir=${this.dir}`,
      `--token-auth-file=${join(this.dir, 'tokens.csv')}`,
      '--authorization-mode=AlwaysAllow',
      '--disable-admission-plugins=ServiceAccount',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${join(this.dir, 'sa.key')}`,
      `--service-account-signing-key-file=${join(this.dir, 'sa.key')}`,
      '--service-cluster-ip-range=10.0.0.0/24',
      '--feature-gates=HPAScaleToZero=true',
    ]);
    await this.#until('kube-apiserver', async () => (await this.client.request('GET', '/readyz')).status === 200);
  }

  async stopApiServer(): Promise<void> {
    await this.#stop('kube-apiserver');
  }

  async startControllers(): Promise<void> {
    const port = await freePort();
    this.#run('kube-controller-manager', [
      `--kubeconfig=${this.kubeconfig}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${port}`,
      '--controllers=horizontal-pod-autoscaler-controller,deployment-controller,replicaset-controller',
      '--horizontal-pod-autoscaler-sync-period=2s',
      '--leader-elect=false',
      '--feature-gates=HPAScaleToZero=true',
    ]);
  }

  async close(): Promise<void> {
    this.#client?.close();
    for (const name of [...this.#children.keys()].reverse()) await this.#stop(name);
    rmSync(this.dir, { recursive: true, force: true });
  }

  #run(name: string, args: readonly string[]): void {
    mkdirSync(this.dir, { recursive: true });
    const log = openSync(join(this.dir, `${name}.log`), 'a');
    this.#children.set(name, spawn(join(BIN_DIR, name), args, { stdio: ['ignore', log, log] }));
  }

  async #stop(name: string): Promise<void> {
    const child = this.#children.get(name);
    this.#children.delete(name);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  async #until(name: string, holds: () => Promise<boolean>): Promise<void> {
    for (let tries = 0; tries < 300; tries += 1) {
      if (this.#children.get(name)?.exitCode !== null) break;
      if (await holds().catch(() => false)) return;
      await delay(200);
    }
    throw new Error(`${name} did not get ready:\n${readFileSync(join(this.dir, `${name}.log`), 'utf8').slice(-3000)}`);
  }
}
