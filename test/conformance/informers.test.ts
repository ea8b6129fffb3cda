import { CoreV1Api, KubeConfig, makeInformer, type V1ConfigMap } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EmbeddedCluster, startEmbedded } from '../helpers/embedded-cluster.ts';
import { eventually } from '../helpers/lab-client.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const namespace = 'default';
const WITHIN_MS = 60_000;

/** The JavaScript client of Kubernetes keeps its cache right, whatever happens to the embedded API. */
describe('an informer of @kubernetes/client-node', () => {
  const dir = tempDir();
  const seen: string[] = [];
  let lists = 0;
  let stopped = false;
  let cluster: EmbeddedCluster;
  let api: CoreV1Api;
  let informer: ReturnType<typeof makeInformer<V1ConfigMap>>;

  beforeAll(async () => {
    cluster = await startEmbedded(dir.path);
    const config = configOf(cluster);
    api = config.makeApiClient(CoreV1Api);
    informer = makeInformer<V1ConfigMap>(config, `/api/v1/namespaces/${namespace}/configmaps`, () => {
      lists += 1;
      return api.listNamespacedConfigMap({ namespace });
    });
    for (const type of ['add', 'update', 'delete'] as const) {
      informer.on(type, ({ metadata, data }) => seen.push(`${type} ${metadata?.name} ${data?.['value']}`));
    }
    // As its documentation says: who uses it starts it again after an error.
    informer.on('error', () => {
      setTimeout(() => {
        if (!stopped) void informer.start();
      }, 200);
    });
    await informer.start();
  });
  afterAll(async () => {
    stopped = true;
    await informer.stop();
    cluster.stop();
    dir[Symbol.dispose]();
  });

  function saw(...events: readonly string[]): Promise<unknown> {
    return eventually(
      events.join(', '),
      () => Promise.resolve(seen),
      (all) => events.every((event) => all.includes(event)),
      WITHIN_MS,
    );
  }
  /** On the same port. `meanwhile`: what happens while nobody listens there. */
  async function restart(meanwhile?: () => Promise<void>): Promise<void> {
    const port = Number(new URL(cluster.url).port);
    cluster.stop();
    await meanwhile?.();
    cluster = await startEmbedded(dir.path, () => {}, port);
    // The old one may still keep a connection that is gone.
    api = configOf(cluster).makeApiClient(CoreV1Api);
  }

  test('is told what is added, changed and removed', async () => {
    await api.createNamespacedConfigMap({ namespace, body: configMap('a', '1') });
    await api.replaceNamespacedConfigMap({ namespace, name: 'a', body: configMap('a', '2') });
    await api.deleteNamespacedConfigMap({ namespace, name: 'a' });
    await saw('delete a 2');
    expect(seen).toEqual(['add a 1', 'update a 2', 'delete a 2']);
  });

  test('goes on after a restart of the API, and is told nothing twice', async () => {
    await api.createNamespacedConfigMap({ namespace, body: configMap('b', '1') });
    await saw('add b 1');
    await restart();
    await api.createNamespacedConfigMap({ namespace, body: configMap('c', '1') });
    await saw('add c 1');
    expect(seen.filter((event) => event.includes(' b '))).toEqual(['add b 1']);
    expect(informer.list(namespace)).toHaveLength(2);
  });

  test('lists again when the changes it missed are gone (410)', async () => {
    const before = lists;
    // Where the informer does not see it, and forgotten by the server that it comes back to.
    await restart(async () => {
      const elsewhere = await startEmbedded(dir.path);
      const hidden = configOf(elsewhere).makeApiClient(CoreV1Api);
      await hidden.deleteNamespacedConfigMap({ namespace, name: 'b' });
      await hidden.createNamespacedConfigMap({ namespace, body: configMap('d', '1') });
      elsewhere.stop();
    });
    await saw('delete b 1', 'add d 1');
    expect(lists).toBeGreaterThan(before);
    expect(informer.list(namespace).map(({ metadata }) => metadata?.name)).toEqual(['c', 'd']);
    await api.deleteNamespacedConfigMap({ namespace, name: 'c' });
    await saw('delete c 1');
  });
});

function configOf({ kubeconfig }: EmbeddedCluster): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  return config;
}

function configMap(name: string, value: string): V1ConfigMap {
  return { metadata: { name }, data: { value } };
}
