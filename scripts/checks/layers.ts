import type { Check, Finding } from './check.ts';
import { importsOf, type Import } from './imports.ts';
import { IMPLEMENTATIONS, LAYERS, SHARED, WIRING } from './layer-table.ts';
import { sourceFiles } from './source-files.ts';

const within = (path: string, place: string): boolean => path === place || path.startsWith(`${place}/`);

/** Why this import is against the table, or undefined. Paths without `src/`. */
export function breach(from: string, { to, relative }: Pick<Import, 'to' | 'relative'>): string | undefined {
  const row = LAYERS.find(({ folder }) => within(from, folder));
  if (!relative) return row?.pure ? `${row.folder} is pure: it imports no package and no ${to}` : undefined;
  if (!to.startsWith('src/')) return `src imports only src, not ${to}`;
  const target = to.slice('src/'.length);
  if (within(from, 'cli')) {
    const implementation = IMPLEMENTATIONS.find((place) => within(target, place));
    const wires = implementation === undefined || WIRING.some((place) => within(from, place));
    return wires ? undefined : `only ${WIRING.join(' and ')} import ${implementation}`;
  }
  if (row === undefined) return `src/${from.split('/')[0]} has no row in scripts/checks/layer-table.ts`;
  if (within(target, row.folder)) return undefined;
  const allowed = row.pure ? [] : [...SHARED, ...row.imports];
  if (allowed.some((place) => within(target, place))) return undefined;
  return `${row.folder} may import ${allowed.join(', ') || 'nothing'}; not ${target}`;
}

function findBreaches(): Finding {
  const files = sourceFiles(/^src\/.*\.tsx?$/);
  const known = new Set(files.map(({ path }) => path));
  const imports = files.flatMap(importsOf);
  const lines: string[] = [];
  for (const found of imports) {
    const why =
      breach(found.from.slice('src/'.length), found) ??
      (found.relative && !known.has(found.to) ? `there is no ${found.to}` : undefined);
    if (why !== undefined) lines.push(`${found.from}:${found.line}  ${why}`);
  }
  // A parser that sees nothing must not pass: each `from '` or `import('` at the start of a statement has to be among the imports.
  const statements = files.reduce(
    (sum, { text }) => sum + (text.match(/^(?:import|\} from|export .* from)\b/gm)?.length ?? 0),
    0,
  );
  const multiline = files.reduce((sum, { text }) => sum + (text.match(/^import (?:type )?\{$/gm)?.length ?? 0), 0);
  if (imports.length < statements - multiline)
    lines.push(`read ${imports.length} imports, but the files hold ${statements - multiline} import statements`);
  return { ok: lines.length === 0, lines, scope: `${files.length} modules, ${imports.length} imports` };
}

export const layers: Check = { name: 'layers', run: findBreaches };
