import { join } from 'node:path';
import {
  type Availability,
  type BackendContext,
  type ClusterBackend,
  type ClusterHandle,
  type ClusterSpec,
  nodeGrace,
} from '../../contracts/backend.ts';
import type { RunCommand } from '../../contracts/commands.ts';
import type { ComponentSpec } from '../../contracts/component.ts';
import { isSchedulerDisabled } from '../../contracts/controllers.ts';
import { LabError } from '../../errors/lab-error.ts';
import type { ClusterAccess } from '../../kube/kubeconfig.ts';
import { processClusterHandle, writeComponentKubeconfig, writeLabKubeconfig } from '../lab-access.ts';
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
  const { syncPeriodSeconds, disabledControllers = [] } = spec;
  const hasScheduler = !isSchedulerDisabled(disabledControllers) && files.exists(join(binDir, SCHEDULER));
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
  const specs = controlPlaneSpecs({
    layout,
    pki,
    ports: chosen,
    binDir,
    hasScheduler,
    syncPeriodSeconds,
    ...nodeGrace(spec),
    disabledControllers,
  });
  // It may run from an earlier `up`.
  const removed = !hasScheduler && (await context.components.remove(SCHEDULER, context.signal));
  const changed = (await ensureAll(specs, context)) || removed;
  return { handle: await processClusterHandle('native', spec, access, pki, context.signal), changed };
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
  const server = serverUrl(chosen);
  const write = (path: string, context: string, pair: PairFiles) =>
    writeComponentKubeconfig(files, path, { pki, server, context, pair });
  write(layout.controllerManagerKubeconfig, 'controller-manager', pki.controllerManager);
  write(layout.schedulerKubeconfig, 'scheduler', pki.scheduler);
  return writeLabKubeconfig(files, spec, pki, server);
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
