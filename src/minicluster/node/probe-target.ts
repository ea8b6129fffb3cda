import { join } from 'node:path';
import type { Launch } from './launch.ts';
import { pause } from './node-ports.ts';
import type { Container, ExecAction, HttpGetAction } from './pod.ts';
import type { PodHost } from './pod-host.ts';
import { httpProbe, type ProbeTarget } from './probe-run.ts';

/** Output of probes and hooks while they run, in the state folder. */
export const COMMAND_FILE: string = 'command-';
const HOOK_MS = 600_000;
const OUTPUT_BYTES = 10_000;
let commands = 0;

export interface HookTarget extends ProbeTarget {
  /** Runs a lifecycle hook until it ends or the signal aborts; resolves to what went wrong, or undefined. */
  hook(
    hook: { readonly exec?: ExecAction | undefined; readonly httpGet?: HttpGetAction | undefined },
    signal: AbortSignal,
  ): Promise<string | undefined>;
}

/** A running container as probes and hooks see it. */
export function probeTarget(host: PodHost, container: Container, launch: Launch | undefined): HookTarget {
  const hostPort: ProbeTarget['hostPort'] = (port) => {
    const named = container.ports?.find(({ name }) => name === port)?.containerPort;
    const number = named ?? (typeof port === 'number' ? port : /^\d+$/.test(port) ? Number(port) : undefined);
    const mapped = number === undefined ? undefined : launch?.hostPorts.get(number);
    return number === undefined || mapped === undefined ? undefined : { host: mapped, container: number };
  };
  const target: ProbeTarget = {
    podIP: host.facts.podIP,
    hostPort,
    exec: (command, timeoutMs) => runBeside(host, launch, command, timeoutMs, new AbortController().signal),
  };
  return {
    ...target,
    hook: async ({ exec, httpGet }, signal) => {
      if (httpGet !== undefined) {
        const { ok, message } = await httpProbe(httpGet, target, HOOK_MS);
        return ok ? undefined : message;
      }
      const command = exec?.command ?? [];
      if (command.length === 0) return undefined;
      const { code, output } = await runBeside(host, launch, command, HOOK_MS, signal);
      return code === 0 ? undefined : `command "${command.join(' ')}" exited with ${code ?? 'a signal'}: ${output}`;
    },
  };
}

/** A command with the container's environment and identity mark, so that it cannot outlive the container. */
async function runBeside(
  host: PodHost,
  launch: Launch | undefined,
  command: readonly string[],
  timeoutMs: number,
  signal: AbortSignal,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const { files, processes, clock } = host.node.ports;
  commands += 1;
  const outputFile = join(host.node.config.stateDir, `${COMMAND_FILE}${processes.self.pid}-${commands}.out`);
  const [program = '', ...args] = command;
  try {
    const child = await processes.spawn({ command: program, args, env: launch?.env ?? {}, logFile: outputFile });
    const done = new AbortController();
    const over = AbortSignal.any([signal, done.signal]);
    void pause(clock, timeoutMs, over).then(() => {
      if (!done.signal.aborted) processes.signal(child, 'SIGKILL');
    });
    const exit = await child.exited;
    done.abort();
    return { code: exit.code, output: (files.readText(outputFile) ?? '').slice(0, OUTPUT_BYTES) };
  } catch (error) {
    return { code: 126, output: error instanceof Error ? error.message : String(error) };
  } finally {
    files.remove(outputFile);
  }
}
