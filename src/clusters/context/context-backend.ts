import type { BackendContext, ClusterBackend, ClusterHandle, ClusterSpec } from '../../contracts/backend.ts';
import type { Clock } from '../../contracts/clock.ts';
import type { Files } from '../../contracts/files.ts';
import { LabError } from '../../errors/lab-error.ts';
import { type ClusterAccess, kubeconfigText, loadKubeconfig } from '../../kube/kubeconfig.ts';
import { clusterHandle, kubeconfigOf, withClient } from '../containers/cluster-ready.ts';
import { removeOwned } from './remove-owned.ts';

export interface ContextBackendPorts {
  readonly files: Files;
  readonly clock: Clock;
  /** The cluster that --kubeconfig, --context and the user's kubeconfig name. Raises ML-KUBE-CONFIG. */
  readonly userCluster: () => ClusterAccess;
  /** --context as typed. */
  readonly typedContext: string | undefined;
}

/**
 * A cluster that exists. It is chosen once: the lab's own kubeconfig keeps it, whatever the user's current context becomes.
 * `create` raises ML-CONTEXT-NOT-ALLOWED, ML-CONTEXT-PINNED, ML-KUBE-*; `remove` ML-CONTEXT-LEFT.
 */
export function contextBackend(ports: ContextBackendPorts): ClusterBackend {
  return {
    name: 'context',
    available: () => Promise.resolve({ ok: true, detail: 'the cluster of a kubeconfig' }),
    create: (spec, context) => create(ports, spec, context),
    remove: async (spec) => {
      if (!ports.files.exists(kubeconfigOf(spec))) return [];
      return withClient(ports.files, spec, (client) => removeOwned(client, ports.clock, spec.lab));
    },
    images: {
      programs: async (_spec, named) => {
        if (named === undefined) throw new LabError('ML-IMAGE-ABSENT', { backend: 'context' });
        return { image: named, changed: false, detail: named };
      },
      others: () => Promise.resolve({ changed: false }),
    },
  };
}

async function create(
  { files, userCluster, typedContext }: ContextBackendPorts,
  spec: ClusterSpec,
  { signal }: BackendContext,
): Promise<{ readonly handle: ClusterHandle; readonly changed: boolean }> {
  const path = kubeconfigOf(spec);
  const text = files.readText(path);
  if (text === undefined) {
    const access = userCluster();
    checkAllowed(access, spec.allowedContexts ?? []);
    files.writeAtomic(path, kubeconfigText(access), 0o600);
  } else {
    const pinned = loadKubeconfig(text, path).context;
    if (typedContext !== undefined && typedContext !== pinned) {
      throw new LabError('ML-CONTEXT-PINNED', { lab: spec.lab, pinned, context: typedContext });
    }
  }
  return { handle: await clusterHandle(files, spec, 'context', signal), changed: text === undefined };
}

/** Raises ML-CONTEXT-NOT-ALLOWED for a server elsewhere that nobody has allowed. */
export function checkAllowed({ server, context }: ClusterAccess, allowed: readonly string[]): void {
  const host = new URL(server).hostname;
  const isLoopback = host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
  if (!isLoopback && !allowed.includes(context)) throw new LabError('ML-CONTEXT-NOT-ALLOWED', { context, server });
}
