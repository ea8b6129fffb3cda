import type { KubeClient } from '../contracts/kube-client.ts';
import type { BundleSample } from './bundle.ts';
import { type CollectOptions, readHpas } from './collect.ts';
import { targetKey, targetRef } from './collect/lists.ts';
import { Reader } from './collect/reader.ts';
import { readTargets } from './collect/targets.ts';

export interface SampleOptions extends CollectOptions {
  readonly forMs: number;
  readonly everyMs: number;
}

/** More than a day at one sample in 5 s. */
const MAX_SAMPLES = 20_000;

/**
 * Looks at HPAs and their scales for a while: some anomalies only show over time. By `namespace/name`, oldest first. Raises as `collect`.
 */
export async function sampleSeries(
  client: KubeClient,
  options: SampleOptions,
): Promise<ReadonlyMap<string, readonly BundleSample[]>> {
  const { clock, signal, forMs, everyMs, namespace, name } = options;
  const series = new Map<string, BundleSample[]>();
  const end = clock.monotonic() + forMs;
  for (;;) {
    const reader = new Reader(client, options);
    const hpas = (await readHpas(reader, options)).filter(
      ({ metadata }) => name === undefined || metadata.name === name,
    );
    const targets = await readTargets(reader, hpas.map(targetRef), namespace);
    const t = new Date(reader.now()).toISOString();
    for (const hpa of hpas) {
      const key = `${hpa.metadata.namespace}/${hpa.metadata.name}`;
      const own = series.get(key) ?? [];
      const status = (hpa['status'] ?? {}) as BundleSample['status'];
      if (own.length < MAX_SAMPLES)
        own.push({ t, hpa: hpa.metadata.name, status, scale: scaleOf(targets.get(targetKey(hpa))?.scale) });
      series.set(key, own);
    }
    const left = end - clock.monotonic();
    if (left <= 0) return series;
    await clock.sleep(Math.min(everyMs, left), signal);
  }
}

function scaleOf(scale: Readonly<Record<string, unknown>> | undefined): BundleSample['scale'] {
  const { spec, status } = (scale ?? {}) as { spec?: { replicas?: number }; status?: { replicas?: number } };
  if (scale === undefined || 'error' in scale) return { error: scale?.['error'] ?? 'not read' };
  return { specReplicas: spec?.replicas ?? 0, statusReplicas: status?.replicas ?? 0 };
}
