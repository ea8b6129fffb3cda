import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type ClusterPki, ensureClusterPki, issueClient, issueServing } from '../../src/clusters/pki/cluster-pki.ts';
import type { PairFiles } from '../../src/clusters/pki/key-pair.ts';
import type { KubeClient } from '../../src/contracts/kube-client.ts';
import { kubeClient } from '../../src/kube/client.ts';
import { kubeconfigText, loadKubeconfig } from '../../src/kube/kubeconfig.ts';
import { nodeFiles } from '../../src/platform/files.ts';
import { freePort } from '../../src/platform/free-port.ts';
import { binDir, clientFlags } from './real-binaries.ts';

const PKI_PORTS = { files: nodeFiles, now: Date.now };

/**
 * etcd, kube-apiserver (RBAC, aggregation) and, when asked for, kube-controller-manager of the real Kubernetes, with a PKI
 * of their own in a temporary folder.
 */
export class RealCluster {
  readonly dir: string = mkdtempSync(join(tmpdir(), 'real-cluster-'));
  readonly pki: ClusterPki;
  readonly #pkiDir: string;
  readonly #children = new Map<string, ChildProcess>();
  #client: KubeClient | undefined;
  #server = '';

  constructor() {
    this.#pkiDir = join(this.dir, 'pki');
    this.pki = ensureClusterPki(PKI_PORTS, this.#pkiDir, { serviceIp: '10.0.0.1', nodeName: 'node' });
  }

  /** As administrator. */
  get client(): KubeClient {
    if (this.#client === undefined) throw new Error('not started');
    return this.#client;
  }
  get server(): string {
    return this.#server;
  }

  async start(): Promise<void> {
    const { pki } = this;
    const etcd = `https://127.0.0.1:${await freePort()}`;
    this.#run('etcd', [
      `--data-dir=${join(this.dir, 'etcd')}`,
      '--unsafe-no-fsync',
      `--listen-client-urls=${etcd}`,
      `--advertise-client-urls=${etcd}`,
      `--listen-peer-urls=http://127.0.0.1:${await freePort()}`,
      `--cert-file=${pki.etcd.cert}`,
      `--key-file=${pki.etcd.key}`,
      '--client-cert-auth=true',
      `--trusted-ca-file=${pki.etcdCa.cert}`,
    ]);
    const port = await freePort();
    this.#server = `https://127.0.0.1:${port}`;
    this.#run('kube-apiserver', apiServerFlags(pki, etcd, port));
    const access = loadKubeconfig(readFileSync(this.kubeconfig(pki.admin, 'admin'), 'utf8'), 'admin');
    this.#client = kubeClient(access);
    await this.#until('kube-apiserver', async () => (await this.client.request('GET', '/readyz')).status === 200);
  }

  /** The HPA controller and what makes pods of Deployments; `syncSeconds` between two looks of the HPA. */
  async startControllers(syncSeconds: number): Promise<void> {
    const { pki } = this;
    const kubeconfig = this.kubeconfig(pki.controllerManager, 'controller-manager');
    this.#run('kube-controller-manager', [
      ...(await clientFlags(kubeconfig)),
      '--leader-elect=false',
      '--use-service-account-credentials=true',
      `--service-account-private-key-file=${pki.serviceAccounts.key}`,
      `--root-ca-file=${pki.ca.cert}`,
      `--horizontal-pod-autoscaler-sync-period=${syncSeconds}s`,
      '--feature-gates=HPAScaleToZero=true',
    ]);
  }

  /** A kubeconfig file for a certificate. */
  kubeconfig(pair: PairFiles, name: string): string {
    const path = join(this.dir, `${name}.kubeconfig`);
    const [ca, cert, key] = [this.pki.ca.cert, pair.cert, pair.key].map((file) => readFileSync(file, 'utf8'));
    writeFileSync(
      path,
      kubeconfigText({ server: this.#server, context: name, ca: ca ?? '', cert: cert ?? '', key: key ?? '' }),
      {
        mode: 0o600,
      },
    );
    return path;
  }

  clientPair(commonName: string, organizations: readonly string[] = []): PairFiles {
    return issueClient(PKI_PORTS, this.#pkiDir, `client-${commonName}`, { commonName, organizations });
  }
  servingPair(name: string, hosts: readonly string[]): PairFiles {
    return issueServing(PKI_PORTS, this.#pkiDir, name, hosts);
  }

  async close(): Promise<void> {
    this.#client?.close();
    for (const [, child] of [...this.#children].reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }
    rmSync(this.dir, { recursive: true, force: true });
  }

  #run(name: string, args: readonly string[]): void {
    const log = openSync(join(this.dir, `${name}.log`), 'a');
    this.#children.set(name, spawn(join(binDir(), name), args, { stdio: ['ignore', log, log] }));
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

function apiServerFlags(pki: ClusterPki, etcd: string, port: number): readonly string[] {
  return [
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none',
    `--secure-port=${port}`,
    `--tls-cert-file=${pki.apiServer.cert}`,
    `--tls-private-key-file=${pki.apiServer.key}`,
    `--client-ca-file=${pki.clientCas}`,
    `--etcd-servers=${etcd}`,
    `--etcd-cafile=${pki.etcdCa.cert}`,
    `--etcd-certfile=${pki.apiServerEtcdClient.cert}`,
    `--etcd-keyfile=${pki.apiServerEtcdClient.key}`,
    '--authorization-mode=RBAC',
    '--service-cluster-ip-range=10.0.0.0/24',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${pki.serviceAccounts.pub}`,
    `--service-account-signing-key-file=${pki.serviceAccounts.key}`,
    `--proxy-client-cert-file=${pki.frontProxyClient.cert}`,
    `--proxy-client-key-file=${pki.frontProxyClient.key}`,
    `--requestheader-client-ca-file=${pki.frontProxyCa.cert}`,
    '--requestheader-allowed-names=front-proxy-client',
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    '--feature-gates=HPAScaleToZero=true',
  ];
}
