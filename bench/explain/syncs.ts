import type { ExplainedHpa } from '../../src/explain/explanation.ts';

/** The controller asked for the metric of an HPA. */
export interface Sync {
  readonly hpa: string;
  readonly atMs: number;
}

/** An explanation, and between which moments its evidence was read. */
export interface Look {
  readonly hpa: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly explained: ExplainedHpa;
  /** The HPA as it was read, for those that are not accounted for. */
  readonly evidence: unknown;
}

/** From the answer of the metrics API until the controller has written the scale and the status. */
const WRITES_MS = 250;

/** Every sync with what the first look at it said: `agrees`, or why not. The last sync of each HPA has no end and does not count. */
export function tallyText(
  syncs: readonly Sync[],
  looks: readonly Look[],
): { readonly lines: readonly string[]; readonly unaccounted: number } {
  const tally = new Map<string, number>();
  const examples: string[] = [];
  const looksOf = Map.groupBy(looks, ({ hpa }) => hpa);
  let total = 0;
  for (const [hpa, own] of Map.groupBy(syncs, (sync) => sync.hpa)) {
    for (const [index, { atMs }] of own.entries()) {
      const next = own[index + 1];
      if (next === undefined) continue;
      const within = ({ fromMs, toMs }: Look) => fromMs > atMs + WRITES_MS && toMs < next.atMs;
      const seen = looksOf.get(hpa)?.find(within);
      const verdict = seen === undefined ? NOT_SEEN : verdictOn(seen.explained);
      total += 1;
      tally.set(verdict, (tally.get(verdict) ?? 0) + 1);
      if (verdict === UNACCOUNTED && seen !== undefined) examples.push(exampleText(seen));
    }
  }
  const rows = [...tally].toSorted(([, a], [, b]) => b - a);
  return {
    lines: [
      `${total} syncs of the controller:`,
      ...rows.map(([verdict, count]) => `${String(count).padStart(7)}  ${share(count, total)}  ${verdict}`),
      ...examples,
    ],
    unaccounted: tally.get(UNACCOUNTED) ?? 0,
  };
}

const share = (count: number, total: number): string => `${((100 * count) / total).toFixed(1)} %`.padStart(7);

const NOT_SEEN = 'unknown: no look fell wholly between this sync and the next';
const UNACCOUNTED = 'NOT ACCOUNTED FOR: the count differs, and nothing that was read says why';

/** What the causes that explain gives come down to; the first that fits. */
const REASONS: readonly (readonly [part: string, verdict: string])[] = [
  ['in the last sync and is', 'accounted for: the metric moved after the sync'],
  ['somebody else set spec.replicas', 'accounted for: somebody else scaled after the sync'],
  ['the last sync ended early', 'accounted for: the sync ended early, as its condition says'],
  ['an earlier recommendation holds', 'accounted for: an earlier recommendation holds, as its condition says'],
  ['a policy counts', 'accounted for: a policy counts earlier changes, as its condition says'],
  ['the HPA was changed after', 'accounted for: the HPA was changed after its status'],
  ['not visible from outside', 'unknown: only the controller remembers it'],
];

function verdictOn({ computed, differences, chain, sync, desired }: ExplainedHpa): string {
  if (sync === 'first') return 'unknown: the controller has written no status yet';
  if (computed === null) {
    const why = chain.find(({ origin }) => origin === 'unknown')?.text ?? 'unknown';
    return why.replaceAll(/\d+/g, 'N').replaceAll(/queue-\w+/g, 'queue');
  }
  if (computed === desired) return 'agrees: the recomputed count is that of the status';
  const causes = differences.find(({ field }) => field === 'desiredReplicas')?.causes ?? [];
  return REASONS.find(([part]) => causes.some((cause) => cause.includes(part)))?.[1] ?? UNACCOUNTED;
}

function exampleText({ hpa, explained, evidence }: Look): string {
  const { computed, desired, decision, differences } = explained;
  return `  ${hpa}: computed ${computed}, status ${desired}; ${decision}; ${JSON.stringify({ differences, evidence })}`;
}
