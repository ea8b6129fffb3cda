import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import { type ClusterPki, ensureClusterPki, issueServing } from '../../../src/clusters/pki/cluster-pki.ts';
import type { PairFiles } from '../../../src/clusters/pki/key-pair.ts';
import type { KubeClient } from '../../../src/contracts/kube-client.ts';
import { applyObject } from '../../../src/kube/apply.ts';
import { kubeClient } from '../../../src/kube/client.ts';
import { kubeconfigText } from '../../../src/kube/kubeconfig.ts';
import { type NodeConfig, nodeConfigText } from '../../../src/minicluster/node/config.ts';
import { metricsApiManifests, nodeIdentity, nodeRbac, SERVING_NAMES } from '../../../src/minicluster/node/manifests.ts';
import { nodeFiles } from '../../../src/platform/files.ts';
import { freePort } from '../../../src/platform/free-port.ts';
import { binDir } from '../../helpers/real-binaries.ts';

const PROGRAM = new URL('../../../src/cli/programs/process-node.ts', import.meta.url).pathname;
export const WORKER: string = new URL('./programs/worker.mjs', import.meta.url).pathname;
const NODE = 'node-1';
const PKI_PORTS = { files: nodeFiles, now: Date.now };
const AUDIT_POLICY = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [ResponseStarted, Panic]
rules: [{level: Metadata, users: ["${nodeIdentity(NODE).commonName}"]}]
`;
const AuditEvent = z.object({
  verb: z.string(),
  objectRef: z
    .object({ apiGroup: z.string().default(''), resource: z.string(), subresource: z.string().optional() })
    .optional(),
});

/** Waits for a condition; its last answer or fault is in the error. */
export async function eventually<T>(
  what: string,
  check: () => Promise<T | undefined | false>,
  ms = 60_000,
): Promise<T> {
  const deadline = Date.now() + ms;
  let last: unknown;
  for (;;) {
    try {
      const answer = await check();
      if (answer !== undefined && answer !== false) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) throw new Error(`${what}: not within ${ms} ms; last: ${String(last)}`);
    await delay(100);
  }
}

/** A real control plane with RBAC and a PKI, and one process node in it. */
export class NodeCluster {
  readonly dir: string = mkdtempSync(join(tmpdir(), 'node-cluster-'));
  readonly pki: ClusterPki = ensureClusterPki(PKI_PORTS, join(this.dir, 'pki'), {
    serviceIp: '10.96.0.1',
    nodeName: NODE,
  });
  readonly #children = new Map<string, ChildProcess>();
  #client: KubeClient | undefined;
  #etcd = '';
  #port = 0;
  config: NodeConfig | undefined;

  get client(): KubeClient {
    if (this.#client === undefined) throw new Error('not started');
    return this.#client;
  }
  get nodeProcess(): ChildProcess | undefined {
    return this.#children.get('node');
  }

  /** With `scheduler` the real kube-scheduler binds pods, else the node does. */
  async start(
    options: { readonly capacity?: NodeConfig['capacity']; readonly scheduler?: boolean } = {},
  ): Promise<void> {
    const { capacity = { cpu: '4', memory: '4Gi', pods: 30 }, scheduler = false } = options;
    this.#etcd = `http://127.0.0.1:${await freePort()}`;
    this.#port = await freePort();
    const server = `https://127.0.0.1:${this.#port}`;
    const read = (file: string) => readFileSync(file, 'utf8');
    const access = { server, ca: read(this.pki.ca.cert), context: 'test' };
    const pair = ({ cert, key }: PairFiles) => ({ cert: read(cert), key: read(key) });
    const kubeconfig = (name: string, files: PairFiles) =>
      writeFileSync(join(this.dir, name), kubeconfigText({ ...access, ...pair(files) }), { mode: 0o600 });
    kubeconfig('admin.kubeconfig', this.pki.admin);
    kubeconfig('node.kubeconfig', this.pki.node);
    this.#client = kubeClient({ ...access, ...pair(this.pki.admin) });
    await this.#startEtcd();
    await this.startApiServer();
    await this.#startControllers();
    if (scheduler) await this.#startScheduler();
    for (const object of nodeRbac(NODE, !scheduler)) await applyObject(this.client, object, 'test');
    await this.#configure(capacity, access.ca, !scheduler);
    await this.startNode();
  }

  async #configure(capacity: NodeConfig['capacity'], caCert: string, bindPods: boolean): Promise<void> {
    const names = ['127.0.0.1', ...SERVING_NAMES];
    const serving = issueServing(PKI_PORTS, this.pki.dir, 'node-serving', names);
    this.config = {
      nodeName: NODE,
      kubeconfig: join(this.dir, 'node.kubeconfig'),
      stateDir: join(this.dir, 'state'),
      logsDir: join(this.dir, 'logs'),
      capacity,
      kubeletPort: await freePort(),
      serving: { certFile: serving.cert, keyFile: serving.key },
      clientCaFile: this.pki.ca.cert,
      metricsPort: await freePort(),
      images: { 'test/worker': [process.execPath, WORKER] },
      bindPods,
      labOwner: this.dir,
    };
    writeFileSync(join(this.dir, 'node.json'), nodeConfigText(this.config), { mode: 0o600 });
    for (const object of metricsApiManifests({ port: this.config.metricsPort, caCert })) {
      await applyObject(this.client, object, 'test');
    }
  }

  async startNode(): Promise<void> {
    const before = this.#registrations();
    this.#run('node', process.execPath, [PROGRAM], {
      NODE_CONFIG: join(this.dir, 'node.json'),
      PATH: process.env['PATH'] ?? '',
      NODE_SECRET: 'must not reach the children',
      METRICS_LAB_OWNER: this.dir,
    });
    await eventually('the node is registered', async () => this.#registrations() > before);
  }

  #registrations(): number {
    const path = join(this.dir, 'node.log');
    return existsSync(path) ? readFileSync(path, 'utf8').split('is registered').length - 1 : 0;
  }

  async startApiServer(): Promise<void> {
    const { pki } = this;
    const file = (name: string) => join(this.dir, name);
    writeFileSync(file('audit-policy.yaml'), AUDIT_POLICY);
    this.#run('kube-apiserver', join(binDir(), 'kube-apiserver'), [
      `--etcd-servers=${this.#etcd}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${this.#port}`,
      `--tls-cert-file=${pki.apiServer.cert}`,
      `--tls-private-key-file=${pki.apiServer.key}`,
      `--client-ca-file=${pki.ca.cert}`,
      `--kubelet-client-certificate=${pki.apiServerKubeletClient.cert}`,
      `--kubelet-client-key=${pki.apiServerKubeletClient.key}`,
      `--kubelet-certificate-authority=${pki.ca.cert}`,
      `--proxy-client-cert-file=${pki.frontProxyClient.cert}`,
      `--proxy-client-key-file=${pki.frontProxyClient.key}`,
      `--requestheader-client-ca-file=${pki.frontProxyCa.cert}`,
      '--requestheader-allowed-names=front-proxy-client',
      '--requestheader-username-headers=X-Remote-User',
      '--requestheader-group-headers=X-Remote-Group',
      '--requestheader-extra-headers-prefix=X-Remote-Extra-',
      '--authorization-mode=RBAC',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${pki.serviceAccounts.pub}`,
      `--service-account-signing-key-file=${pki.serviceAccounts.key}`,
      '--service-cluster-ip-range=10.96.0.0/16',
      `--audit-policy-file=${file('audit-policy.yaml')}`,
      `--audit-log-path=${file('audit.log')}`,
    ]);
    await eventually('kube-apiserver', async () => (await this.client.request('GET', '/readyz')).status === 200);
  }

  /** What the node has asked the API server for so far: `verb group/resource[/subresource]`, as RBAC counts it. */
  asked(): ReadonlySet<string> {
    const lines = readFileSync(join(this.dir, 'audit.log'), 'utf8').trimEnd().split('\n');
    return new Set(
      lines.flatMap((line) => {
        const { verb, objectRef } = AuditEvent.parse(JSON.parse(line));
        if (objectRef === undefined) return [];
        const { apiGroup, resource, subresource } = objectRef;
        return [`${verb} ${apiGroup}/${resource}${subresource === undefined ? '' : `/${subresource}`}`];
      }),
    );
  }

  /** `kubectl` as the administrator; stdout, or an error with stderr. */
  async kubectl(...args: readonly string[]): Promise<string> {
    const command = [`--kubeconfig=${join(this.dir, 'admin.kubeconfig')}`, ...args];
    const { stdout } = await promisify(execFile)(join(binDir(), 'kubectl'), command, { maxBuffer: 50e6 });
    return stdout;
  }

  /** A running kubectl, for `logs -f`; what it prints is in `output()`. */
  follow(...args: readonly string[]): { readonly child: ChildProcess; output(): string } {
    const command = [`--kubeconfig=${join(this.dir, 'admin.kubeconfig')}`, ...args];
    const child = spawn(join(binDir(), 'kubectl'), command, { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    return { child, output: () => text };
  }

  async apply(object: object): Promise<void> {
    const file = join(this.dir, 'apply.json');
    writeFileSync(file, JSON.stringify(object));
    await this.kubectl('apply', '-f', file);
  }

  async kill(name: string, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#children.get(name);
    this.#children.delete(name);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }

  async close(): Promise<void> {
    await this.kill('node', 'SIGTERM');
    this.#client?.close();
    for (const name of [...this.#children.keys()].reverse()) await this.kill(name);
    if (process.env['KEEP'] === undefined) rmSync(this.dir, { recursive: true, force: true });
  }

  async #startEtcd(): Promise<void> {
    this.#run('etcd', join(binDir(), 'etcd'), [
      `--data-dir=${join(this.dir, 'etcd')}`,
      '--unsafe-no-fsync',
      `--listen-client-urls=${this.#etcd}`,
      `--advertise-client-urls=${this.#etcd}`,
      `--listen-peer-urls=http://127.0.0.1:${await freePort()}`,
    ]);
  }

  async #startControllers(): Promise<void> {
    this.#run('kube-controller-manager', join(binDir(), 'kube-controller-manager'), [
      `--kubeconfig=${join(this.dir, 'admin.kubeconfig')}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${await freePort()}`,
      `--root-ca-file=${this.pki.ca.cert}`,
      `--service-account-private-key-file=${this.pki.serviceAccounts.key}`,
      '--leader-elect=false',
    ]);
  }

  async #startScheduler(): Promise<void> {
    const kubeconfig = join(this.dir, 'admin.kubeconfig');
    this.#run('kube-scheduler', join(binDir(), 'kube-scheduler'), [
      `--kubeconfig=${kubeconfig}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${await freePort()}`,
      '--leader-elect=false',
    ]);
  }

  #run(name: string, command: string, args: readonly string[], env?: Record<string, string>): void {
    mkdirSync(this.dir, { recursive: true });
    const log = openSync(join(this.dir, `${name}.log`), 'a');
    const options = {
      stdio: ['ignore', log, log] as ['ignore', number, number],
      ...(env === undefined ? {} : { env }),
    };
    this.#children.set(name, spawn(command, args, options));
  }
}
