import { posix } from 'node:path';
import type { SourceFile } from './source-files.ts';

export interface Import {
  readonly from: string;
  readonly line: number;
  /** A file of the repository for a relative import, else the package or `node:` name as written. */
  readonly to: string;
  readonly relative: boolean;
}

// Static imports and exports (types too), side-effect imports, and import('…') in values and in types. The formatter fixes the quotes.
const SPECIFIER =
  /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?\bfrom\s*'([^']+)'|(?:^|\n)\s*import\s*'([^']+)'|\bimport\(\s*'([^']+)'/g;

/** Every import of a file, in order. */
export function importsOf(file: SourceFile): readonly Import[] {
  return [...file.text.matchAll(SPECIFIER)].map((match) => {
    const name = match[1] ?? match[2] ?? match[3] ?? '';
    const relative = name.startsWith('.');
    const end = match.index + match[0].length;
    return {
      from: file.path,
      line: file.text.slice(0, end).split('\n').length,
      to: relative ? posix.normalize(posix.join(posix.dirname(file.path), name)) : name,
      relative,
    };
  });
}
