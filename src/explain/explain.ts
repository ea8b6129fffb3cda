import { decisionText } from '../hpa/index.ts';
import { because, type Bundle, ruleText, type Unread } from './bundle.ts';
import { viewsOf } from './bundle-views.ts';
import { catalogueFindings } from './catalogue.ts';
import { chainOf } from './chain.ts';
import { differencesOf } from './differences.ts';
import type { ExplainedHpa, UnknownPart } from './explanation.ts';
import type { HpaView } from './hpa-view.ts';
import { caseOf } from './recompute.ts';

/**
 * Explains the HPAs of a bundle, or the one of a name: same bundle, same explanation. One after the other, so that many need no more
 * memory than what is kept of them. Raises ML-KUBE-SHAPE for an HPA that is none.
 */
export function* explainBundle(bundle: Bundle, name?: string): Generator<ExplainedHpa> {
  for (const view of viewsOf(bundle, name)) yield explainView(view);
}

/** The chain of the last sync and the findings of the catalogue. */
export function explainView(view: HpaView): ExplainedHpa {
  const found = caseOf(view);
  const { sync, lastSync } = found;
  const { kind, name } = view.hpa.spec.scaleTargetRef;
  const record = 'impossible' in sync ? null : sync.output.record;
  return {
    namespace: view.namespace,
    name: view.name,
    target: `${kind}/${name}`,
    sync: lastSync === null ? 'first' : 'last',
    decision: record === null ? null : decisionText(record),
    computed: record?.desired ?? null,
    desired: view.hpa.status.desiredReplicas,
    chain: [...chainOf(found)],
    differences: [...differencesOf(found)],
    findings: [...catalogueFindings(view)],
    unknown: view.unread.map(unknownPart),
    platform: [...view.facts],
  };
}

/** "cannot list pods (403)", with the right that would help. */
function unknownPart(unread: Unread): UnknownPart {
  const { rule } = unread;
  return { what: `cannot ${unread.what} (${because(unread)})`, rule: rule === null ? null : ruleText(rule) };
}
