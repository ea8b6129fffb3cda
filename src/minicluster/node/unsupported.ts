import type { Container, Pod, Volume } from './pod.ts';

/**
 * What a container asks for that a process on the host cannot have, or undefined. It is said instead of run without: a
 * program that misses its files fails in ways that are hard to read.
 */
export function unsupported(pod: Pod, container: Container): string | undefined {
  if (container.restartPolicy === 'Always') {
    return `init container "${container.name}" has restartPolicy Always: the process node does not support sidecars`;
  }
  for (const { name } of container.volumeMounts ?? []) {
    const volume = pod.spec.volumes?.find((one) => one.name === name);
    if (volume === undefined || isServiceAccountToken(volume)) continue;
    const kind = Object.keys(volume).find((field) => field !== 'name') ?? 'unknown';
    return `volume "${name}" (${kind}): the process node does not support volumes`;
  }
  return undefined;
}

/** Added to every pod by admission. Programs of the lab do not talk to the API, so nothing is lost. */
function isServiceAccountToken({ name, projected }: Volume): boolean {
  return name.startsWith('kube-api-access-') && projected !== undefined;
}
