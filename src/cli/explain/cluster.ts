import type { RunTool } from '../../contracts/commands.ts';
import type { KubeClient } from '../../contracts/kube-client.ts';
import { LabError } from '../../errors/lab-error.ts';
import type { ReaderOptions } from '../../explain/collect/reader.ts';
import { kubeClient } from '../../kube/client.ts';
import { requireRecord } from '../../lab/lab-store.ts';
import type { CommandContext } from '../context.ts';
import type { Flags } from '../flags.ts';
import { labName } from '../lab/lab-name.ts';
import { userCluster } from '../user-cluster.ts';

/** A cluster to read. */
export interface ReadCluster {
  readonly client: KubeClient;
  readonly context: string | null;
  readonly namespace: string;
  /** Where it is known: the lab's own. */
  readonly syncPeriodSeconds?: number;
}

/** How it is read: --timeout is the time of one request. */
export function readerOptions({ clock, signal, globals: { timeoutMs } }: CommandContext): ReaderOptions {
  return { clock, signal, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
}

/**
 * What `use` makes of the cluster that a reading command speaks of: with --context or --kubeconfig any cluster of a kubeconfig
 * (--kubeconfig > KUBECONFIG > ~/.kube/config), else the lab's. Raises ML-KUBE-CONFIG, ML-LAB-NOT-FOUND, ML-LAB-NOT-READY, what `use`
 * raises, and ML-KUBE-AWAY when a cluster that is no lab does not answer: nothing here can start that one.
 */
export async function withCluster<T>(
  context: CommandContext,
  flags: Flags,
  use: (cluster: ReadCluster) => Promise<T>,
): Promise<T> {
  const cluster = await clusterToRead(context, flags);
  try {
    return await use(cluster);
  } catch (error) {
    const lost = error instanceof LabError && error.id === 'ML-KUBE-UNREACHABLE';
    if (!lost || !namesCluster(context, flags) || OF_LAB.test(cluster.context ?? '')) throw error;
    throw new LabError('ML-KUBE-AWAY', { ...error.params, context: cluster.context ?? '' }, { cause: error });
  } finally {
    cluster.client.close();
  }
}

/** What backends call the contexts of the clusters that they make. */
const OF_LAB = /^(?:kind-)?metrics-lab-/;

async function clusterToRead(context: CommandContext, flags: Flags): Promise<ReadCluster> {
  const namespace = flags.text('namespace');
  if (namesCluster(context, flags)) {
    const { env, clock, signal } = context;
    const run: RunTool = async (...call) => (await import('../../platform/run-tool.ts')).runTool(...call);
    const host = { run, env, now: () => clock.now(), signal };
    const access = userCluster(context, flags.text('kubeconfig'), flags.text('context'), host);
    const { context: name } = access;
    return { client: kubeClient(access), context: name, namespace: namespace ?? access.namespace ?? 'default' };
  }
  const { files, paths } = context;
  const lab = await labName(context);
  const { cluster, spec } = requireRecord(files, paths.labsDir, lab);
  if (cluster === undefined)
    throw new LabError('ML-LAB-NOT-READY', { lab, seconds: 0, reason: 'it has no cluster yet' });
  return {
    client: kubeClient(userCluster(context, cluster.kubeconfig, undefined)),
    context: cluster.context,
    namespace: namespace ?? spec.namespace,
    syncPeriodSeconds: spec.syncPeriodSeconds,
  };
}

/** Whether a cluster of a kubeconfig is meant and not the lab's: it is named, or kubectl calls us as its plugin. */
export function namesCluster({ env }: CommandContext, flags: Flags): boolean {
  return flags.has('context') || flags.has('kubeconfig') || env['METRICS_LAB_KUBECTL_PLUGIN'] === '1';
}
