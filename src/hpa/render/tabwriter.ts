// Go's text/tabwriter as kubectl describe sets it up: padding 2, filled with blanks, no flags.

const PADDING = 2;

/** One line as cells; all but the last end with a tab. */
type Line = readonly string[];

/** Runes, which is what tabwriter takes for width. */
function width(cell: string): number {
  let runes = 0;
  for (const _ of cell) runes++;
  return runes;
}

/**
 * Aligns cells that end with a tab (or vertical tab) in columns. A column is as long as consecutive lines have a cell in it;
 * the last cell of a line belongs to no column. A form feed ends a line and all columns.
 */
export function alignTabs(text: string): string {
  return text.split('\f').map(alignSection).join('\n');
}

function alignSection(text: string): string {
  const lines = text.split('\n').map((line) => line.split(/[\t\v]/));
  const out: string[] = [];
  alignLines(lines, 0, lines.length, [], out);
  return out.join('\n');
}

/** tabwriter.Writer.format: lines from..to share the columns of `widths`; further columns are found in blocks of lines. */
function alignLines(lines: readonly Line[], from: number, to: number, widths: readonly number[], out: string[]): void {
  const column = widths.length;
  const inColumn = (at: number): boolean => column < (lines[at]?.length ?? 0) - 1;
  let at = from;
  while (at < to) {
    if (!inColumn(at)) {
      out.push(padLine(lines[at] ?? [], widths));
      at++;
      continue;
    }
    const start = at;
    let widest = 0;
    for (; at < to && inColumn(at); at++) widest = Math.max(widest, width(lines[at]?.[column] ?? '') + PADDING);
    alignLines(lines, start, at, [...widths, widest], out);
  }
}

function padLine(cells: Line, widths: readonly number[]): string {
  return cells
    .map((cell, index) => {
      const columnWidth = widths[index];
      return columnWidth === undefined ? cell : cell + ' '.repeat(columnWidth - width(cell));
    })
    .join('');
}
