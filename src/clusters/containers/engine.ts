import { LabError } from '../../errors/lab-error.ts';
import { engineFailure } from '../../errors/match.ts';
import { findTool, said, toolEnv, type ToolPorts } from './tools.ts';

export type EngineName = 'docker' | 'podman';

const ASK_MS = 20_000;
/** Fails when the engine behind the program does not answer (`docker info` may say so and exit 0). */
const QUESTIONS: Readonly<Record<EngineName, readonly string[]>> = {
  docker: ['version', '--format', '{{.Server.Version}}'],
  podman: ['info', '--format', '{{.Host.Arch}}'],
};

/**
 * The container engine that answers: Docker before Podman, or the one that KIND_EXPERIMENTAL_PROVIDER names, as kind itself
 * decides. Raises ML-KIND-ENGINE-DOWN, ML-KIND-ENGINE-PERMISSION.
 */
export async function requireEngine(ports: ToolPorts, signal?: AbortSignal): Promise<EngineName> {
  const named = ports.env['KIND_EXPERIMENTAL_PROVIDER'];
  const candidates: readonly EngineName[] = named === 'podman' ? ['podman'] : ['docker', 'podman'];
  const faults: LabError[] = [];
  for (const engine of candidates) {
    const fault = await askEngine(ports, engine, signal);
    signal?.throwIfAborted();
    if (fault === undefined) return engine;
    faults.push(fault);
  }
  // A permission that is missing says more than a program that is missing.
  throw faults.find(({ id }) => id === 'ML-KIND-ENGINE-PERMISSION') ?? faults[0] ?? down('none was looked for');
}

async function askEngine(ports: ToolPorts, engine: EngineName, signal?: AbortSignal): Promise<LabError | undefined> {
  if (findTool(ports, engine) === undefined) return down(`${engine} is not on the PATH`);
  const asked = await ports.runTool(engine, QUESTIONS[engine], {
    env: toolEnv(ports.env),
    timeoutMs: ASK_MS,
    ...(signal === undefined ? {} : { signal }),
  });
  if (asked.code === 0) return undefined;
  const text = said({ ...asked, stdout: '' }) || 'no answer';
  const reason = `\`${engine} ${QUESTIONS[engine][0]}\` failed: ${text.split('\n').find((line) => line.includes('rror')) ?? text.split('\n')[0] ?? ''}`;
  return engineFailure(text) === 'ML-KIND-ENGINE-PERMISSION'
    ? new LabError('ML-KIND-ENGINE-PERMISSION', { reason })
    : down(reason);
}

function down(reason: string): LabError {
  return new LabError('ML-KIND-ENGINE-DOWN', { reason });
}
