import { createHash } from 'node:crypto';
import { join } from 'node:path';
import {
  type Availability,
  type BackendContext,
  type ClusterBackend,
  type ClusterHandle,
  type ClusterSpec,
  nodeGrace,
} from '../../contracts/backend.ts';
import type { Clock } from '../../contracts/clock.ts';
import type { ComponentSpec } from '../../contracts/component.ts';
import type { Files } from '../../contracts/files.ts';
import { LabError } from '../../errors/lab-error.ts';
import { NEWEST_MINOR, OLDEST_MINOR } from '../../hpa/index.ts';
import { EMBEDDED_CONFIG_ENV, type EmbeddedConfig } from '../../minicluster/config.ts';
import { KUBERNETES_VERSION } from '../../minicluster/kubernetes-version.ts';
import { processClusterHandle, writeLabKubeconfig } from '../lab-access.ts';
import { type ClusterPki, ensureClusterPki, issueClient } from '../pki/cluster-pki.ts';
import type { PairFiles } from '../pki/key-pair.ts';
import { choosePort, readPort, writePort } from './api-port.ts';

export interface EmbeddedBackendPorts {
  readonly files: Files;
  readonly clock: Clock;
  readonly freePort: () => Promise<number>;
  readonly isPortBusy: (port: number) => Promise<boolean>;
  /** Command line of one of our own programs. */
  readonly program: (name: string) => readonly [command: string, ...args: string[]];
}

/** The one component: API server and controllers. */
export const EMBEDDED = 'embedded';
/** What is young dies soon here: a bigger nursery only costs 10 MB. */
const SMALL_HEAP = '--max-semi-space-size=2';
const HEALTHY_WITHIN_MS = 30_000;
const SERVICE_IP = '10.96.0.1';
const HPA_ACCOUNT = 'horizontal-pod-autoscaler';

/**
 * A Kubernetes of this package, as one supervised process of the lab. `create` raises ML-EMBEDDED-VERSION,
 * ML-NATIVE-PORT-BUSY, ML-COMPONENT-UNHEALTHY, ML-SUPERVISOR-DIED, ML-STATE-*.
 */
export function embeddedBackend(ports: EmbeddedBackendPorts): ClusterBackend {
  return {
    name: 'embedded',
    available: (spec) => Promise.resolve(available(spec)),
    create: (spec, context) => create(ports, spec, context),
    // Everything is below the lab's folder or the supervised component.
    remove: () => Promise.resolve([]),
  };
}

function available({ binDir }: ClusterSpec): Availability {
  if (binDir === undefined) return { ok: true, detail: 'part of metrics-lab, needs nothing else' };
  const why = 'a folder of Kubernetes binaries was named, and it uses none';
  return { ok: false, reasons: [{ why, fix: 'leave --bin-dir away' }] };
}

async function create(
  ports: EmbeddedBackendPorts,
  spec: ClusterSpec,
  context: BackendContext,
): Promise<{ readonly handle: ClusterHandle; readonly changed: boolean }> {
  const { files } = ports;
  checkVersion(spec.kubernetesVersion);
  const pkiPorts = { files, now: () => ports.clock.now() };
  const pkiDir = join(spec.labDir, 'pki');
  const pki = ensureClusterPki(pkiPorts, pkiDir, { serviceIp: SERVICE_IP, nodeName: spec.lab });
  const hpaClient = issueClient(pkiPorts, pkiDir, 'hpa-controller', {
    commonName: `system:serviceaccount:kube-system:${HPA_ACCOUNT}`,
    organizations: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
  });
  const port = await choosePort(ports, spec, files.readText(pki.ca.cert) ?? '', readPort(files, spec), context.signal);
  writePort(files, spec, port);
  const access = writeLabKubeconfig(files, spec, pki, serverUrl(port));
  const { changed } = await context.components.ensure(componentFor(ports, spec, pki, hpaClient, port), {
    timeoutMs: HEALTHY_WITHIN_MS,
    signal: context.signal,
    onWaiting: (text) => context.io.emit({ type: 'step.progress', step: context.step, text }),
  });
  return { handle: await processClusterHandle('embedded', spec, access, pki, context.signal), changed };
}

/** The HPA controller is imitated in the versions that the twin knows. */
function checkVersion(version: string | undefined): void {
  if (version === undefined) return;
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
  if (major === 1 && minor !== undefined && minor >= OLDEST_MINOR && minor <= NEWEST_MINOR) return;
  throw new LabError('ML-EMBEDDED-VERSION', { version, oldest: `1.${OLDEST_MINOR}`, newest: `1.${NEWEST_MINOR}` });
}

function componentFor(
  { files, program }: EmbeddedBackendPorts,
  spec: ClusterSpec,
  pki: ClusterPki,
  hpaClient: PairFiles,
  port: number,
): ComponentSpec {
  const config: EmbeddedConfig = {
    port,
    stateDir: join(spec.labDir, 'embedded'),
    serving: asFiles(pki.apiServer),
    clientCaFile: pki.ca.cert,
    frontProxy: { ...asFiles(pki.frontProxyClient), caFile: pki.frontProxyCa.cert },
    kubeletClient: asFiles(pki.apiServerKubeletClient),
    serviceAccounts: { keyFile: pki.serviceAccounts.key, publicKeyFile: pki.serviceAccounts.pub },
    hpaClient: asFiles(hpaClient),
    disabledControllers: spec.disabledControllers ?? [],
    syncPeriodSeconds: spec.syncPeriodSeconds,
    ...nodeGrace(spec),
    kubernetesVersion: (spec.kubernetesVersion ?? KUBERNETES_VERSION).replace(/^v/, ''),
  };
  const path = join(spec.labDir, 'embedded.json');
  const text = `${JSON.stringify(config, undefined, 2)}\n`;
  if (files.readText(path) !== text) files.writeAtomic(path, text, 0o600);
  const [command, ...args] = program('embedded-apiserver');
  const url = serverUrl(port);
  // Whoever holds an old certificate or configuration is restarted: the file's path alone would not show it.
  const stamp = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return {
    name: EMBEDDED,
    command,
    args: [SMALL_HEAP, ...args],
    env: { [EMBEDDED_CONFIG_ENV]: path, METRICS_LAB_PKI: pki.fingerprint, METRICS_LAB_CONFIG_HASH: stamp },
    after: [],
    health: { kind: 'http', url: `${url}/readyz`, caFile: pki.ca.cert },
    graceSeconds: 5,
    logFile: join(spec.labDir, 'logs', `${EMBEDDED}.log`),
    url,
  };
}

function serverUrl(port: number): string {
  return `https://127.0.0.1:${port}`;
}

function asFiles({ cert, key }: PairFiles): { readonly certFile: string; readonly keyFile: string } {
  return { certFile: cert, keyFile: key };
}
