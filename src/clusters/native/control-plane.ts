import { join } from 'node:path';
import type { ComponentSpec } from '../../contracts/component.ts';
import { isDisabled } from '../../contracts/controllers.ts';
import type { ClusterPki } from '../pki/cluster-pki.ts';
import type { PairFiles } from '../pki/key-pair.ts';
import type { NativeLayout } from './layout.ts';
import type { NativePorts } from './state.ts';

export interface ControlPlane {
  readonly layout: NativeLayout;
  readonly pki: ClusterPki;
  readonly ports: NativePorts;
  readonly binDir: string;
  readonly hasScheduler: boolean;
  /** As `--disable-controller` names them. */
  readonly disabledControllers: readonly string[];
  readonly syncPeriodSeconds: number;
  readonly nodeGraceSeconds?: number;
}

/** Service addresses; nothing routes them, the process node's proxy serves Services on 127.0.0.1. */
export const SERVICE_RANGE = '10.96.0.0/16';
export const SERVICE_IP = '10.96.0.1';
const FEATURE_GATES = '--feature-gates=HPAScaleToZero=true';

/** The components of a real control plane, in the order they start. */
export function controlPlaneSpecs(plane: ControlPlane): readonly ComponentSpec[] {
  const specs = [etcd(plane), apiServer(plane), controllerManager(plane)];
  return plane.hasScheduler ? [...specs, scheduler(plane)] : specs;
}

/** The URL of the Kubernetes API. */
export function serverUrl(ports: NativePorts): string {
  return `https://127.0.0.1:${ports.apiServer}`;
}

/**
 * With fsync, as etcd comes: a lab outlives its commands, so it may well be there when the machine loses power, and a torn
 * write-ahead log would make it unusable. (A kill -9 alone loses nothing either way: written pages stay in the page cache.)
 * Client and peer ports want a certificate: whoever may write to etcd owns the cluster, and other users share 127.0.0.1.
 */
function etcd({ layout, pki, ports, binDir }: ControlPlane): ComponentSpec {
  const [clients, peers] = [ports.etcd, ports.etcdPeer].map((port) => `https://127.0.0.1:${port}`) as [string, string];
  const { cert, key } = pki.etcd;
  return {
    ...common('etcd', layout, pki),
    command: join(binDir, 'etcd'),
    args: [
      '--name=lab',
      `--data-dir=${layout.etcdData}`,
      `--listen-client-urls=${clients}`,
      `--advertise-client-urls=${clients}`,
      `--listen-peer-urls=${peers}`,
      `--initial-advertise-peer-urls=${peers}`,
      `--initial-cluster=lab=${peers}`,
      `--cert-file=${cert}`,
      `--key-file=${key}`,
      `--trusted-ca-file=${pki.etcdCa.cert}`,
      '--client-cert-auth',
      `--peer-cert-file=${cert}`,
      `--peer-key-file=${key}`,
      `--peer-trusted-ca-file=${pki.etcdCa.cert}`,
      '--peer-client-cert-auth',
      // Alone in its cluster it elects itself after one election timeout: by default a whole second.
      '--heartbeat-interval=50',
      '--election-timeout=250',
      '--auto-compaction-mode=periodic',
      '--auto-compaction-retention=1h',
      '--logger=zap',
      '--log-level=warn',
    ],
    after: [],
    health: { ...httpsHealth(ports.etcd, '/health', pki.etcdCa.cert), ...clientFiles(pki.apiServerEtcdClient) },
    url: clients,
  };
}

/**
 * The endpoint reconciler is off: it would publish this server's address for Service `kubernetes`, and Endpoints refuse a
 * loopback one. Aggregator routing is off: with it on, an APIService may not point at a Service of type ExternalName, which
 * is how a metrics server that is a local process is reached. Its grace is short: told to stop, it waits a minute for clients
 * that watch, and what it knows is in etcd.
 */
function apiServer({ layout, pki, ports, binDir }: ControlPlane): ComponentSpec {
  return {
    ...common('kube-apiserver', layout, pki),
    command: join(binDir, 'kube-apiserver'),
    args: [
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      '--endpoint-reconciler-type=none',
      `--secure-port=${ports.apiServer}`,
      ...tlsFiles(pki.apiServer),
      `--client-ca-file=${pki.clientCas}`,
      `--etcd-servers=https://127.0.0.1:${ports.etcd}`,
      `--etcd-cafile=${pki.etcdCa.cert}`,
      `--etcd-certfile=${pki.apiServerEtcdClient.cert}`,
      `--etcd-keyfile=${pki.apiServerEtcdClient.key}`,
      '--authorization-mode=RBAC',
      '--allow-privileged=true',
      '--profiling=false',
      `--service-cluster-ip-range=${SERVICE_RANGE}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${pki.serviceAccounts.pub}`,
      `--service-account-signing-key-file=${pki.serviceAccounts.key}`,
      `--kubelet-client-certificate=${pki.apiServerKubeletClient.cert}`,
      `--kubelet-client-key=${pki.apiServerKubeletClient.key}`,
      `--kubelet-certificate-authority=${pki.ca.cert}`,
      '--kubelet-preferred-address-types=InternalIP,Hostname',
      ...aggregation(pki),
      FEATURE_GATES,
    ],
    after: ['etcd'],
    health: httpsHealth(ports.apiServer, '/readyz', pki.ca.cert),
    graceSeconds: 2,
    url: serverUrl(ports),
  };
}

/** No leader election: there is one, and after a kill -9 the next one must not wait for the dead one's lease. */
function controllerManager(plane: ControlPlane): ComponentSpec {
  const { layout, pki, ports, binDir, syncPeriodSeconds, nodeGraceSeconds } = plane;
  return {
    ...clientOf('kube-controller-manager', plane),
    command: join(binDir, 'kube-controller-manager'),
    args: [
      '--bind-address=127.0.0.1',
      `--secure-port=${ports.controllerManager}`,
      ...tlsFiles(pki.controllerManagerServing),
      ...kubeconfigs(layout.controllerManagerKubeconfig),
      '--leader-elect=false',
      '--use-service-account-credentials=true',
      // Each controller fetches its own token at the start; the default of 20 requests a second makes that take seconds.
      '--kube-api-qps=200',
      '--kube-api-burst=400',
      `--service-account-private-key-file=${pki.serviceAccounts.key}`,
      `--root-ca-file=${pki.ca.cert}`,
      controllersFlag(plane.disabledControllers),
      `--horizontal-pod-autoscaler-sync-period=${syncPeriodSeconds}s`,
      ...(nodeGraceSeconds === undefined ? [] : [`--node-monitor-grace-period=${nodeGraceSeconds}s`]),
      '--profiling=false',
      FEATURE_GATES,
    ],
    after: ['kube-apiserver'],
    health: httpsHealth(ports.controllerManager, '/healthz', pki.ca.cert),
    url: `https://127.0.0.1:${ports.controllerManager}`,
  };
}

/** Upstream's names. Events have no controller there: the API server drops them itself. */
const UPSTREAM_NAMES: Readonly<Record<string, string>> = {
  deployment: 'deployment-controller',
  endpoints: 'endpoints-controller',
  endpointslice: 'endpointslice-controller',
  'garbage-collector': 'garbage-collector-controller',
  hpa: 'horizontal-pod-autoscaler-controller',
  namespace: 'namespace-controller',
  'node-lifecycle': 'node-lifecycle-controller',
  'pod-gc': 'pod-garbage-collector-controller',
  replicaset: 'replicaset-controller',
  'root-ca': 'root-ca-certificate-publisher-controller',
  serviceaccount: 'serviceaccount-controller',
  statefulset: 'statefulset-controller',
};

/** A list without `*` switches on what it names: one that only switches something off leaves none running. */
function controllersFlag(disabled: readonly string[]): string {
  const off = Object.entries(UPSTREAM_NAMES)
    .filter(([name]) => isDisabled(name, disabled))
    .map(([, name]) => `-${name}`);
  return `--controllers=${[...(disabled.includes('all') ? [] : ['*']), ...off].join(',')}`;
}

function scheduler(plane: ControlPlane): ComponentSpec {
  const { layout, pki, ports, binDir } = plane;
  return {
    ...clientOf('kube-scheduler', plane),
    command: join(binDir, 'kube-scheduler'),
    args: [
      '--bind-address=127.0.0.1',
      `--secure-port=${ports.scheduler}`,
      ...tlsFiles(pki.schedulerServing),
      ...kubeconfigs(layout.schedulerKubeconfig),
      '--leader-elect=false',
      '--profiling=false',
    ],
    after: ['kube-apiserver'],
    health: httpsHealth(ports.scheduler, '/healthz', pki.ca.cert),
    url: `https://127.0.0.1:${ports.scheduler}`,
  };
}

/** How requests for aggregated APIs are passed on: the caller's name in headers, vouched for by the front proxy's certificate. */
function aggregation(pki: ClusterPki): readonly string[] {
  return [
    '--enable-aggregator-routing=false',
    `--proxy-client-cert-file=${pki.frontProxyClient.cert}`,
    `--proxy-client-key-file=${pki.frontProxyClient.key}`,
    `--requestheader-client-ca-file=${pki.frontProxyCa.cert}`,
    '--requestheader-allowed-names=front-proxy-client',
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
  ];
}

/** New certificates change the environment and with it the spec: whoever holds the old ones is restarted. */
function common(name: string, layout: NativeLayout, pki: ClusterPki) {
  return { name, env: { METRICS_LAB_PKI: pki.fingerprint }, graceSeconds: 5, logFile: layout.log(name) };
}

/** So does another address of the API server, which the kubeconfig's path alone would not show. */
function clientOf(name: string, { layout, pki, ports }: ControlPlane) {
  const base = common(name, layout, pki);
  return { ...base, env: { ...base.env, METRICS_LAB_SERVER: serverUrl(ports) } };
}

function httpsHealth(port: number, path: string, caFile: string) {
  return { kind: 'http', url: `https://127.0.0.1:${port}${path}`, caFile } as const;
}

function clientFiles({ cert, key }: PairFiles) {
  return { certFile: cert, keyFile: key };
}

function tlsFiles({ cert, key }: PairFiles): readonly string[] {
  return [`--tls-cert-file=${cert}`, `--tls-private-key-file=${key}`];
}

function kubeconfigs(path: string): readonly string[] {
  return [`--kubeconfig=${path}`, `--authentication-kubeconfig=${path}`, `--authorization-kubeconfig=${path}`];
}
