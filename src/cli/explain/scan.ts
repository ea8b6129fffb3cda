import type { ExplainedHpa, Explanation } from '../../explain/explanation.ts';
import type { CatalogueFinding, Severity } from '../../explain/finding.ts';
import type { Page } from '../output/output.ts';
import { columns } from '../text/columns.ts';
import { oneLine } from '../text/one-line.ts';
import { paint } from '../text/paint.ts';

const RANK: Readonly<Record<Severity | 'ok', number>> = { error: 0, warning: 1, info: 2, ok: 3 };

/** The worst that was found; `ok` = nothing. */
export function worstOf(findings: readonly CatalogueFinding[]): Severity | 'ok' {
  return findings.reduce<Severity | 'ok'>(
    (worst, { severity }) => (RANK[severity] < RANK[worst] ? severity : worst),
    'ok',
  );
}

/** Whether a finding is at least as bad as the limit of --fail-on. */
export function failsOn(hpas: readonly ExplainedHpa[], limit: Severity): boolean {
  return hpas.some(({ findings }) => RANK[worstOf(findings)] <= RANK[limit]);
}

/** Worst first, then by namespace and name. */
export function worstFirst(hpas: readonly ExplainedHpa[]): readonly ExplainedHpa[] {
  return hpas.toSorted(
    (a, b) =>
      RANK[worstOf(a.findings)] - RANK[worstOf(b.findings)] ||
      a.namespace.localeCompare(b.namespace) ||
      a.name.localeCompare(b.name),
  );
}

const COLORS = { error: 'red', warning: 'yellow', info: 'cyan', ok: 'green' } as const;

/** One line per HPA with something to say (-o wide: per HPA), worst first, and the numbers of all. */
export function scanText({ hpas }: Explanation, page: Page): string {
  const told = page.wide ? hpas : hpas.filter(({ findings }) => findings.length > 0);
  const rows = told.map((hpa) => {
    const worst = worstOf(hpa.findings);
    const [first, ...others] = hpa.findings;
    const more = others.length === 0 ? '' : ` (+${others.length})`;
    return [
      paint(COLORS[worst], worst),
      hpa.namespace,
      hpa.name,
      hpa.target,
      String(hpa.desired),
      first === undefined ? '' : `${first.id}${more}`,
      first?.title ?? '',
    ].map(oneLine);
  });
  const table = rows.length === 0 ? [] : [columns(HEADER, rows), ''];
  return [...table, ...unknownLines(hpas).map(oneLine), summary(hpas)].join('\n');
}
const HEADER = ['WORST', 'NAMESPACE', 'NAME', 'TARGET', 'DESIRED', 'FINDING', 'CAUSE'];

/** What could not be read, each once: a right that is missing is missing for all. */
function unknownLines(hpas: readonly ExplainedHpa[]): readonly string[] {
  const parts = new Map(hpas.flatMap(({ unknown }) => unknown.map((part) => [part.what, part] as const)));
  const shown = [...parts.values()].slice(0, 10);
  const lines = shown.map(({ what, rule }) => `unknown: ${what}${rule === null ? '' : `; ask for ${rule}`}`);
  return parts.size > shown.length ? [...lines, `unknown: and ${parts.size - shown.length} more`] : lines;
}

function summary(hpas: readonly ExplainedHpa[]): string {
  const count = (severity: Severity | 'ok') => hpas.filter(({ findings }) => worstOf(findings) === severity).length;
  const fine = count('ok') + count('info');
  return `${hpas.length} HPAs: ${count('error')} with errors, ${count('warning')} with warnings, ${fine} with nothing wrong`;
}
