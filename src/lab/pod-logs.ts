import type { KubeClient } from '../contracts/kube-client.ts';
import type { LabSpec } from '../contracts/lab-spec.ts';
import { LabError } from '../errors/lab-error.ts';
import { requireRecord } from './lab-store.ts';
import { logNames } from './logs.ts';
import { podLogPath, podParts } from './pods.ts';
import type { LabPorts } from './ports.ts';

export interface PodLogOptions {
  readonly follow: boolean;
  /** Last lines of each pod. */
  readonly tail?: number;
  readonly signal: AbortSignal;
}

/**
 * The logs of a part that runs in pods, or undefined when this lab has no such part (or none in pods). Several pods: each line
 * begins with its pod's name. Raises ML-LAB-NOT-FOUND, ML-KUBE-*, ML-LOGS-COMPONENT.
 */
export async function openPodLog(
  ports: LabPorts,
  lab: string,
  component: string,
): Promise<((options: PodLogOptions) => AsyncGenerator<string>) | undefined> {
  const { spec, cluster } = requireRecord(ports.files, ports.labsDir, lab);
  const files = logNames(ports, lab);
  if (cluster?.podsRunAs !== 'containers' || files.includes(component)) return undefined;
  const client = ports.client(cluster.kubeconfig);
  try {
    const parts = await podParts(client, spec, ports.signal);
    const part = parts.find(({ name }) => name === component);
    if (part === undefined) {
      const names = [...parts.map(({ name }) => name), ...files].join(', ');
      throw new LabError('ML-LOGS-COMPONENT', { component, lab, names });
    }
    const pods = part.pods.map(({ name }) => name);
    return (options) => readPods(ports.client(cluster.kubeconfig), spec, pods, options);
  } finally {
    client.close();
  }
}

async function* readPods(
  client: KubeClient,
  spec: LabSpec,
  pods: readonly string[],
  options: PodLogOptions,
): AsyncGenerator<string> {
  try {
    const streams = pods.map((pod) => lines(client, spec, pod, pods.length > 1, options));
    if (options.follow) yield* merged(streams);
    else for (const stream of streams) yield* stream;
  } finally {
    client.close();
  }
}

async function* lines(
  client: KubeClient,
  spec: LabSpec,
  pod: string,
  named: boolean,
  { follow, tail, signal }: PodLogOptions,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  const shown = (line: string) => (named ? `${pod} ${line}\n` : `${line}\n`);
  for await (const chunk of client.stream(podLogPath(spec, pod), { query: { follow, tailLines: tail }, signal })) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    if (parts.length > 0) yield parts.map(shown).join('');
  }
  if (rest !== '') yield shown(rest);
}

/** What comes first is given first, until all have ended. */
async function* merged(streams: readonly AsyncGenerator<string>[]): AsyncGenerator<string> {
  const next = (stream: AsyncGenerator<string>) => stream.next().then((result) => ({ stream, result }));
  const waiting = new Map(streams.map((stream) => [stream, next(stream)]));
  while (waiting.size > 0) {
    const { stream, result } = await Promise.race(waiting.values());
    if (result.done === true) waiting.delete(stream);
    else {
      waiting.set(stream, next(stream));
      yield result.value;
    }
  }
}
