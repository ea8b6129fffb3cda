import { decisionText } from '../hpa/index.ts';
import { chainOf } from './chain.ts';
import { differencesOf } from './differences.ts';
import type { Evidence } from './evidence.ts';
import type { ExplainedHpa, Finding } from './explanation.ts';
import { type Case, caseOf } from './recompute.ts';
import { disabledAtZero } from './rules/disabled-at-zero.ts';
import { statusDisagrees } from './rules/status-disagrees.ts';
import { unreadable } from './rules/unreadable.ts';
import { zeroAverage } from './rules/zero-average.ts';

/** What a case may show. Pure. */
type Rule = (found: Case) => readonly Finding[];

/** In the order in which findings are told. */
const RULES: readonly Rule[] = [unreadable, disabledAtZero, statusDisagrees, zeroAverage];

/** Explains every HPA of the evidence: same evidence, same explanation. Raises ML-KUBE-SHAPE for an HPA that is none. */
export function explain(evidence: Evidence): readonly ExplainedHpa[] {
  return evidence.hpas.map((own) => explainCase(caseOf(evidence, own)));
}

function explainCase(found: Case): ExplainedHpa {
  const { hpa, guess, sync, lastSync, evidence } = found;
  const { kind, name } = hpa.spec.scaleTargetRef;
  const record = 'impossible' in sync ? null : sync.output.record;
  return {
    namespace: hpa.metadata.namespace ?? evidence.namespace,
    name: hpa.metadata.name ?? '',
    target: `${kind}/${name}`,
    sync: lastSync === null ? 'first' : 'last',
    decision: record === null ? null : decisionText(record),
    computed: record?.desired ?? null,
    desired: hpa.status.desiredReplicas,
    chain: [...chainOf(found)],
    differences: [...differencesOf(found)],
    findings: RULES.flatMap((rule) => rule(found)),
    platform: [...guess.facts],
  };
}
