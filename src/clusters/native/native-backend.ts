import { join } from 'node:path';
import { z } from 'zod';
import type {
  Availability,
  BackendContext,
  ClusterBackend,
  ClusterHandle,
  ClusterSpec,
} from '../../contracts/backend.ts';
import type { RunCommand } from '../../contracts/commands.ts';
import type { ComponentSpec } from '../../contracts/component.ts';
import { LabError } from '../../errors/lab-error.ts';
import { kubeClient } from '../../kube/client.ts';
import { type ClusterAccess, kubeconfigText } from '../../kube/kubeconfig.ts';
import { type ClusterPki, ensureClusterPki } from '../pki/cluster-pki.ts';
import { hasCertificateOf } from '../pki/has-certificate-of.ts';
import type { PairFiles } from '../pki/key-pair.ts';
import {
  cachedVersion,
  cacheFolder,
  checkVersions,
  missingBinaries,
  REQUIRED_BINARIES,
  requireBinaries,
  SCHEDULER,
} from './binaries.ts';
import { choosePorts } from './choose-ports.ts';
import { controlPlaneSpecs, SERVICE_IP, serverUrl } from './control-plane.ts';
import { type FetchPorts, fetchBinaries } from './fetch-binaries.ts';
import { type NativeLayout, nativeLayout } from './layout.ts';
import { type Architecture, DEFAULT_KUBERNETES, parseVersion } from './releases.ts';
import { type NativePorts, type NativeState, readNativeState, writeNativeState } from './state.ts';

export interface NativeBackendPorts extends FetchPorts {
  /** Downloads go below it. */
  readonly cacheDir: string;
  /** `process.platform` and `process.arch`. */
  readonly platform: string;
  readonly arch: string;
  readonly run: RunCommand;
  readonly freePort: () => Promise<number>;
  readonly isPortBusy: (port: number) => Promise<boolean>;
}

const HEALTHY_WITHIN_MS = 120_000;
const Version = z.object({ gitVersion: z.string(), platform: z.string() });

/**
 * The real etcd, kube-apiserver, kube-controller-manager and, when its binary is there, kube-scheduler as supervised processes
 * of the lab. `create` raises ML-NATIVE-*, ML-COMPONENT-UNHEALTHY, ML-SUPERVISOR-DIED, ML-STATE-*.
 */
export function nativeBackend(ports: NativeBackendPorts): ClusterBackend {
  return {
    name: 'native',
    available: (spec) => Promise.resolve(available(ports, spec)),
    create: (spec, context) => create(ports, spec, context),
    // Everything is below the lab's folder or a supervised component.
    remove: () => Promise.resolve([]),
  };
}

/** Usable without a download: `auto` must not fetch a quarter of a gigabyte unasked. */
function available(ports: NativeBackendPorts, spec: ClusterSpec): Availability {
  const no = (why: string, fix: string): Availability => ({ ok: false, reasons: [{ why, fix }] });
  if (architectureOf(ports) === undefined) {
    return no(
      `it needs Linux on amd64 or arm64, and this is ${ports.platform}/${ports.arch}`,
      'run metrics-lab on Linux',
    );
  }
  if (spec.binDir !== undefined) {
    const missing = missingBinaries(ports.files, spec.binDir);
    if (missing.length === 0) return { ok: true, detail: `binaries of ${spec.binDir}` };
    return no(`${spec.binDir} holds no ${missing.join(', ')}`, 'name another folder with --bin-dir');
  }
  const wanted = spec.kubernetesVersion;
  const version = wanted ?? cachedVersion(ports.files, ports.cacheDir) ?? DEFAULT_KUBERNETES;
  const folder = cacheFolder(ports.cacheDir, version.replace(/^v/, ''));
  if (missingBinaries(ports.files, folder).length === 0)
    return { ok: true, detail: `Kubernetes ${version}, downloaded` };
  return no(
    `the binaries of Kubernetes ${version} are not on this machine`,
    'download them (about 250 MB) with `metrics-lab up --backend native`, or name their folder with --bin-dir',
  );
}

async function create(
  ports: NativeBackendPorts,
  spec: ClusterSpec,
  context: BackendContext,
): Promise<{ readonly handle: ClusterHandle; readonly changed: boolean }> {
  const { files } = ports;
  const layout = nativeLayout(spec.labDir);
  const before = readNativeState(files, layout.state, spec.lab);
  const binDir = await findBinaries(ports, spec, context, before);
  const hasScheduler = files.exists(join(binDir, SCHEDULER));
  const versions = await checkVersions(ports.run, {
    dir: binDir,
    names: hasScheduler ? [...REQUIRED_BINARIES, SCHEDULER] : REQUIRED_BINARIES,
    wanted: spec.kubernetesVersion === undefined ? undefined : parseVersion(spec.kubernetesVersion),
    known: before?.versions ?? {},
    signal: context.signal,
  });
  const pki = ensureClusterPki({ files, now: () => ports.clock.now() }, layout.pki, {
    serviceIp: SERVICE_IP,
    nodeName: spec.lab,
  });
  const chosen = await choose(ports, spec, pki, before, context.signal);
  writeNativeState(files, layout.state, { ports: chosen, binDir, versions });
  const access = writeKubeconfigs(ports, spec, layout, pki, chosen);
  const { syncPeriodSeconds } = spec;
  const specs = controlPlaneSpecs({ layout, pki, ports: chosen, binDir, hasScheduler, syncPeriodSeconds });
  const changed = await ensureAll(specs, context);
  return { handle: await handleOf(access, layout, pki, context.signal), changed };
}

function architectureOf({ platform, arch }: NativeBackendPorts): Architecture | undefined {
  if (platform !== 'linux') return undefined;
  return arch === 'x64' ? 'amd64' : arch === 'arm64' ? 'arm64' : undefined;
}

/** The folder named, else the one the lab was made with, else the cache, filled by a download when needed. */
async function findBinaries(
  ports: NativeBackendPorts,
  spec: ClusterSpec,
  { io, step, signal }: BackendContext,
  before: NativeState | undefined,
): Promise<string> {
  const { files, cacheDir } = ports;
  const architecture = architectureOf(ports);
  if (architecture === undefined) {
    throw new LabError('ML-NATIVE-PLATFORM', { platform: ports.platform, architecture: ports.arch });
  }
  if (spec.binDir !== undefined) {
    requireBinaries(files, spec.binDir);
    return spec.binDir;
  }
  const named = spec.kubernetesVersion;
  if (named === undefined && before !== undefined && missingBinaries(files, before.binDir).length === 0)
    return before.binDir;
  const kubernetes = named === undefined ? (cachedVersion(files, cacheDir) ?? DEFAULT_KUBERNETES) : parseVersion(named);
  const dir = cacheFolder(cacheDir, kubernetes);
  const names = [...REQUIRED_BINARIES, SCHEDULER];
  if (missingBinaries(files, dir).length > 0) {
    await fetchBinaries(ports, { dir, names, kubernetes, architecture, io, step, signal });
  }
  return dir;
}

function choose(
  ports: NativeBackendPorts,
  spec: ClusterSpec,
  pki: ClusterPki,
  before: NativeState | undefined,
  signal: AbortSignal,
): Promise<NativePorts> {
  const [ca, etcdCa] = [pki.ca, pki.etcdCa].map(({ cert }) => ports.files.readText(cert) ?? '') as [string, string];
  return choosePorts({
    kept: before?.ports,
    apiPort: spec.apiPort,
    freePort: ports.freePort,
    isPortBusy: ports.isPortBusy,
    pause: (ms) => ports.clock.sleep(ms, signal),
    isOurs: (name, port) => hasCertificateOf(name === 'etcd' || name === 'etcdPeer' ? etcdCa : ca, port),
  });
}

function writeKubeconfigs(
  { files }: NativeBackendPorts,
  spec: ClusterSpec,
  layout: NativeLayout,
  pki: ClusterPki,
  chosen: NativePorts,
): ClusterAccess {
  const read = (path: string) => files.readText(path) ?? '';
  const write = (path: string, context: string, pair: PairFiles): ClusterAccess => {
    const access = {
      server: serverUrl(chosen),
      ca: read(pki.ca.cert),
      cert: read(pair.cert),
      key: read(pair.key),
      context,
    };
    const text = kubeconfigText(access);
    if (files.readText(path) !== text) files.writeAtomic(path, text, 0o600);
    return access;
  };
  write(layout.controllerManagerKubeconfig, 'controller-manager', pki.controllerManager);
  write(layout.schedulerKubeconfig, 'scheduler', pki.scheduler);
  return write(layout.kubeconfig, `metrics-lab-${spec.lab}`, pki.admin);
}

/** All at once: the supervisor keeps their order. Only the first that is not ready yet is reported, the others wait for it. */
async function ensureAll(specs: readonly ComponentSpec[], context: BackendContext): Promise<boolean> {
  const failed = new AbortController();
  const signal = AbortSignal.any([context.signal, failed.signal]);
  const waiting = new Set(specs.map(({ name }) => name));
  const ensureOne = async (spec: ComponentSpec): Promise<boolean> => {
    const onWaiting = (text: string) => {
      if ([...waiting][0] === spec.name) context.io.emit({ type: 'step.progress', step: context.step, text });
    };
    const { changed } = await context.components.ensure(spec, { timeoutMs: HEALTHY_WITHIN_MS, onWaiting, signal });
    waiting.delete(spec.name);
    return changed;
  };
  try {
    return (await Promise.all(specs.map(ensureOne))).some(Boolean);
  } finally {
    failed.abort();
  }
}

async function handleOf(
  access: ClusterAccess,
  layout: NativeLayout,
  pki: ClusterPki,
  signal: AbortSignal,
): Promise<ClusterHandle> {
  const client = kubeClient(access);
  try {
    const answer = Version.safeParse(await client.json('GET', '/version', undefined, { signal }));
    if (!answer.success)
      throw new LabError('ML-KUBE-SHAPE', { path: '/version', reason: z.prettifyError(answer.error) });
    return {
      backend: 'native',
      kubeconfig: layout.kubeconfig,
      context: access.context,
      server: access.server,
      kubernetesVersion: answer.data.gitVersion.replace(/^v/, ''),
      architecture: answer.data.platform.endsWith('/arm64') ? 'arm64' : 'amd64',
      podsRunAs: 'processes',
      scaleToZero: true,
      pki: {
        caCert: pki.ca.cert,
        caKey: pki.ca.key,
        frontProxyCert: pki.frontProxyClient.cert,
        frontProxyKey: pki.frontProxyClient.key,
      },
    };
  } finally {
    client.close();
  }
}
