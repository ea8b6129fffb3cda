import { z } from 'zod';
import type { Clock } from '../../contracts/clock.ts';
import type { KubeClient } from '../../contracts/kube-client.ts';
import { parseAs } from '../../kube/objects.ts';
import type { ConfigReader } from './env.ts';

const Data = z.object({ data: z.record(z.string(), z.string()).nullish() });
type Entries = Readonly<Record<string, string>> | undefined;

/** Pods of one Deployment start together and read the same objects: an answer is shared for this long. */
const KEEP_MS = 1_000;

/** Secrets and ConfigMaps of the cluster. Raises ML-KUBE-UNREACHABLE, ML-KUBE-STATUS (not for 404). */
export function configReader(client: KubeClient, clock: Clock): ConfigReader {
  const kept = new Map<string, { readonly at: number; readonly entries: Promise<Entries> }>();
  const read = (path: string, decode: (value: string) => string): Promise<Entries> => {
    const known = kept.get(path);
    if (known !== undefined && clock.monotonic() - known.at < KEEP_MS) return known.entries;
    const entries = client.find(path).then((foreign) => {
      if (foreign === undefined) return undefined;
      const { data } = parseAs(Data, foreign, path);
      return Object.fromEntries(Object.entries(data ?? {}).map(([key, value]) => [key, decode(value)]));
    });
    // Faults and secrets are not kept longer than needed.
    const forget = () => {
      if (kept.get(path)?.entries === entries) kept.delete(path);
    };
    kept.set(path, { at: clock.monotonic(), entries });
    entries.then(() => clock.sleep(KEEP_MS).then(forget), forget);
    return entries;
  };
  const path = (namespace: string, plural: string, name: string) =>
    `/api/v1/namespaces/${encodeURIComponent(namespace)}/${plural}/${encodeURIComponent(name)}`;
  return {
    secret: (namespace, name) =>
      read(path(namespace, 'secrets', name), (value) => Buffer.from(value, 'base64').toString('utf8')),
    configMap: (namespace, name) => read(path(namespace, 'configmaps', name), (value) => value),
  };
}
