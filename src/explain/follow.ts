import type { KubeClient } from '../contracts/kube-client.ts';
import { viewsOf } from './bundle-views.ts';
import { collect, type CollectOptions } from './collect.ts';
import { keptDecisions } from './decisions.ts';
import { explainView } from './explain.ts';
import type { CatalogueFinding } from './finding.ts';

/** A decision of the controller, as it became visible. */
export interface Decided {
  readonly at: string;
  readonly namespace: string;
  readonly name: string;
  readonly from: number | null;
  readonly to: number | null;
  /** In one sentence. */
  readonly decision: string;
  /** observed = the controller's own record; computed = recomputed from evidence. */
  readonly origin: 'observed' | 'computed';
  /** Of the moment; those of an observed record are not looked for. */
  readonly findings: readonly CatalogueFinding[];
}

export interface FollowOptions extends CollectOptions {
  readonly everyMs: number;
  /** For ever without it. */
  readonly forMs?: number;
}

/** Each new decision of the controller, the last one first. Raises what `collect` raises. */
export async function* followDecisions(client: KubeClient, options: FollowOptions): AsyncGenerator<Decided> {
  const { clock, signal, everyMs, forMs } = options;
  const end = forMs === undefined ? Number.POSITIVE_INFINITY : clock.monotonic() + forMs;
  const last = new Map<string, string>();
  const isNew = ({ namespace, name }: Decided, what: string) => {
    const key = `${namespace}/${name}`;
    const changed = last.get(key) !== what;
    last.set(key, what);
    return changed;
  };
  let embedded = true;
  for (;;) {
    const kept: readonly Decided[] | null = embedded ? await observed(client, options) : null;
    embedded = kept !== null;
    for (const one of kept ?? []) if (isNew(one, one.decision)) yield one;
    if (kept === null) for await (const [one, status] of computed(client, options)) if (isNew(one, status)) yield one;
    if (clock.monotonic() >= end) return;
    await clock.sleep(Math.min(everyMs, end - clock.monotonic()), signal);
  }
}

/** The newest decision of each HPA; null = the cluster keeps none. */
async function observed(
  client: KubeClient,
  { namespace, name, signal }: FollowOptions,
): Promise<readonly Decided[] | null> {
  const kept = await keptDecisions(client, signal);
  if (kept === null) return null;
  const own = kept.filter(
    (one) => (namespace === null || one.namespace === namespace) && (name ?? one.name) === one.name,
  );
  const newest = new Map(own.map((one) => [`${one.namespace}/${one.name}`, one]));
  return [...newest.values()].map(({ current, desired, text, ...one }) => ({
    ...one,
    from: current,
    to: desired,
    decision: text,
    origin: 'observed' as const,
    findings: [],
  }));
}

/** What each HPA decided last, with the status that tells whether it is another one. */
async function* computed(client: KubeClient, options: FollowOptions): AsyncGenerator<[Decided, string]> {
  const { bundles } = await collect(client, options);
  for await (const bundle of bundles()) {
    for (const view of viewsOf(bundle, options.name)) {
      const { namespace, name, decision, findings, desired } = explainView(view);
      const one = {
        at: bundle.recordedAt,
        namespace,
        name,
        from: view.hpa.status.currentReplicas,
        to: desired,
        findings,
      };
      yield [{ ...one, decision: decision ?? 'unknown', origin: 'computed' }, JSON.stringify(view.hpa.status)];
    }
  }
}
