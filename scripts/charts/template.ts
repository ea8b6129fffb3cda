import { stringify } from 'yaml';
import { type Hole, type Holes, secretHelper } from './holes.ts';
import type { Condition, Part } from './values.ts';

/** The files of a chart's templates/: one for each kind, and the helpers that they call. */
export interface Templates {
  readonly files: ReadonlyMap<string, string>;
  /** `define`s of the Secrets' texts, for _helpers.tpl. */
  readonly helpers: string;
}

/** Turns objects with holes into templates. */
export function templates(parts: readonly Part[], holes: Holes): Templates {
  const files = new Map<string, string>();
  const helpers = new Map<string, string>();
  for (const { when, object } of parts) {
    const text = yamlTemplate(object.kind === 'Secret' ? withHelpers(object, holes, helpers) : object, holes);
    const condition = when.map(conditionText);
    const whole = condition.length === 0 ? text : `{{- if ${joined('and', condition)} }}\n${text}{{- end }}\n`;
    const name = `${object.kind.toLowerCase()}.yaml`;
    files.set(name, `${files.get(name) ?? ''}---\n${whole}`);
  }
  return { files, helpers: [...helpers.values()].join('') };
}

function conditionText({ path, is }: Condition): string {
  return joined(
    'or',
    is.map((value) => {
      if (typeof value === 'string') return `eq $.Values.${path} ${JSON.stringify(value)}`;
      return value ? `$.Values.${path}` : `not $.Values.${path}`;
    }),
  );
}

function joined(operator: 'and' | 'or', terms: readonly string[]): string {
  return terms.length === 1 ? (terms[0] ?? '') : `${operator} ${terms.map((term) => `(${term})`).join(' ')}`;
}

/** Base64 hides the holes of a Secret: its texts become helpers, and its data are those, encoded. */
function withHelpers(secret: Part['object'], holes: Holes, helpers: Map<string, string>): Part['object'] {
  const data = Object.entries(secret['data'] ?? {}).map(([key, encoded]) => {
    const name = secretHelper(secret.metadata.name, key);
    const text = Buffer.from(String(encoded), 'base64').toString('utf8');
    helpers.set(name, `{{- define "metrics-lab.${name}" }}${inText(text, holes)}{{ end }}\n`);
    return [key, holes.encoded(name)];
  });
  return { ...secret, data: Object.fromEntries(data) };
}

/** An object with holes as YAML. */
export function yamlTemplate(object: Readonly<Record<string, unknown>>, holes: Holes): string {
  const marks: string[] = [];
  const mark = (line: string) => `MARK${marks.push(line) - 1}.`;
  const marked = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(marked);
    if (value !== null && typeof value === 'object')
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, marked(inner)]));
    if (typeof value !== 'string' && typeof value !== 'number') return value;
    const text = String(value);
    if (text.includes('\n')) return inText(text, holes);
    const decoded = decodedHole(text, holes);
    const pieces = holes.split(decoded ?? text);
    if (pieces.every((piece) => typeof piece === 'string')) return value;
    return mark(scalar(pieces, typeof value === 'number', decoded === undefined ? '' : ' | b64enc'));
  };
  return filled(stringify(marked(object), { lineWidth: 0, blockQuote: 'literal' }), marks);
}

/** A hole that a builder has encoded by itself (`caBundle`). */
function decodedHole(text: string, holes: Holes): string | undefined {
  if (!/^[A-Za-z0-9+/]{12,}={0,2}$/.test(text)) return undefined;
  const decoded = Buffer.from(text, 'base64').toString('latin1');
  return /^hole-\d+-end$/.test(decoded) && holes.split(decoded).length === 1 ? decoded : undefined;
}

/** How a value that is a line of its own is written: what stands behind `key:`; a `\0` parts it from the kind of a tree. */
function scalar(pieces: readonly (string | Hole)[], isNumber: boolean, filter: string): string {
  const [first] = pieces;
  if (pieces.length === 1 && typeof first === 'object') {
    const { kind, expression } = first;
    if (isNumber || kind === 'encoded') return `{{ ${expression} }}`;
    if (kind === 'integer' || kind === 'fraction') return `{{ ${expression} | quote }}`;
    if (kind === 'tree' || kind === 'treeIfAny' || kind === 'textIfAny' || kind === 'each')
      return `${kind}\0${expression}${filter}`;
    return `{{ ${expression}${filter === '' ? ' | quote' : filter} }}`;
  }
  const each = pieces.find((piece): piece is Hole => typeof piece === 'object' && piece.kind === 'each');
  const form = pieces.map((piece) => (typeof piece === 'string' ? piece.replaceAll('%', '%%') : '%v')).join('');
  const values = pieces.flatMap((piece) =>
    typeof piece === 'string' ? [] : [piece.kind === 'each' ? '.' : `(${piece.expression})`],
  );
  const text = `{{ printf ${JSON.stringify(form)} ${values.join(' ')} | quote }}`;
  return each === undefined ? text : `each\0${each.expression}\0${text}`;
}

/** Expressions within a longer text, such as a file in a ConfigMap; a list or map in it is JSON. */
export function inText(text: string, holes: Holes): string {
  const json = text.replaceAll(/"(hole-\d+-end)"/g, (whole, token: string) => {
    const [hole] = holes.split(token);
    return typeof hole === 'object' && hole.kind === 'tree' ? `{{ ${hole.expression} | toJson }}` : whole;
  });
  return holes
    .split(json)
    .map((piece) => (typeof piece === 'string' ? piece : `{{ ${piece.expression} }}`))
    .join('');
}

/** Puts the expressions in place of their marks, with `with` around what may be missing and `range` around items of lists. */
function filled(yaml: string, marks: readonly string[]): string {
  const lines: string[] = [];
  for (const line of yaml.split('\n')) {
    const number = /MARK(\d+)\./.exec(line)?.[1];
    const [kind = '', expression = '', text] = (number === undefined ? '' : (marks[Number(number)] ?? '')).split('\0');
    const [indent = ''] = /^ */.exec(line) ?? [];
    const depth = indent.length + (line.trimStart().startsWith('- ') ? 4 : 2);
    const put = (value: string) => line.replace(/"?MARK\d+\."?/, () => value);
    if (number === undefined) lines.push(line);
    else if (kind === 'tree') lines.push(put(`{{- ${expression} | toYaml | nindent ${depth} }}`));
    else if (kind === 'treeIfAny')
      lines.push(
        `${indent}{{- with ${expression} }}`,
        put(`{{- toYaml . | nindent ${depth} }}`),
        `${indent}{{- end }}`,
      );
    else if (kind === 'textIfAny') {
      const [value, ...filters] = expression.split(' | ');
      const shown = `{{ ${['.', ...(filters.length === 0 ? ['quote'] : filters)].join(' | ')} }}`;
      lines.push(`${indent}{{- with ${value} }}`, put(shown), `${indent}{{- end }}`);
    } else if (kind === 'each') lines.push(put(text ?? '{{ . | quote }}'), `RANGE ${expression}`);
    else lines.push(put(kind));
  }
  return ranged(lines).join('\n');
}

/** A list item in which a hole stands for each of a list: all of it is repeated. */
function ranged(lines: readonly string[]): readonly string[] {
  const result = [...lines];
  for (;;) {
    const at = result.findIndex((line) => line.startsWith('RANGE '));
    if (at < 0) return result;
    const expression = result[at]?.slice('RANGE '.length) ?? '';
    result.splice(at, 1);
    const depthOf = (line: string) => line.length - line.trimStart().length;
    let first = at - 1;
    while (!(result[first] ?? '- ').trimStart().startsWith('- ')) first -= 1;
    const depth = depthOf(result[first] ?? '');
    let end = first + 1;
    while (end < result.length && (depthOf(result[end] ?? '') > depth || result[end]?.startsWith('RANGE ') === true))
      end += 1;
    const item = result.slice(first, end).filter((line) => !line.startsWith('RANGE '));
    const indent = ' '.repeat(depth);
    result.splice(first, end - first, `${indent}{{- range ${expression} }}`, ...item, `${indent}{{- end }}`);
  }
}
