import { join } from 'node:path';
import type {
  Availability,
  BackendContext,
  ClusterBackend,
  ClusterHandle,
  ClusterSpec,
} from '../../contracts/backend.ts';
import type { Clock } from '../../contracts/clock.ts';
import { LabError } from '../../errors/lab-error.ts';
import { kubeconfigOf, readyCluster } from '../containers/cluster-ready.ts';
import { requireEngine } from '../containers/engine.ts';
import { madeRecord } from '../containers/made-state.ts';
import { buildProgramImage, type ProgramImagePorts, sizeOf } from '../containers/program-image.ts';
import { findTool, toolEnv } from '../containers/tools.ts';
import { clusterName, kindConfig, nodeImageOf } from './config.ts';
import { type Kind, kindTool } from './kind-tool.ts';

export interface KindBackendPorts extends ProgramImagePorts {
  readonly clock: Clock;
}

/** v1alpha4 with kubeadm v1beta4 patches, `--kubeconfig` everywhere, rootless providers. */
const OLDEST_KIND = '0.24.0';
const READY_WITHIN_MS = 300_000;

/**
 * A cluster in containers, made by kind. `create` raises ML-KIND-*, ML-STATE-*; a cluster that this lab did not make is never
 * touched.
 */
export function kindBackend(ports: KindBackendPorts): ClusterBackend {
  return {
    name: 'kind',
    available: (spec) => available(ports, spec),
    create: (spec, context) => create(ports, spec, context),
    remove: (spec) => remove(ports, spec),
    images: {
      programs: async (spec, named, context) => {
        const engine = await requireEngine(ports, context.signal);
        const logFile = logOf(spec);
        const provided =
          named === undefined
            ? await buildProgramImage(ports, engine, join(spec.labDir, 'image'), { ...context, logFile })
            : { image: named, changed: false, detail: named };
        const isHere = (await sizeOf(ports, engine, provided.image, context.signal)) !== undefined;
        const loaded = isHere && (await kindTool(ports, spec).load(engine, provided.image, context.signal));
        return { ...provided, changed: provided.changed || loaded };
      },
      others: async (spec, images, context) => {
        const engine = await requireEngine(ports, context.signal);
        const kind = kindTool(ports, spec);
        let changed = false;
        for (const image of images) {
          // What is not here, the nodes pull themselves.
          if ((await sizeOf(ports, engine, image, context.signal)) === undefined) continue;
          changed = (await kind.load(engine, image, context.signal)) || changed;
        }
        return { changed };
      },
    },
    collectLogs: async (spec, folder) => {
      const state = madeRecord(ports.files, spec, 'kind').read();
      if (state !== undefined) await kindTool(ports, spec).exportLogs(folder);
    },
  };
}

function logOf({ labDir }: ClusterSpec): string {
  return join(labDir, 'logs', 'kind.log');
}

async function available(ports: KindBackendPorts, { binDir }: ClusterSpec): Promise<Availability> {
  if (binDir !== undefined) {
    const why = 'a folder of Kubernetes binaries was named, and it uses none';
    return { ok: false, reasons: [{ why, fix: 'leave --bin-dir away' }] };
  }
  const reasons: { why: string; fix: string }[] = [];
  const note = (error: unknown) => {
    if (!(error instanceof LabError)) throw error;
    reasons.push({ why: `${error.message}: ${error.why}`, fix: error.actions[0] ?? '' });
  };
  const version = await kindVersion(ports).catch(note);
  const engine = await requireEngine(ports).catch(note);
  if (reasons.length > 0) return { ok: false, reasons };
  return { ok: true, detail: `kind ${version ?? ''} and ${engine ?? ''} are here` };
}

/** Raises ML-KIND-MISSING, ML-KIND-VERSION. */
async function kindVersion(ports: KindBackendPorts): Promise<string> {
  if (findTool(ports, 'kind') === undefined) {
    throw new LabError('ML-KIND-MISSING', { tool: 'kind', backend: 'kind', url: 'https://kind.sigs.k8s.io' });
  }
  const asked = await ports.runTool('kind', ['version'], { env: toolEnv(ports.env), timeoutMs: 20_000 });
  const version = /kind v?(\d+\.\d+\.\d+)/.exec(asked.stdout)?.[1];
  if (version === undefined || isOlder(version, OLDEST_KIND)) {
    const found = version ?? (asked.stdout || asked.stderr).trim();
    throw new LabError('ML-KIND-VERSION', { found, wanted: OLDEST_KIND });
  }
  return version;
}

function isOlder(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split('.').map(Number));
  const at = a?.findIndex((part, index) => part !== b?.[index]) ?? -1;
  return at >= 0 && (a?.[at] ?? 0) < (b?.[at] ?? 0);
}

async function create(
  ports: KindBackendPorts,
  spec: ClusterSpec,
  context: BackendContext,
): Promise<{ readonly handle: ClusterHandle; readonly changed: boolean }> {
  await kindVersion(ports);
  const engine = await requireEngine(ports, context.signal);
  const cluster = clusterName(spec.lab);
  const kind = kindTool(ports, spec);
  const state = madeRecord(ports.files, spec, 'kind').read();
  const nodes = await kind.nodes(context.signal);
  let changed = false;
  if (nodes.length > 0 && state === undefined) throw new LabError('ML-KIND-NAME-TAKEN', { cluster, tool: 'kind' });
  if (nodes.length > 0 && state?.made === true) changed = await startStopped(ports, engine, nodes, spec, context);
  else {
    if (nodes.length > 0) {
      context.io.emit({ type: 'step.progress', step: context.step, text: `${cluster} is half made: making it anew` });
      await kind.remove();
    }
    await makeNew(ports, spec, kind, context);
    changed = true;
  }
  if (!ports.files.exists(kubeconfigOf(spec))) await kind.writeKubeconfig(context.signal);
  const timeoutMs = READY_WITHIN_MS;
  const handle = await readyCluster(ports, spec, { ...context, backend: 'kind', cluster, timeoutMs });
  return { handle, changed };
}

async function makeNew(ports: KindBackendPorts, spec: ClusterSpec, kind: Kind, context: BackendContext): Promise<void> {
  const cluster = clusterName(spec.lab);
  const made = madeRecord(ports.files, spec, 'kind');
  const config = join(spec.labDir, 'kind.yaml');
  ports.files.writeAtomic(config, kindConfig(spec), 0o600);
  made.write({ cluster, made: false });
  await kind.create(config, nodeImageOf(spec) ?? 'the default of kind', context);
  made.write({ cluster, made: true });
}

/** A restarted engine leaves its containers stopped. */
async function startStopped(
  ports: KindBackendPorts,
  engine: string,
  nodes: readonly string[],
  spec: ClusterSpec,
  { io, step, signal }: BackendContext,
): Promise<boolean> {
  const run = (args: readonly string[]) =>
    ports.runTool(engine, args, { env: toolEnv(ports.env), timeoutMs: 60_000, signal, logFile: logOf(spec) });
  const asked = await run(['inspect', '--format', '{{.State.Running}}', ...nodes]);
  if (asked.code === 0 && !asked.stdout.includes('false')) return false;
  io.emit({ type: 'step.progress', step, text: `starting ${nodes.join(', ')}` });
  const started = await run(['start', ...nodes]);
  signal.throwIfAborted();
  if (started.code === 0) return true;
  const output = started.stderr.trim();
  throw new LabError('ML-KIND-FAILED', { command: `${engine} start`, code: String(started.code), output });
}

async function remove(ports: KindBackendPorts, spec: ClusterSpec): Promise<readonly string[]> {
  const state = madeRecord(ports.files, spec, 'kind').read();
  if (state === undefined) return [];
  await requireEngine(ports);
  const kind = kindTool(ports, spec);
  const there = (await kind.nodes()).length > 0;
  if (there) await kind.remove();
  madeRecord(ports.files, spec, 'kind').forget();
  return there ? [`kind cluster ${state.cluster}`] : [];
}
