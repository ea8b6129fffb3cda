import type { BackendName } from '../../contracts/backend.ts';
import { LabError } from '../../errors/lab-error.ts';
import type { Flags } from '../flags.ts';

const OWN: readonly BackendName[] = ['embedded', 'native', 'kind', 'minikube'];
const CONTAINERS: readonly BackendName[] = ['kind', 'minikube', 'context'];
const PROCESSES: readonly BackendName[] = ['embedded', 'native'];

/** Which backends use a flag; flags that are not here mean something to all of them. */
const USED_BY: Readonly<Record<string, readonly BackendName[]>> = {
  context: ['context'],
  kubeconfig: ['context'],
  'bin-dir': ['native'],
  'node-image': ['kind'],
  driver: ['minikube'],
  image: CONTAINERS,
  'kubernetes-version': OWN,
  nodes: OWN,
  'sync-period': OWN,
  'disable-controller': PROCESSES,
  'merge-kubeconfig': OWN,
  'api-port': PROCESSES,
  'pods-capacity': PROCESSES,
};
const AUTO: readonly BackendName[] = OWN;

/** Raises ML-USAGE-BACKEND-FLAG for a typed flag that the backend, or everything `auto` may become, does not use (kwok#548). */
export function checkBackendFlags(flags: Flags, backend: BackendName | 'auto', anyCluster = false): void {
  const candidates = backend === 'auto' ? AUTO : [backend];
  for (const flag of flags.typed) {
    const users = USED_BY[flag];
    if (anyCluster && (flag === 'context' || flag === 'kubeconfig')) continue;
    if (users === undefined || candidates.some((candidate) => users.includes(candidate))) continue;
    throw new LabError('ML-USAGE-BACKEND-FLAG', { flag: `--${flag}`, backend, backends: users.join(', ') });
  }
}
