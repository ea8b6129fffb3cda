import { LineCounter, parseDocument, type YAMLError } from 'yaml';
import { badRequest } from '../api/failure.ts';
import { JsonSyntaxError, parseJson } from '../schema/json.ts';
import { type Fields, isFields } from './schema.ts';

export interface ConfigText {
  readonly config: Fields;
  /** What go-yaml says of keys that stand twice. */
  readonly twice: readonly string[];
}

/** The body of an apply: YAML 1.1 as sigs.k8s.io/yaml reads it (`y` is a boolean), or JSON. Raises ApiFailure 400. */
export function parseConfig(text: string): ConfigText {
  const { value, twice } = (text.trimStart().startsWith('{') ? ofJson(text) : undefined) ?? ofYaml(text);
  if (value === null || value === undefined) return { config: {}, twice };
  if (isFields(value)) return { config: value, twice };
  const what = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  const why = `json: cannot unmarshal ${what} into Go value of type map[string]interface {}`;
  throw badRequest(`error decoding YAML: error unmarshaling JSON: while decoding JSON: ${why}`);
}

interface Read {
  readonly value: unknown;
  readonly twice: readonly string[];
}

/** Undefined when it is not JSON: it may be YAML in braces. */
function ofJson(text: string): Read | undefined {
  try {
    const { value, duplicates } = parseJson(text);
    const twice = duplicates.map((path) => `line 1: key ${JSON.stringify(path.split('.').at(-1))} already set in map`);
    return { value, twice };
  } catch (error) {
    if (error instanceof JsonSyntaxError) return undefined;
    throw error;
  }
}

function ofYaml(text: string): Read {
  const lines = new LineCounter();
  const document = parseDocument(text, { version: '1.1', prettyErrors: false, lineCounter: lines });
  const isTwice = ({ code }: YAMLError) => code === 'DUPLICATE_KEY';
  const fault = document.errors.find((error) => !isTwice(error));
  const lineOf = ({ pos }: YAMLError) => lines.linePos(pos[0]).line;
  if (fault !== undefined) {
    const said = yamlFault(fault, lineOf(fault), text);
    throw badRequest(`error decoding YAML: error converting YAML to JSON: yaml: ${said}`);
  }
  const twice = document.errors.filter(isTwice).map((error) => {
    const name = /^[^:\s]*/.exec(text.slice(error.pos[0]))?.[0] ?? '';
    return `line ${lineOf(error)}: key ${JSON.stringify(name)} already set in map`;
  });
  return { value: document.toJS({ maxAliasCount: 100 }) as unknown, twice };
}

/** go-yaml's words for what is wrong, as far as they can be told from the place; its scanner does not count the first line. */
function yamlFault({ message, code }: YAMLError, line: number, text: string): string {
  const where = line === 1 ? '' : `line ${line}: `;
  if (code === 'BLOCK_AS_IMPLICIT_KEY') return `${where}mapping values are not allowed in this context`;
  if (code === 'TAB_AS_INDENT') return `${where}found a tab character that violates indentation`;
  if (!/flow (sequence|collection|map)|'\]'|'\}'/i.test(message)) return `line ${line}: ${message}`;
  const square = text.lastIndexOf('[') > text.lastIndexOf('{');
  return `line ${line}: did not find expected ',' or '${square ? ']' : '}'}'`;
}
