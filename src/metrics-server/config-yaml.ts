import { isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';

export interface YamlProblem {
  /** `line:column`. */
  readonly at: string;
  readonly text: string;
}

export interface ParsedYaml {
  readonly document: unknown;
  readonly problems: readonly YamlProblem[];
  /** `line:column` of what stands at a path, or of its nearest parent. */
  place(path: readonly PropertyKey[]): string;
}

/** More aliases than any configuration needs; guards against documents that grow when read. */
const MAX_ALIASES = 100;

/** A YAML text (JSON is YAML) with places for its mistakes. */
export function parseYaml(text: string): ParsedYaml {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${line}:${col}`;
  };
  const problems = document.errors.map(({ pos, message }) => ({ at: at(pos[0]), text: message }));
  return {
    document: problems.length > 0 ? undefined : (document.toJS({ maxAliasCount: MAX_ALIASES }) as unknown),
    problems,
    place: (path) => {
      for (let depth = path.length; depth >= 0; depth -= 1) {
        const offset = offsetOf(document, path.slice(0, depth));
        if (offset !== undefined) return at(offset);
      }
      return '1:1';
    },
  };
}

/** Where a key stands (for a list: its element). */
function offsetOf(document: ReturnType<typeof parseDocument>, path: readonly PropertyKey[]): number | undefined {
  const key = path.at(-1);
  const parent = document.getIn(path.slice(0, -1), true);
  if (isMap(parent)) {
    const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === key);
    return isNode(pair?.key) ? pair.key.range?.[0] : undefined;
  }
  const node = path.length === 0 ? document.contents : document.getIn(path, true);
  return isNode(node) ? node.range?.[0] : undefined;
}
