import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { asLabError } from '../../errors/lab-error.ts';
import { nearest } from '../nearest.ts';
import type { FlagValue } from '../table/types.ts';
import { FIELDS, fieldAt, IMAGES } from './fields.ts';
import { type CheckedLabFile, checkLabFile } from './lab-file-schema.ts';

/** A value that a file gives, with its place. */
export interface FileValue {
  readonly path: string;
  readonly value: FlagValue | readonly string[];
  /** `metrics-lab.yaml:7:8` */
  readonly place: string;
}

export interface LabFileContent {
  readonly values: readonly FileValue[];
  /** One line each, `file:line:col: ...`; the values count only when there are none. */
  readonly problems: readonly string[];
}

/** Larger is no lab file. Also bounds how deep it can be nested. */
const MAX_BYTES = 64 * 1024;

/** Reads a lab file's text; finds all problems at once. `name` is how the file is called in messages. */
export function parseLabFile(text: string, name: string): LabFileContent {
  if (text.length > MAX_BYTES) return { values: [], problems: [`${name}: larger than ${MAX_BYTES / 1024} KiB`] };
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
  };
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) {
    return { values: [], problems: faults.map(({ pos, message }) => `${at(pos[0])}: ${yamlMessage(message)}`) };
  }
  const source: Source = { document, at };
  const foreign = plain(document);
  if (foreign === undefined) return { values: [], problems: [`${at(0)}: too many aliases, or nested too deeply`] };
  const checked = checkLabFile(foreign.value);
  if (checked.issues.length === 0) return valuesOf(checked, source);
  const problems = checked.issues.flatMap((issue) => problemsOf(issue, source)).sort((a, b) => a.offset - b.offset);
  return { values: [], problems: problems.map(({ offset, text: what }) => `${at(offset)}: ${what}`) };
}

interface Source {
  readonly document: Document;
  readonly at: (offset: number) => string;
}

/** The plain values, aliases resolved; undefined when a few lines stand for a billion values or are nested without end. */
function plain(document: Document): { readonly value: unknown } | undefined {
  try {
    return { value: document.toJS({ maxAliasCount: 100 }) ?? {} };
  } catch (error) {
    // What the library raises for too many aliases, and the engine for too deep a recursion.
    if (error instanceof ReferenceError || error instanceof RangeError) return undefined;
    throw error;
  }
}

interface Problem {
  readonly offset: number;
  readonly text: string;
}

/** Without the place, which the library adds in its own notation, and without the excerpt. */
function yamlMessage(message: string): string {
  return (message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '');
}

function problemsOf(issue: z.core.$ZodIssue, source: Source): Problem[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const known = knownKeys(path);
      const near = nearest(key, known).join(', ');
      const text = `unknown key "${key}"${inside(path)}; the nearest ones are: ${near}`;
      return { offset: offsetOfKey(source, path, key), text };
    });
  }
  const value = source.document.getIn(path, true);
  const got = value === undefined ? 'nothing' : shown(isNode(value) ? value.toJS(source.document) : value);
  const where = path.length === 0 ? '' : `${path.join('.')}: `;
  return [{ offset: offsetOf(source, path), text: `${where}expected ${issue.message}, got ${got}` }];
}

function inside(path: readonly string[]): string {
  return path.length === 0 ? '' : ` in ${path.join('.')}`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** The keys that may stand below a path. */
function knownKeys(path: readonly string[]): string[] {
  const prefix = path.map((part) => `${part}.`).join('');
  const below = FIELDS.filter((field) => field.path.startsWith(prefix)).map(
    (field) => field.path.slice(prefix.length).split('.')[0] ?? '',
  );
  return [...new Set(path.length === 0 ? ['apiVersion', 'kind', ...below, IMAGES] : below)];
}

/** Where a value begins; for one that is missing, where the mapping begins that lacks it. */
function offsetOf({ document }: Source, path: readonly string[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}

function offsetOfKey(source: Source, path: readonly string[], key: string): number {
  const map = path.length === 0 ? source.document.contents : source.document.getIn(path, true);
  const pair = isMap(map) ? map.items.find((item) => isScalar(item.key) && String(item.key.value) === key) : undefined;
  return isScalar(pair?.key) && pair.key.range ? pair.key.range[0] : offsetOf(source, path);
}

/** The values, read by the same parsers as flags: the schema alone does not know, say, that a target is above zero. */
function valuesOf({ settings = {}, images = {} }: CheckedLabFile, source: Source): LabFileContent {
  const values: FileValue[] = [];
  const problems: string[] = [];
  for (const [path, value] of leaves(settings)) {
    const place = source.at(offsetOf(source, path.split('.')));
    try {
      values.push({ path, value: fieldAt(path)?.parse(String(value), path) ?? String(value), place });
    } catch (error) {
      const { message, why } = asLabError(error);
      problems.push(`${place}: ${message}: ${why}`);
    }
  }
  for (const [image, command] of Object.entries(images)) {
    const place = source.at(offsetOf(source, [IMAGES, image]));
    values.push({ path: `${IMAGES}.${image}`, value: command, place });
  }
  return { values, problems };
}

function leaves(value: object, prefix = ''): [path: string, leaf: unknown][] {
  return Object.entries(value).flatMap(([key, child]: [string, unknown]): [string, unknown][] => {
    if (child === undefined) return [];
    const path = `${prefix}${key}`;
    return typeof child === 'object' && child !== null ? leaves(child, `${path}.`) : [[path, child]];
  });
}
