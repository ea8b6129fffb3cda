/** Breaks a text at blanks so that no line is wider than `columns`, later lines indented. A word that is too long stays whole. */
export function wrap(text: string, columns: number, indent: number): string {
  const lead = /^ */.exec(text)?.[0] ?? '';
  const pad = ' '.repeat(Math.min(indent, Math.max(columns - 20, 2)));
  const lines: string[] = [];
  let line = '';
  for (const word of text.slice(lead.length).split(/(?<=\S) /)) {
    const begun = line === '' ? (lines.length === 0 ? lead : pad) + word : `${line} ${word}`;
    if (line !== '' && visibleWidth(begun) > columns) {
      lines.push(line);
      line = pad + word.trimStart();
    } else line = begun;
  }
  return [...lines, line].join('\n');
}

/** Columns that a text takes; the marks of `text/paint.ts` take none. */
export function visibleWidth(text: string): number {
  return [...text.replaceAll(/[\uFDD0-\uFDEF]/g, '')].length;
}
