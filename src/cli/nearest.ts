/** The three candidates nearest to what was typed, nearest first (UX 2.5). Fewer when there are fewer. */
export function nearest(typed: string, candidates: readonly string[], limit = 3): string[] {
  const wanted = typed.toLowerCase();
  const distance = (candidate: string) => {
    const name = candidate.toLowerCase();
    // What was typed in full inside the candidate beats any number of small edits.
    return wanted.length > 1 && name.includes(wanted) ? 0.5 : editDistance(wanted, name);
  };
  return candidates
    .map((candidate) => ({ candidate, score: distance(candidate) }))
    .sort((a, b) => a.score - b.score || a.candidate.localeCompare(b.candidate))
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const replace = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(replace, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
