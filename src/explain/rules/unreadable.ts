import type { Fact } from '../evidence.ts';
import type { Finding } from '../explanation.ts';
import type { Case } from '../recompute.ts';

/** What could not be read, each once. */
export function unreadable({ evidence, own }: Case): readonly Finding[] {
  const facts: readonly (Fact<unknown> | null)[] = [
    evidence.version,
    evidence.architectures,
    own.scale,
    own.pods,
    ...own.metrics,
  ];
  const seen = new Map<string, string>();
  for (const fact of facts) if (fact !== null && 'unknown' in fact) seen.set(fact.unknown, fact.from);
  return [...seen].map(([reason, from]) => ({
    id: 'unreadable',
    severity: 'warning',
    title: `unknown: ${reason}`,
    evidence: [from],
    upstream: [],
    fix: /\(40[13]\)/.test(reason) ? 'ask for the right to read it, or use another context' : null,
  }));
}
