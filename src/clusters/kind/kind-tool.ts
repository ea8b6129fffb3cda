import { join } from 'node:path';
import type { BackendContext, ClusterSpec } from '../../contracts/backend.ts';
import type { CommandResult } from '../../contracts/commands.ts';
import { LabError } from '../../errors/lab-error.ts';
import type { ErrorId } from '../../errors/registry.ts';
import { kindFailure, nodeFailure } from '../../errors/match.ts';
import { kubeconfigOf } from '../containers/cluster-ready.ts';
import type { EngineName } from '../containers/engine.ts';
import { said, saidLast, toolEnv, type ToolPorts } from '../containers/tools.ts';
import { clusterName } from './config.ts';

const QUICK_MS = 60_000;
const CREATE_MS = 900_000;
const LOAD_MS = 300_000;

/** The kind program for the cluster of one lab. Every method raises ML-KIND-* for what kind says, known or not. */
export interface Kind {
  /** Names of the cluster's node containers, running or not; empty when there is no cluster. */
  nodes(signal?: AbortSignal): Promise<readonly string[]>;
  create(configFile: string, image: string, context: BackendContext): Promise<void>;
  /** Loads an image of this engine into the nodes; true when a node lacked it. */
  load(engine: EngineName, image: string, signal: AbortSignal): Promise<boolean>;
  writeKubeconfig(signal: AbortSignal): Promise<void>;
  exportLogs(folder: string): Promise<void>;
  remove(): Promise<void>;
}

export function kindTool(ports: ToolPorts, spec: ClusterSpec): Kind {
  const cluster = clusterName(spec.lab);
  const kubeconfig = kubeconfigOf(spec);
  const logFile = join(spec.labDir, 'logs', 'kind.log');
  const name = ['--name', cluster];
  const env = toolEnv(ports.env);
  ports.files.ensureDir(join(spec.labDir, 'logs'));

  const run = async (
    args: readonly string[],
    timeoutMs: number,
    more: { readonly signal?: AbortSignal; readonly image?: string } = {},
  ): Promise<CommandResult> => {
    const { image = '', ...options } = more;
    const result = await ports.runTool('kind', args, { env, timeoutMs, logFile, ...options });
    options.signal?.throwIfAborted();
    if (result.code === 0) return result;
    throw failure('kind', args, result, { image, logFile, cluster });
  };

  const nodes = async (signal?: AbortSignal) => {
    const { stdout } = await run(['get', 'nodes', ...name], QUICK_MS, signal === undefined ? {} : { signal });
    return stdout.split('\n').filter((line) => line !== '');
  };

  /** `kind load docker-image` asks Docker alone, whatever made the nodes; an archive it takes from anybody. */
  const loadArchive = async (image: string, signal: AbortSignal): Promise<boolean> => {
    const podman = async (...args: readonly string[]) => {
      const result = await ports.runTool('podman', args, { env, timeoutMs: LOAD_MS, logFile, signal });
      signal.throwIfAborted();
      return result;
    };
    const has = async (node: string) => (await podman('exec', node, 'crictl', 'inspecti', '-q', image)).code === 0;
    if ((await Promise.all((await nodes(signal)).map(has))).every(Boolean)) return false;
    const archive = join(spec.labDir, 'image.tar');
    try {
      const args = ['save', '--output', archive, image];
      const saved = await podman(...args);
      if (saved.code !== 0) throw failure('podman', args, saved, { image, logFile, cluster });
      await run(['load', 'image-archive', archive, ...name], LOAD_MS, { signal, image });
    } finally {
      ports.files.remove(archive);
    }
    return true;
  };

  return {
    nodes,
    create: async (configFile, image, { io, step, signal }) => {
      const onLine = (line: string) => {
        const begun = /^ (?:•|\u2022) (.*?)\s*(?:\.\.\.)?$/u.exec(line)?.[1];
        if (begun !== undefined) io.emit({ type: 'step.progress', step, text: begun });
      };
      // --retain: what went wrong is in the nodes; kind would delete them before anybody could look (kind#3758).
      const args = ['create', 'cluster', ...name, '--config', configFile, '--kubeconfig', kubeconfig, '--retain'];
      const result = await ports.runTool('kind', args, { env, timeoutMs: CREATE_MS, logFile, signal, onLine });
      signal.throwIfAborted();
      if (result.code === 0) return;
      const nodes = join(spec.labDir, 'logs', 'kind-nodes');
      await ports.runTool('kind', ['export', 'logs', ...name, nodes], { env, timeoutMs: QUICK_MS, logFile });
      throw failure('kind', args, result, { image, logFile, cluster }, nodeFailure(kubeletLogs(ports, nodes)));
    },
    load: async (engine, image, signal) => {
      if (engine === 'podman') return loadArchive(image, signal);
      const { stdout, stderr } = await run(['load', 'docker-image', image, ...name], LOAD_MS, { signal, image });
      return `${stdout}${stderr}`.includes('not yet present');
    },
    writeKubeconfig: async (signal) => {
      await run(['export', 'kubeconfig', ...name, '--kubeconfig', kubeconfig], QUICK_MS, { signal });
    },
    exportLogs: async (folder) => {
      await run(['export', 'logs', ...name, folder], LOAD_MS);
    },
    remove: async () => {
      await run(['delete', 'cluster', ...name, '--kubeconfig', kubeconfig], LOAD_MS);
    },
  };
}

function failure(
  tool: 'kind' | 'podman',
  args: readonly string[],
  result: CommandResult,
  { image, logFile, cluster }: { readonly image: string; readonly logFile: string; readonly cluster: string },
  seenInNodes?: ErrorId,
): LabError {
  const id = seenInNodes ?? kindFailure(said(result)) ?? 'ML-KIND-FAILED';
  const reason = firstError(said(result));
  return new LabError(
    id,
    {
      reason,
      image,
      cluster,
      tool,
      command: `${tool} ${args.join(' ')}`,
      code: result.code ?? 'a signal',
      output: saidLast(result),
    },
    { logFile },
  );
}

/** Below the line `ERROR: ...` stands what the command that kind ran has said. */
function firstError(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const at = lines.findIndex((line) => line.startsWith('ERROR: '));
  const own = at < 0 ? lines : lines.slice(at);
  const below = own.find((line) => line.startsWith('Command Output: '))?.slice('Command Output: '.length);
  const denied = own.find((line) => /^\w+: Error response|no space left|denied/i.test(line));
  return denied ?? below ?? own[0] ?? 'no output';
}

/** What `kind export logs` has written of the kubelets: a folder for each node, beside files such as docker-info.txt. */
function kubeletLogs({ files }: ToolPorts, folder: string): string {
  return files
    .list(folder)
    .filter((name) => files.isDirectory(join(folder, name)))
    .map((node) => files.readText(join(folder, node, 'kubelet.log')) ?? '')
    .join('\n');
}
