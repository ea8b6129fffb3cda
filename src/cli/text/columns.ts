import { visibleWidth } from './wrap.ts';

/** Rows as columns, each as wide as its widest cell, two blanks apart; no blanks at the end of a line. Control characters in cells that would break a row are blanks. */
export function columns(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows].map((row) => row.map((cell) => cell.replaceAll(/[\r\n\t]+/g, ' ')));
  const widths = header.map((_, index) => Math.max(...all.map((row) => visibleWidth(row[index] ?? ''))));
  return all.map((row) => alignRow(row, widths)).join('\n');
}

function alignRow(row: readonly string[], widths: readonly number[]): string {
  return row
    .map((cell, index) => cell + ' '.repeat(Math.max((widths[index] ?? 0) - visibleWidth(cell), 0)))
    .join('  ')
    .trimEnd();
}
