import { TemplateFault, type Token, tokensOf } from './tokens.ts';

export type Operand =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | undefined }
  | { readonly kind: 'field'; readonly names: readonly string[] }
  | { readonly kind: 'variable'; readonly name: string; readonly names: readonly string[] }
  | { readonly kind: 'function'; readonly name: string }
  | { readonly kind: 'pipeline'; readonly pipeline: Pipeline };

/** Commands from left to right, each handing its value on as the last argument of the next. */
export interface Pipeline {
  /** `$k, $v :=` */
  readonly variables: readonly string[];
  readonly commands: readonly (readonly Operand[])[];
}

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'print'; readonly pipeline: Pipeline }
  | {
      readonly kind: 'if' | 'with' | 'range';
      readonly pipeline: Pipeline;
      readonly body: readonly Node[];
      readonly otherwise: readonly Node[];
    };

const BLOCKS = ['if', 'with', 'range'] as const;
const LITERALS: Readonly<Record<string, boolean | undefined>> = { true: true, false: false, nil: undefined };

type Piece = { readonly text: string } | { readonly tokens: readonly Token[]; readonly source: string };

/**
 * Go's text/template with the delimiters `<<` and `>>`, as far as queries use it: fields, variables, pipelines, if, with,
 * range, else, end, comments and trim markers. Raises TemplateFault.
 */
export function parseTemplate(text: string): readonly Node[] {
  const pieces = piecesOf(text);
  const [nodes, rest] = block(pieces, 0, undefined);
  if (rest < pieces.length) throw new TemplateFault('there is an <<end>> or <<else>> too many');
  return nodes;
}

function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let trimNext = false;
  let at = 0;
  const addText = (piece: string) => {
    const trimmed = trimNext ? piece.trimStart() : piece;
    if (trimmed !== '') pieces.push({ text: trimmed });
    trimNext = false;
  };
  for (;;) {
    const open = text.indexOf('<<', at);
    if (open < 0) break;
    const close = text.indexOf('>>', open);
    if (close < 0) throw new TemplateFault(`there is no >> for << at character ${open + 1}`);
    let inside = text.slice(open + 2, close);
    const trimBefore = /^-\s/.test(inside);
    if (trimBefore) inside = inside.slice(1);
    addText(trimBefore ? text.slice(at, open).trimEnd() : text.slice(at, open));
    trimNext = /\s-$/.test(inside);
    if (trimNext) inside = inside.slice(0, -1);
    const source = inside.trim();
    if (!/^\/\*.*\*\/$/s.test(source)) pieces.push({ tokens: tokensOf(source), source });
    at = close + 2;
  }
  addText(text.slice(at));
  return pieces;
}

/** Nodes up to `<<else>>`, `<<end>>` or the end of the text; where they end. */
function block(pieces: readonly Piece[], from: number, opened: string | undefined): [readonly Node[], number] {
  const nodes: Node[] = [];
  let at = from;
  for (;;) {
    const piece = pieces[at];
    if (piece === undefined) {
      if (opened !== undefined) throw new TemplateFault(`<<${opened}>> has no <<end>>`);
      return [nodes, at];
    }
    at += 1;
    if ('text' in piece) {
      nodes.push({ kind: 'text', text: piece.text });
      continue;
    }
    const [first, ...rest] = piece.tokens;
    const word = first?.kind === 'word' ? first.text : '';
    if (word === 'end' || word === 'else') return [nodes, at - 1];
    const kind = BLOCKS.find((one) => one === word);
    if (kind === undefined) {
      nodes.push({ kind: 'print', pipeline: pipelineOf(piece.tokens, piece.source) });
      continue;
    }
    const [body, stop] = block(pieces, at, piece.source);
    const [otherwise, end] = alternative(pieces, stop, piece.source);
    nodes.push({ kind, pipeline: pipelineOf(rest, piece.source), body, otherwise });
    at = end;
  }
}

/** What follows at `<<else>>` or `<<else if ...>>`, and where the whole block ends. */
function alternative(pieces: readonly Piece[], at: number, opened: string): [readonly Node[], number] {
  const piece = pieces[at];
  if (piece === undefined || 'text' in piece) throw new TemplateFault(`<<${opened}>> has no <<end>>`);
  const [first, second, ...rest] = piece.tokens;
  if (first?.kind === 'word' && first.text === 'end') return [[], at + 1];
  if (second === undefined) {
    const [nodes, stop] = block(pieces, at + 1, piece.source);
    return [nodes, stop + 1];
  }
  const kind = BLOCKS.find((one) => second.kind === 'word' && second.text === one);
  if (kind === undefined) throw new TemplateFault(`<<${piece.source}>> makes no sense`);
  const [body, stop] = block(pieces, at + 1, piece.source);
  const [otherwise, end] = alternative(pieces, stop, piece.source);
  return [[{ kind, pipeline: pipelineOf(rest, piece.source), body, otherwise }], end];
}

function pipelineOf(tokens: readonly Token[], source: string): Pipeline {
  const fault = () => new TemplateFault(`<<${source}>> makes no sense`);
  let at = 0;
  const isSymbol = (text: string) => {
    const token = tokens[at];
    return token?.kind === 'symbol' && token.text === text;
  };
  const commands = (): readonly (readonly Operand[])[] => {
    const all: Operand[][] = [[]];
    while (at < tokens.length && !isSymbol(')')) {
      if (isSymbol('|')) {
        at += 1;
        all.push([]);
      } else all.at(-1)?.push(operand());
    }
    if (all.some((command) => command.length === 0)) throw fault();
    return all;
  };
  const operand = (): Operand => {
    const token = tokens[at];
    at += 1;
    if (token === undefined) throw fault();
    if (token.kind === 'string' || token.kind === 'number') return { kind: 'literal', value: token.value };
    if (token.kind === 'field' || token.kind === 'variable') return token;
    if (token.kind === 'word')
      return Object.hasOwn(LITERALS, token.text)
        ? { kind: 'literal', value: LITERALS[token.text] }
        : { kind: 'function', name: token.text };
    if (token.text !== '(') throw fault();
    const pipeline = { variables: [], commands: commands() };
    if (!isSymbol(')')) throw fault();
    at += 1;
    return { kind: 'pipeline', pipeline };
  };
  const variables = declared(tokens);
  if (variables.length > 0) at = 2 * variables.length;
  const parsed = { variables, commands: commands() };
  if (at < tokens.length) throw fault();
  return parsed;
}

/** The names before `:=` or `=`. */
function declared(tokens: readonly Token[]): readonly string[] {
  const assign = tokens.findIndex((one) => one.kind === 'symbol' && (one.text === ':=' || one.text === '='));
  return tokens.slice(0, Math.max(assign, 0)).flatMap((one) => (one.kind === 'variable' ? [one.name] : []));
}
