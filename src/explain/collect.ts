import { z } from 'zod';
import type { KubeClient } from '../contracts/kube-client.ts';
import { decodeV2, type HpaV2, metricQueries, type PodObject, type Rules, rulesOf } from '../hpa/index.ts';
import { Meta, parseAs } from '../kube/objects.ts';
import { readMetric } from './collect/metrics.ts';
import { Reader } from './collect/reader.ts';
import { readScale } from './collect/scale.ts';
import { type Evidence, type Fact, type HpaEvidence, parseEvidence } from './evidence.ts';
import { platformOf } from './platform.ts';

export interface CollectOptions {
  readonly namespace: string;
  /** One HPA; all of the namespace when left out. One that is not there leaves `hpas` empty. */
  readonly name?: string;
  /** Epoch ms. */
  readonly now: number;
  readonly signal: AbortSignal;
}

const List = z.object({ items: z.preprocess((value) => value ?? [], z.array(z.record(z.string(), z.unknown()))) });
const Named = z.object({ metadata: Meta });
const Version = z.object({
  gitVersion: z.string(),
  major: z.string(),
  minor: z.string(),
  platform: z.string().default(''),
});
const Nodes = z.object({
  items: z.array(z.object({ status: z.object({ nodeInfo: z.object({ architecture: z.string() }) }) })),
});

/**
 * Reads everything that an explanation needs, with GET requests only. HPAs through autoscaling/v2: v1 hides metrics. What may not be
 * read is a fact with its reason. Raises ML-KUBE-UNREACHABLE, and ML-KUBE-STATUS or ML-KUBE-SHAPE when the HPAs cannot be read.
 */
export async function collectEvidence(client: KubeClient, options: CollectOptions): Promise<Evidence> {
  const { namespace, name, now, signal } = options;
  const reader = new Reader(client, signal);
  const root = `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`;
  const [version, architectures, list] = await Promise.all([
    reader.fact('the server version', '/version', (foreign) => parseAs(Version, foreign, 'the version')),
    reader.fact('nodes', '/api/v1/nodes', (foreign) => [
      ...new Set(parseAs(Nodes, foreign, 'a list of nodes').items.map(({ status }) => status.nodeInfo.architecture)),
    ]),
    reader.get(root),
  ]);
  const all = parseAs(List, list, 'a list of HPAs').items;
  const nameOf = (hpa: unknown) => parseAs(Named, hpa, 'an HPA').metadata.name;
  const frame = { at: new Date(now).toISOString(), namespace, version, architectures, names: all.map(nameOf) };
  const hpas: HpaEvidence[] = [];
  for (const hpa of all) {
    if (name === undefined || nameOf(hpa) === name)
      hpas.push(await collectHpa(reader, { ...frame, hpas: [] }, { apiVersion: 'autoscaling/v2', ...hpa }, root));
  }
  return parseEvidence({ ...frame, hpas });
}

async function collectHpa(
  reader: Reader,
  frame: Evidence,
  foreign: Readonly<Record<string, unknown>>,
  root: string,
): Promise<HpaEvidence> {
  const { rules, hpa } = decoded(frame, foreign);
  const { namespace } = frame;
  const from = `GET ${root}/${hpa.metadata.name ?? ''}`;
  const scale = await readScale(reader, namespace, hpa);
  const specs = hpa.spec.metrics ?? [];
  if ('unknown' in scale) {
    const unknown = { unknown: `${scale.unknown}, so nobody knows which pods these are`, from: scale.from };
    return { hpa: foreign, from, scale, pods: unknown, metrics: specs.map(() => unknown) };
  }
  const queries = metricQueries(hpa.spec, namespace, scale.value.selector, rules);
  const [pods, metrics] = await Promise.all([
    readPods(reader, namespace, scale.value.selector),
    Promise.all(queries.map(async (query) => (query === null ? null : readMetric(reader, namespace, query)))),
  ]);
  return { hpa: foreign, from, scale, pods, metrics };
}

function decoded(frame: Evidence, foreign: HpaEvidence['hpa']): { readonly rules: Rules; readonly hpa: HpaV2 } {
  const rules = rulesOf(platformOf(frame, undefined).platform);
  return { rules, hpa: decodeV2(foreign, rules).value };
}

async function readPods(reader: Reader, namespace: string, selector: string): Promise<Fact<readonly PodObject[]>> {
  if (selector === '') return { value: [], from: 'the scale has no selector' };
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const read = (foreign: unknown) => parseAs(List, foreign, 'a list of pods').items as unknown as readonly PodObject[];
  return reader.fact('pods', path, read, { labelSelector: selector });
}
