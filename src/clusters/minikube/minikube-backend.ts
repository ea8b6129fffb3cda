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
import { findTool } from '../containers/tools.ts';
import { type Minikube, minikubeTool, profileOf } from './minikube-tool.ts';

export interface MinikubeBackendPorts extends ProgramImagePorts {
  readonly clock: Clock;
}

const READY_WITHIN_MS = 300_000;

/**
 * A profile of minikube per lab. `create` raises ML-KIND-MISSING, ML-KIND-NAME-TAKEN, ML-MINIKUBE-FAILED, ML-KIND-NOT-READY,
 * ML-STATE-*; a profile that this lab did not make is never touched.
 */
export function minikubeBackend(ports: MinikubeBackendPorts): ClusterBackend {
  return {
    name: 'minikube',
    available: (spec) => Promise.resolve(available(ports, spec)),
    create: (spec, context) => create(ports, spec, context),
    remove: async (spec) => {
      const record = madeRecord(ports.files, spec, 'minikube');
      if (record.read() === undefined) return [];
      const minikube = minikubeTool(ports, spec);
      const there = (await minikube.profiles()).includes(profileOf(spec.lab));
      if (there) await minikube.remove();
      record.forget();
      return there ? [`minikube profile ${profileOf(spec.lab)}`] : [];
    },
    images: {
      programs: async (spec, named, context) => {
        const minikube = minikubeTool(ports, spec);
        if (named !== undefined) {
          const changed = await load(minikube, named, context);
          return { image: named, changed, detail: named };
        }
        const engine = await requireEngine(ports, context.signal);
        const options = { ...context, logFile: join(spec.labDir, 'logs', 'minikube.log') };
        const built = await buildProgramImage(ports, engine, join(spec.labDir, 'image'), options);
        const loaded = await load(minikube, built.image, context);
        return { ...built, changed: built.changed || loaded };
      },
      others: async (spec, images, context) => {
        const minikube = minikubeTool(ports, spec);
        let changed = false;
        for (const image of images) {
          const isHere =
            findTool(ports, 'docker') !== undefined &&
            (await sizeOf(ports, 'docker', image, context.signal)) !== undefined;
          // What is not here, the nodes pull themselves.
          if (isHere) changed = (await load(minikube, image, context)) || changed;
        }
        return { changed };
      },
    },
    collectLogs: async (spec, folder) => {
      if (madeRecord(ports.files, spec, 'minikube').read() === undefined) return;
      ports.files.ensureDir(folder);
      await minikubeTool(ports, spec).writeLogs(join(folder, 'minikube.log'));
    },
  };
}

function available(ports: MinikubeBackendPorts, { binDir }: ClusterSpec): Availability {
  if (binDir !== undefined) {
    const why = 'a folder of Kubernetes binaries was named, and it uses none';
    return { ok: false, reasons: [{ why, fix: 'leave --bin-dir away' }] };
  }
  if (findTool(ports, 'minikube') !== undefined) return { ok: true, detail: 'minikube is here' };
  const { message, why, actions } = missing();
  return { ok: false, reasons: [{ why: `${message}: ${why}`, fix: actions[0] ?? '' }] };
}

function missing(): LabError {
  const url = 'https://minikube.sigs.k8s.io';
  return new LabError('ML-KIND-MISSING', { tool: 'minikube', backend: 'minikube', url });
}

async function create(
  ports: MinikubeBackendPorts,
  spec: ClusterSpec,
  context: BackendContext,
): Promise<{ readonly handle: ClusterHandle; readonly changed: boolean }> {
  if (findTool(ports, 'minikube') === undefined) throw missing();
  const cluster = profileOf(spec.lab);
  const record = madeRecord(ports.files, spec, 'minikube');
  const minikube = minikubeTool(ports, spec);
  const there = (await minikube.profiles(context.signal)).includes(cluster);
  if (there && record.read() === undefined) {
    throw new LabError('ML-KIND-NAME-TAKEN', { cluster, tool: 'minikube' });
  }
  const changed = !there || !(await minikube.isRunning(context.signal));
  if (changed) {
    // minikube itself goes on with a profile that was left half way.
    record.write({ cluster, made: false });
    await minikube.start(context);
    record.write({ cluster, made: true });
  }
  if (!ports.files.exists(kubeconfigOf(spec))) await minikube.writeKubeconfig(context.signal);
  const timeoutMs = READY_WITHIN_MS;
  const handle = await readyCluster(ports, spec, { ...context, backend: 'minikube', cluster, timeoutMs });
  return { handle, changed };
}

async function load(minikube: Minikube, image: string, { signal }: BackendContext): Promise<boolean> {
  if ((await minikube.images(signal)).some((name) => name.endsWith(image))) return false;
  await minikube.load(image, signal);
  return true;
}
