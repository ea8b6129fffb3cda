import type { BackendName, ClusterBackend } from '../../contracts/backend.ts';
import type { LabSpec } from '../../contracts/lab-spec.ts';
import { requireBinaries } from '../../clusters/native/binaries.ts';
import { DOWNLOAD_LIMITS } from '../../clusters/native/download.ts';
import { OFFICIAL_SOURCES } from '../../clusters/native/releases.ts';
import { type BackendChoice, chooseBackend, clusterBackends } from '../../clusters/registry.ts';
import { clusterSpecOf } from '../../lab/cluster-spec.ts';
import { labPaths } from '../../lab/lab-store.ts';
import { freePort, isPortBusy } from '../../platform/free-port.ts';
import { runCommand } from '../../platform/run-command.ts';
import { runTool } from '../../platform/run-tool.ts';
import { userCluster } from '../user-cluster.ts';
import { PACKAGE_DIR, programCommand } from './program-command.ts';
import type { CommandContext } from '../context.ts';
import type { LabDraft } from '../settings/settings.ts';

/** The backend of a spec. Raises what already shows that it cannot work, before anything is made: ML-NATIVE-BIN-MISSING. */
export async function openBackend(context: CommandContext, spec: LabSpec): Promise<ClusterBackend> {
  if (spec.backend === 'native' && spec.binDir !== undefined) requireBinaries(context.files, spec.binDir);
  return (await choose(context, spec)).backend;
}

/** What `auto` stands for on this machine. Raises ML-BACKEND-NONE with every backend's reason and fix. */
export async function backendNameFor(context: CommandContext, draft: LabDraft): Promise<BackendName> {
  if (draft.backend !== 'auto') return draft.backend;
  const { backend, why } = await choose(context, draft);
  context.io.emit({ type: 'note', text: `backend ${why}` });
  return backend.name;
}

function choose(context: CommandContext, draft: LabDraft): Promise<BackendChoice> {
  const { files, clock, paths, processes } = context;
  const backends = clusterBackends({
    files,
    clock,
    processes,
    // Not `fetch` itself: to look at it loads 50 ms of code that only a download needs.
    fetch: (input, init) => fetch(input, init),
    sources: OFFICIAL_SOURCES,
    limits: DOWNLOAD_LIMITS,
    cacheDir: paths.cacheDir,
    platform: process.platform,
    arch: process.arch,
    run: runCommand,
    freePort,
    isPortBusy,
    program: programCommand,
    runTool,
    userCluster: () => userCluster(context, context.globals.kubeconfig, context.globals.context),
    typedContext: context.globals.context,
    env: context.env,
    packageDir: PACKAGE_DIR,
    version: context.versions.metricsLab,
  });
  const spec = clusterSpecOf({ ...draft, backend: 'native' }, labPaths(paths.labsDir, draft.lab).dir);
  return chooseBackend(backends, draft.backend, spec);
}
