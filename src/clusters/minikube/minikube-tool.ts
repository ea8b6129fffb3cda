import { join } from 'node:path';
import { z } from 'zod';
import type { BackendContext, ClusterSpec } from '../../contracts/backend.ts';
import type { CommandResult } from '../../contracts/commands.ts';
import { LabError } from '../../errors/lab-error.ts';
import { engineFailure } from '../../errors/match.ts';
import { kubeconfigOf } from '../containers/cluster-ready.ts';
import { said, saidLast, toolEnv, type ToolPorts } from '../containers/tools.ts';

const QUICK_MS = 60_000;
const START_MS = 1_200_000;
const LOAD_MS = 300_000;
const Profile = z.object({ Name: z.string() });
const Profiles = z.object({ valid: z.array(Profile).nullish(), invalid: z.array(Profile).nullish() });

/** Name of a lab's profile. */
export function profileOf(lab: string): string {
  return `metrics-lab-${lab}`;
}

/** The minikube program for the profile of one lab. Every method raises ML-MINIKUBE-FAILED, or ML-KIND-* for what the engine says. */
export interface Minikube {
  /** Of this user, working or not. */
  profiles(signal?: AbortSignal): Promise<readonly string[]>;
  isRunning(signal: AbortSignal): Promise<boolean>;
  start(context: BackendContext): Promise<void>;
  writeKubeconfig(signal: AbortSignal): Promise<void>;
  images(signal: AbortSignal): Promise<readonly string[]>;
  load(image: string, signal: AbortSignal): Promise<void>;
  writeLogs(file: string): Promise<void>;
  remove(): Promise<void>;
}

export function minikubeTool(ports: ToolPorts, spec: ClusterSpec): Minikube {
  const profile = ['--profile', profileOf(spec.lab)];
  // minikube knows no flag for it: the variable keeps it from the user's kubeconfig and current context (minikube#687).
  const env = { ...toolEnv(ports.env), KUBECONFIG: kubeconfigOf(spec) };
  const logFile = join(spec.labDir, 'logs', 'minikube.log');
  ports.files.ensureDir(join(spec.labDir, 'logs'));
  const ask = (args: readonly string[], timeoutMs: number, signal?: AbortSignal): Promise<CommandResult> =>
    ports.runTool('minikube', args, { env, timeoutMs, logFile, ...(signal === undefined ? {} : { signal }) });
  const run = async (args: readonly string[], timeoutMs: number, signal?: AbortSignal): Promise<CommandResult> => {
    const result = await ask(args, timeoutMs, signal);
    signal?.throwIfAborted();
    if (result.code === 0) return result;
    throw failure(args, result, logFile);
  };
  return {
    profiles: async (signal) => {
      // Exit code 1 and a JSON answer when there is none.
      const { stdout } = await ask(['profile', 'list', '--output', 'json', '--light'], QUICK_MS, signal);
      signal?.throwIfAborted();
      const { valid, invalid } = parseProfiles(stdout);
      return [...(valid ?? []), ...(invalid ?? [])].map(({ Name }) => Name);
    },
    isRunning: async (signal) => {
      const { code } = await ask(['status', ...profile], QUICK_MS, signal);
      signal.throwIfAborted();
      return code === 0;
    },
    start: async ({ signal }) => {
      await run(startArguments(spec), START_MS, signal);
    },
    writeKubeconfig: async (signal) => {
      await run(['update-context', ...profile], QUICK_MS, signal);
    },
    images: async (signal) => (await run(['image', 'ls', ...profile], QUICK_MS, signal)).stdout.split('\n'),
    load: async (image, signal) => {
      await run(['image', 'load', image, ...profile], LOAD_MS, signal);
    },
    writeLogs: async (file) => {
      await run(['logs', ...profile, '--file', file], LOAD_MS);
    },
    remove: async () => {
      await run(['delete', ...profile], LOAD_MS);
    },
  };
}

/** The command line that makes, resumes or starts the profile of a lab. No addons: the lab brings what it needs. */
export function startArguments(spec: ClusterSpec): readonly string[] {
  const { kubernetesVersion, driver } = spec;
  return [
    'start',
    '--profile',
    profileOf(spec.lab),
    '--interactive=false',
    '--install-addons=false',
    '--wait=all',
    ...(driver === undefined ? [] : [`--driver=${driver}`]),
    ...(kubernetesVersion === undefined ? [] : [`--kubernetes-version=v${kubernetesVersion.replace(/^v/, '')}`]),
    `--nodes=${spec.nodes ?? 1}`,
    '--feature-gates=HPAScaleToZero=true',
    `--extra-config=controller-manager.horizontal-pod-autoscaler-sync-period=${spec.syncPeriodSeconds}s`,
  ];
}

function parseProfiles(text: string): z.infer<typeof Profiles> {
  const start = text.indexOf('{');
  if (start < 0) return {};
  const parsed = Profiles.safeParse(JSON.parse(text.slice(start)));
  return parsed.success ? parsed.data : {};
}

function failure(args: readonly string[], result: CommandResult, logFile: string): LabError {
  const command = `minikube ${args.join(' ')}`;
  const id = engineFailure(said(result)) ?? 'ML-MINIKUBE-FAILED';
  const output = saidLast(result);
  return new LabError(id, { reason: output, command, code: result.code ?? 'a signal', output }, { logFile });
}
