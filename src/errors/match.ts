import type { ErrorId } from './registry.ts';

/** One known complaint of a foreign tool. Each has a recorded text in test/unit/clusters/tool-failures.test.ts. */
interface KnownFailure {
  readonly pattern: RegExp;
  readonly id: ErrorId;
}

/** The first that fits counts: what lies deepest stands first. */
const ENGINE: readonly KnownFailure[] = [
  {
    pattern: /permission denied while trying to connect|dial unix [^ ]+: connect: permission denied/i,
    id: 'ML-KIND-ENGINE-PERMISSION',
  },
  {
    pattern:
      /cannot connect to the docker daemon|is the docker daemon running|cannot connect to podman|error during connect/i,
    id: 'ML-KIND-ENGINE-DOWN',
  },
  { pattern: /no space left on device/i, id: 'ML-KIND-DISK-FULL' },
];
const KIND: readonly KnownFailure[] = [
  ...ENGINE,
  { pattern: /node\(s\) already exist for a cluster with the name/i, id: 'ML-KIND-NAME-TAKEN' },
  { pattern: /port is already allocated|address already in use|ports are not available/i, id: 'ML-KIND-PORT-BUSY' },
  {
    pattern:
      /failed to pull image|manifest (?:for .* )?(?:not found|unknown)|pull access denied|failed to resolve reference/i,
    id: 'ML-KIND-IMAGE-PULL',
  },
];

/** What a failed run of docker or podman means; undefined when nobody knows. */
export function engineFailure(output: string): ErrorId | undefined {
  return ENGINE.find(({ pattern }) => pattern.test(output))?.id;
}

/** What a failed run of kind means; undefined when nobody knows. */
export function kindFailure(output: string): ErrorId | undefined {
  return KIND.find(({ pattern }) => pattern.test(output))?.id;
}

/** What the logs of a node (its kubelet's journal) tell of a cluster that did not come up: kind itself only sees a time-out. */
export function nodeFailure(kubeletLog: string): ErrorId | undefined {
  return /configured to not run on a host using cgroup v1/.test(kubeletLog) ? 'ML-KIND-CGROUP' : undefined;
}
