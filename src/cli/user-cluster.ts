import { join, resolve } from 'node:path';
import { LabError } from '../errors/lab-error.ts';
import { type ClusterAccess, loadKubeconfig } from '../kube/kubeconfig.ts';
import type { CommandContext } from './context.ts';

/**
 * A cluster of the user's kubeconfig: --kubeconfig > KUBECONFIG > ~/.kube/config. KUBECONFIG may list several files: the first
 * that there is with that context counts. Raises ML-KUBE-CONFIG.
 */
export function userCluster(
  { env, cwd, files }: Pick<CommandContext, 'env' | 'cwd' | 'files'>,
  file: string | undefined,
  name: string | undefined,
): ClusterAccess {
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
