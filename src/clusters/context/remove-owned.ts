import { z } from 'zod';
import type { Clock } from '../../contracts/clock.ts';
import type { KubeClient } from '../../contracts/kube-client.ts';
import { LabError } from '../../errors/lab-error.ts';
import { collectionPath } from '../../kube/apply.ts';
import { parseAs } from '../../kube/objects.ts';

/** What a lab has outside of its namespace, and the namespace last: it takes the rest along. */
const KINDS: readonly (readonly [apiVersion: string, kind: string, namespace?: string])[] = [
  ['apiregistration.k8s.io/v1', 'APIService'],
  ['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding'],
  ['rbac.authorization.k8s.io/v1', 'ClusterRole'],
  ['rbac.authorization.k8s.io/v1', 'RoleBinding', 'kube-system'],
  ['v1', 'Namespace'],
];
const List = z.object({
  items: z.array(z.object({ metadata: z.object({ name: z.string(), uid: z.string() }) })),
});
const GONE_WITHIN_MS = 180_000;
const POLL_MS = 500;

/**
 * Deletes every object that carries the lab's label, and nothing else; resolves to `Kind/name` of each when all are gone. May be
 * called again. Raises ML-KUBE-*, ML-CONTEXT-LEFT.
 */
export async function removeOwned(client: KubeClient, clock: Clock, lab: string): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const [apiVersion, kind, namespace] of KINDS) {
    const path = collectionPath(apiVersion, kind, namespace);
    const query = { labelSelector: `metricslab.dev/lab=${lab}` };
    const { items } = parseAs(List, await client.json('GET', path, undefined, { query }), `a list of ${kind}`);
    for (const { metadata } of items) {
      // The uid: what somebody makes under the same name meanwhile is not the lab's.
      const options = { preconditions: { uid: metadata.uid } };
      const { status } = await client.request('DELETE', `${path}/${metadata.name}`, options);
      if (status < 300) removed.push(`${kind}/${metadata.name}`);
    }
    if (kind === 'Namespace') for (const { metadata } of items) await waitGone(client, clock, metadata.name);
  }
  return removed;
}

async function waitGone(client: KubeClient, clock: Clock, namespace: string): Promise<void> {
  const begun = clock.monotonic();
  for (;;) {
    const found = await client.find(`/api/v1/namespaces/${namespace}`);
    if (found === undefined) return;
    if (clock.monotonic() - begun > GONE_WITHIN_MS) {
      const reason = JSON.stringify(z.object({ status: z.unknown() }).parse(found).status);
      throw new LabError('ML-CONTEXT-LEFT', { namespace, seconds: GONE_WITHIN_MS / 1000, reason });
    }
    await clock.sleep(POLL_MS);
  }
}
