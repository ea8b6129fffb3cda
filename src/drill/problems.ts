import type { CatalogueFinding } from '../explain/finding.ts';
import type { Drill } from './drill.ts';

/** Why a drill does not pass with what explain named: its finding is missing, or something is named that is not so. Empty = it passes. */
export function problemsOf(
  { finding, also = [] }: Pick<Drill, 'finding' | 'also'>,
  named: readonly Pick<CatalogueFinding, 'id' | 'severity' | 'title'>[],
): readonly string[] {
  const names = named.map(({ id }) => id);
  const missing =
    finding === null || names.includes(finding)
      ? []
      : [`explain does not name ${finding}; it names ${names.join(', ') || 'nothing'}`];
  const wrong = named.filter(({ id, severity }) => severity !== 'info' && id !== finding && !also.includes(id));
  return [...missing, ...wrong.map(({ id, title }) => `false companion ${id}: ${title}`)];
}
