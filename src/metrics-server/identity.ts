import type { LabError } from '../errors/lab-error.ts';
import { parseAuthConfig } from '../kube/aggregated-auth/auth-config.ts';
import { delegatedAuth, standaloneAuth } from '../kube/aggregated-auth/delegated-auth.ts';
import type { DelegatedAuth } from '../kube/aggregated-auth/types.ts';
import type { MetricsServerConfig } from './config.ts';
import { failureEvent } from './log.ts';
import { ClusterDirectory } from './objects/cluster-directory.ts';
import type { ObjectDirectory } from './objects/directory.ts';
import { staticDirectory } from './objects/static-directory.ts';
import { type MetricsServerPorts, neededFile } from './ports.ts';

/** Who may ask, and what objects there are: out of the cluster, or out of files. Raises ML-METRICS-CONFIG, ML-KUBE-CONFIG. */
export function identityOf(
  config: MetricsServerConfig,
  ports: MetricsServerPorts,
  stack: AsyncDisposableStack,
): { readonly auth: DelegatedAuth; readonly objects: ObjectDirectory } {
  const { clock, log } = ports;
  const onError = (error: LabError) => log(failureEvent('cluster-failed', error));
  if (config.kubeconfigFile !== undefined) {
    const client = stack.adopt(ports.client(config.kubeconfigFile), (one) => one.close());
    const auth = stack.adopt(delegatedAuth({ client, clock, onError }), (one) => one.stop());
    const objects = stack.adopt(new ClusterDirectory(client, clock, onError), (one) => one.stop());
    return { auth, objects };
  }
  const { clientCaFile, requestHeaderCaFile, allowedNames = [], objectsFile } = config.standalone ?? {};
  const file = (key: string, path: string | undefined) =>
    path === undefined ? {} : { [key]: neededFile(ports, path) };
  const data = {
    ...file('client-ca-file', clientCaFile),
    ...file('requestheader-client-ca-file', requestHeaderCaFile),
    'requestheader-allowed-names': JSON.stringify(allowedNames),
    'requestheader-username-headers': '["X-Remote-User"]',
    'requestheader-group-headers': '["X-Remote-Group"]',
    'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]',
  };
  const list: unknown = objectsFile === undefined ? { items: [] } : JSON.parse(neededFile(ports, objectsFile));
  return {
    auth: standaloneAuth(parseAuthConfig({ metadata: { name: 'standalone' }, data }).config, clock),
    objects: staticDirectory(list),
  };
}
