import { OWNER_ENV } from '../../contracts/component.ts';
import { describe } from '../../errors/lab-error.ts';
import { containerEnv } from './env.ts';
import { commandLine } from './images.ts';
import type { Container } from './pod.ts';
import { CONTAINER_ENV, NODE_STATE_ENV, type PodHost } from './pod-host.ts';
import { unsupported } from './unsupported.ts';

/** Everything to start one incarnation of a container with. */
export interface Launch {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly containerID: string;
  /** Container port → port of the host. */
  readonly hostPorts: ReadonlyMap<number, number>;
}

export type LaunchResult =
  | { readonly ok: true; readonly launch: Launch }
  | { readonly ok: false; readonly message: string };

/** Reads the environment, chooses ports of the host and puts the command line together; or says what is missing. */
export async function prepareLaunch(
  host: PodHost,
  container: Container,
  program: readonly string[],
  incarnation: number,
): Promise<LaunchResult> {
  const pod = host.pod();
  const { config, configReader, hostPorts, ports } = host.node;
  const problem = unsupported(pod, container);
  if (problem !== undefined) return { ok: false, message: problem };
  const asked = await containerEnv(pod, container, host.facts, configReader).catch((error: unknown) => ({
    ok: false as const,
    message: describe(error),
  }));
  if (!asked.ok) return asked;
  const line = commandLine(config.images, program, container, asked.env);
  if (!line.ok) return line;
  const mapping = new Map<number, number>();
  for (const { containerPort } of container.ports ?? []) mapping.set(containerPort, await hostPorts.take());
  // A server without a declared port must not meet the others on its default one.
  if (mapping.size === 0) mapping.set(0, await hostPorts.take());
  const containerID = `process://${pod.metadata.uid}-${container.name}-${incarnation}`;
  const env = {
    ...ports.childEnv,
    ...asked.env,
    ...portEnv(container, mapping),
    HOST: host.facts.hostIP,
    HOSTNAME: pod.metadata.name,
    METRICS_LAB_PARENT: String(ports.processes.self.pid),
    [OWNER_ENV]: config.labOwner,
    [NODE_STATE_ENV]: config.stateDir,
    [CONTAINER_ENV]: containerID,
  };
  return { ok: true, launch: { argv: line.argv, env, containerID, hostPorts: mapping } };
}

/** PORT is the host's port for the first container port, PORT_<NAME> that of a named one. */
function portEnv(container: Container, mapping: ReadonlyMap<number, number>): Record<string, string> {
  const env: Record<string, string> = { PORT: String([...mapping.values()][0]) };
  for (const { name, containerPort } of container.ports ?? []) {
    if (name === undefined || name === '') continue;
    env[`PORT_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`] = String(mapping.get(containerPort));
  }
  return env;
}
