import { decisionText } from '../hpa/index.ts';
import { because, type Bundle, ruleText, type Unread } from './bundle.ts';
import { viewsOf } from './bundle-views.ts';
import { catalogueFindings } from './catalogue.ts';
import { chainOf } from './chain.ts';
import { differencesOf } from './differences.ts';
import type { ExplainedHpa, UnknownPart } from './explanation.ts';
import { hasCondition, type HpaView, targetText, windowSeconds } from './hpa-view.ts';
import { historyOf } from './history.ts';
import { type Case, caseOf, hasSynced } from './recompute.ts';

export interface ExplainOptions {
  /** One HPA; all when left out. */
  readonly name?: string;
  /** How far back the history goes; no history when left out. */
  readonly sinceMs?: number;
  /** Spares the recomputation of HPAs with nothing wrong: their decision, chain and differences are left out. */
  readonly brief?: boolean;
}

/**
 * Explains the HPAs of a bundle, or the one of a name: same bundle, same explanation. One after the other, so that many need no more
 * memory than what is kept of them. Raises ML-KUBE-SHAPE for an HPA that is none.
 */
export function* explainBundle(bundle: Bundle, { name, ...how }: ExplainOptions = {}): Generator<ExplainedHpa> {
  for (const view of viewsOf(bundle, name)) yield explainView(view, how);
}

/** The chain of the last sync, the findings of the catalogue, and the history of the last `sinceMs` milliseconds. */
export function explainView(view: HpaView, { sinceMs, brief = false }: ExplainOptions = {}): ExplainedHpa {
  const findings = [...catalogueFindings(view)];
  const history = sinceMs === undefined ? [] : [...historyOf(view, view.nowMs - sinceMs)];
  const common = { ...identityOf(view), findings, history, unknown: unknownParts(view.unread) };
  if (brief && findings.every(({ severity }) => severity === 'info'))
    return { ...common, decision: null, next: null, computed: null, chain: [], differences: [], platform: [] };
  const found = caseOf(view);
  const record = 'impossible' in found.sync ? null : found.sync.output.record;
  return {
    ...common,
    decision: record === null ? null : decisionText(record),
    next: nextOf(found),
    computed: record?.desired ?? null,
    chain: [...chainOf(found)],
    differences: [...differencesOf(found)],
    platform: [...view.facts],
  };
}

function identityOf(view: HpaView): Pick<ExplainedHpa, 'namespace' | 'name' | 'target' | 'sync' | 'desired'> {
  const { namespace, name, hpa } = view;
  const synced = hasSynced(hpa);
  return {
    namespace,
    name,
    target: targetText(view),
    sync: synced ? 'last' : 'first',
    desired: hpa.status.desiredReplicas,
  };
}

/** A recommendation of the past holds the count: it is older than its window at the latest one window from now. */
function nextOf({ view, sync }: Case): string | null {
  const held = hasCondition(view.hpa, 'AbleToScale', 'True', 'ScaleDownStabilized', 'ScaleUpStabilized');
  const record = 'impossible' in sync ? null : sync.output.record;
  if (!held || record === null || record.desired === view.hpa.status.desiredReplicas) return null;
  const seconds = windowSeconds(view.hpa, record.desired < view.hpa.status.desiredReplicas ? 'down' : 'up');
  const at = new Date(view.nowMs + seconds * 1000).toISOString();
  return `the window of ${seconds} s holds ${view.hpa.status.desiredReplicas} until ${at} at the latest; then ${record.desired}, if the metric stays`;
}

/** What could not be read, each once, whatever the number of questions. */
function unknownParts(unread: readonly Unread[]): readonly UnknownPart[] {
  return [...new Map(unread.map(unknownPart).map((part) => [JSON.stringify(part), part])).values()];
}

/** "cannot list pods (403)", with the right that would help. */
function unknownPart(unread: Unread): UnknownPart {
  const { rule } = unread;
  return { what: `cannot ${unread.what} (${because(unread)})`, rule: rule === null ? null : ruleText(rule) };
}
