import { z } from 'zod';
import type { KubeClient } from '../../contracts/kube-client.ts';
import { LabError } from '../../errors/lab-error.ts';
import { parseAs } from '../../kube/objects.ts';
import type { KnownKind } from './directory.ts';

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

const Aggregated = z.object({
  kind: z.literal('APIGroupDiscoveryList'),
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string().default('') }).default({ name: '' }),
      versions: z
        .array(
          z.object({
            version: z.string(),
            resources: z
              .array(
                z.object({
                  resource: z.string(),
                  responseKind: z.object({ kind: z.string() }).nullish(),
                  scope: z.string().default(''),
                  singularResource: z.string().default(''),
                }),
              )
              .nullish(),
          }),
        )
        .nullish(),
    }),
  ),
});
const GroupList = z.object({
  groups: z.array(z.object({ name: z.string(), preferredVersion: z.object({ version: z.string() }) })).nullish(),
});
const ResourceList = z.object({
  resources: z
    .array(
      z.object({
        name: z.string(),
        singularName: z.string().default(''),
        kind: z.string(),
        namespaced: z.boolean(),
      }),
    )
    .nullish(),
});

/** Every kind that a cluster serves, each in its preferred version, the core group first. Raises ML-KUBE-*. */
export async function clusterKinds(client: KubeClient): Promise<readonly KnownKind[]> {
  const [core, groups] = await Promise.all([discover(client, '/api'), discover(client, '/apis')]);
  return [...core, ...groups];
}

async function discover(client: KubeClient, path: '/api' | '/apis'): Promise<readonly KnownKind[]> {
  const document = await client.json('GET', path, undefined, { headers: { accept: AGGREGATED } });
  const aggregated = Aggregated.safeParse(document);
  if (aggregated.success) return aggregated.data.items.flatMap(kindsOfGroup);
  if (path === '/api') return await kindsOfVersion(client, '', 'v1');
  const { groups } = parseAs(GroupList, document, path);
  const found: KnownKind[] = [];
  for (const { name, preferredVersion } of groups ?? [])
    found.push(...(await kindsOfVersion(client, name, preferredVersion.version)));
  return found;
}

/** Versions come in the order of preference: the first that has a resource counts. */
function kindsOfGroup({ metadata, versions }: z.infer<typeof Aggregated>['items'][number]): readonly KnownKind[] {
  const found = new Map<string, KnownKind>();
  for (const { version, resources } of versions ?? []) {
    for (const { resource, responseKind, scope, singularResource } of resources ?? []) {
      const kind = responseKind?.kind ?? '';
      if (found.has(resource) || kind === '') continue;
      const singular = singularResource === '' ? kind.toLowerCase() : singularResource;
      found.set(resource, {
        group: metadata.name,
        version,
        resource,
        kind,
        singular,
        namespaced: scope === 'Namespaced',
      });
    }
  }
  return [...found.values()];
}

/** Plain discovery of one version; a group that is away (its server is down) has no kinds for now. */
async function kindsOfVersion(client: KubeClient, group: string, version: string): Promise<readonly KnownKind[]> {
  const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  let document: unknown;
  try {
    document = await client.json('GET', path);
  } catch (error) {
    if (error instanceof LabError && error.id === 'ML-KUBE-STATUS' && group !== '') return [];
    throw error;
  }
  return (parseAs(ResourceList, document, path).resources ?? [])
    .filter(({ name }) => !name.includes('/'))
    .map(({ name, singularName, kind, namespaced }) => ({
      group,
      version,
      resource: name,
      kind,
      namespaced,
      singular: singularName === '' ? kind.toLowerCase() : singularName,
    }));
}
