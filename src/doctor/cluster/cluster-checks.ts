import { z } from 'zod';
import type { KubeClient } from '../../contracts/kube-client.ts';
import { asLabError } from '../../errors/lab-error.ts';
import { readHpas } from '../../explain/collect.ts';
import type { Hpa } from '../../explain/collect/lists.ts';
import type { ReaderOptions } from '../../explain/collect/reader.ts';
import { parseAs } from '../../kube/objects.ts';
import { type Check, check } from '../report.ts';
import { pathChecks, readApiServices } from './api-service.ts';
import { ClusterReader } from './cluster-reader.ts';
import { kubeletTlsCheck, requestHeaderCheck, zeroGateCheck } from './control-plane.ts';
import { idleAdapterChecks } from './idle-adapters.ts';
import { queryChecks } from './hpa-queries.ts';
import { decodeHpa, GROUPS, groupsWanted } from './wanted.ts';

export interface ClusterCheckOptions extends ReaderOptions {
  /** Looked at when the HPAs of all namespaces may not be listed. */
  readonly namespace: string;
}

const Version = z.looseObject({ gitVersion: z.string(), platform: z.string().default('') });

/** Every link from the API server to a value that an HPA can use, in the order in which they depend on each other. */
export async function clusterChecks(client: KubeClient, options: ClusterCheckOptions): Promise<readonly Check[]> {
  const cluster = new ClusterReader(client, options);
  const checks: Check[] = [];
  try {
    const version = await cluster.get('/version', 'get /version');
    const known = version !== 'absent' && 'body' in version ? parseAs(Version, version.body, 'the version') : undefined;
    checks.push(
      check('api-server', 'ok', `${client.server} answers: Kubernetes ${known?.gitVersion ?? 'of unknown version'}`),
    );
    const hpas = await hpaObjects(cluster, options.namespace, checks);
    const decoded = hpas.map(decodeHpa);
    const services = await readApiServices(cluster);
    if ('unknown' in services) checks.push(check('metrics-path', 'unknown', `unknown: ${services.unknown}`));
    else {
      const wanted = groupsWanted(decoded);
      for (const group of GROUPS) {
        checks.push(...(await pathChecks(cluster, group, services, wanted.get(group) ?? [])));
      }
      checks.push(...(await idleAdapterChecks(cluster, services)));
    }
    checks.push(await requestHeaderCheck(cluster));
    checks.push(...(await queryChecks(cluster, hpas)));
    checks.push(await kubeletTlsCheck(cluster, 'unknown' in services ? [] : services));
    checks.push(await zeroGateCheck(cluster, decoded));
    return checks;
  } catch (error) {
    options.signal.throwIfAborted();
    const fault = asLabError(error);
    if (fault.id !== 'ML-KUBE-UNREACHABLE') throw error;
    const evidence = [`observed: ${fault.why}`];
    const fix = 'start the cluster, or name another one with --context';
    return [...checks, check('api-server', 'broken', `${client.server} does not answer`, { evidence, fix })];
  }
}

async function hpaObjects(cluster: ClusterReader, namespace: string, checks: Check[]): Promise<readonly Hpa[]> {
  for (const scope of [null, namespace]) {
    try {
      const found = await readHpas(cluster.reader, { namespace: scope });
      const where = scope === null ? 'all namespaces' : `namespace ${scope}`;
      if (scope !== null)
        checks.push(
          check(
            'hpas',
            'unknown',
            `unknown: cannot list horizontalpodautoscalers of all namespaces (403); there are ${found.length} in ${where}`,
          ),
        );
      else checks.push(check('hpas', 'ok', `${found.length} HPA(s) in ${where}`));
      return found;
    } catch (error) {
      if (!['ML-KUBE-STATUS', 'ML-EXPLAIN-FORBIDDEN'].includes(asLabError(error).id)) throw error;
    }
  }
  checks.push(check('hpas', 'unknown', 'unknown: cannot list horizontalpodautoscalers (403)'));
  return [];
}
