import { realpathSync as realPath } from 'node:fs';
import { join, resolve } from 'node:path';
import { LabError } from '../errors/lab-error.ts';
import type { PluginHost } from '../kube/exec-credential.ts';
import { type ClusterAccess, loadKubeconfig } from '../kube/kubeconfig.ts';
import type { CommandContext } from './context.ts';

/** The file that kubectl writes to: the first of KUBECONFIG, else ~/.kube/config; a link is followed, so that it stays one. */
export function userKubeconfig({ env, cwd, files }: Pick<CommandContext, 'env' | 'cwd' | 'files'>): string {
  const path = resolve(cwd, kubeconfigPaths(env)[0] ?? '');
  return files.exists(path) ? realPath(path) : path;
}

/** KUBECONFIG, or the standard place. */
function kubeconfigPaths(env: CommandContext['env']): readonly string[] {
  const listed = (env['KUBECONFIG'] ?? '').split(':').filter((path) => path !== '');
  return listed.length > 0 ? listed : [join(env['HOME'] ?? '', '.kube', 'config')];
}

/**
 * A cluster of the user's kubeconfig: --kubeconfig > KUBECONFIG > ~/.kube/config. KUBECONFIG may list several files: the first
 * that there is with that context counts. With `host` its user may be one whose credentials a plugin gives. Raises ML-KUBE-CONFIG.
 */
export function userCluster(
  { env, cwd, files }: Pick<CommandContext, 'env' | 'cwd' | 'files'>,
  file: string | undefined,
  name: string | undefined,
  host?: PluginHost,
): ClusterAccess {
  const paths = (file === undefined ? kubeconfigPaths(env) : [file]).map((path) => resolve(cwd, path));
  let fault: unknown;
  for (const path of paths) {
    const text = files.readText(path);
    if (text === undefined) {
      fault ??= new LabError('ML-KUBE-CONFIG', { path, reason: 'there is no such file' });
      continue;
    }
    try {
      return loadKubeconfig(text, path, name, host);
    } catch (error) {
      fault = error;
    }
  }
  throw fault;
}
