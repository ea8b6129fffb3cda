import { join, resolve } from 'node:path';
import type { KubeClient } from '../../contracts/kube-client.ts';
import { LabError } from '../../errors/lab-error.ts';
import { kubeClient } from '../../kube/client.ts';
import { type ClusterAccess, loadKubeconfig } from '../../kube/kubeconfig.ts';
import { requireRecord } from '../../lab/lab-store.ts';
import { labPorts } from '../container/lab-ports.ts';
import type { CommandContext } from '../context.ts';
import type { Flags } from '../flags.ts';
import { labName } from '../lab/lab-name.ts';

/** A cluster to read. The caller closes the client. */
export interface ReadCluster {
  readonly client: KubeClient;
  readonly context: string | null;
  readonly namespace: string;
  /** Where it is known: the lab's own. */
  readonly syncPeriodSeconds?: number;
}

/**
 * The cluster that a reading command speaks of: with --context or --kubeconfig any cluster of a kubeconfig (--kubeconfig > KUBECONFIG >
 * ~/.kube/config), else the lab's. Raises ML-KUBE-CONFIG, ML-LAB-NOT-FOUND, ML-LAB-NOT-READY.
 */
export async function clusterToRead(context: CommandContext, flags: Flags): Promise<ReadCluster> {
  const namespace = flags.text('namespace');
  if (namesCluster(context, flags)) {
    const access = anyAccess(context, flags.text('kubeconfig'), flags.text('context'));
    const { context: name } = access;
    return { client: kubeClient(access), context: name, namespace: namespace ?? access.namespace ?? 'default' };
  }
  const ports = labPorts(context);
  const lab = await labName(context);
  const { cluster, spec } = requireRecord(ports.files, ports.labsDir, lab);
  if (cluster === undefined)
    throw new LabError('ML-LAB-NOT-READY', { lab, seconds: 0, reason: 'it has no cluster yet' });
  return {
    client: ports.client(cluster.kubeconfig),
    context: cluster.context,
    namespace: namespace ?? spec.namespace,
    syncPeriodSeconds: spec.syncPeriodSeconds,
  };
}

/** Whether a cluster of a kubeconfig is meant and not the lab's: it is named, or kubectl calls us as its plugin. */
export function namesCluster({ env }: CommandContext, flags: Flags): boolean {
  return flags.has('context') || flags.has('kubeconfig') || env['METRICS_LAB_KUBECTL_PLUGIN'] === '1';
}

/** KUBECONFIG may list several files: the first that there is with that context counts. */
function anyAccess(context: CommandContext, file: string | undefined, name: string | undefined): ClusterAccess {
  const { env, cwd, files } = context;
  const listed = (env['KUBECONFIG'] ?? '').split(':').filter((path) => path !== '');
  const standard = listed.length > 0 ? listed : [join(env['HOME'] ?? '', '.kube', 'config')];
  const paths = (file === undefined ? standard : [file]).map((path) => resolve(cwd, path));
  let fault: unknown;
  for (const path of paths) {
    const text = files.readText(path);
    if (text === undefined) {
      fault ??= new LabError('ML-KUBE-CONFIG', { path, reason: 'there is no such file' });
      continue;
    }
    try {
      return loadKubeconfig(text, path, name);
    } catch (error) {
      fault = error;
    }
  }
  throw fault;
}
