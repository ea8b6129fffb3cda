import type { KubeObject } from '../../contracts/kube-client.ts';
import { parseSelector } from '../../hpa/labels/parse.ts';
import { selectorMatches } from '../../hpa/labels/requirement.ts';
import type { Kind } from '../kinds/kind.ts';
import { RULES } from '../kubernetes-version.ts';
import { badRequest } from './failure.ts';

/** Whether an object, as stored, is chosen. */
export type Chosen = (object: KubeObject) => boolean;

interface FieldTerm {
  readonly field: string;
  readonly value: string;
  readonly equal: boolean;
}

/** The label and field selector of a list, watch or deletion; undefined = everything. Raises ApiFailure 400. */
export function chosenBy(kind: Kind, query: URLSearchParams): Chosen | undefined {
  const tests = [...labelTest(query.get('labelSelector')), ...fieldTests(kind, query.get('fieldSelector'))];
  if (tests.length === 0) return undefined;
  return (object) => tests.every((test) => test(object));
}

function labelTest(text: string | null): readonly Chosen[] {
  if (text === null || text === '') return [];
  const parsed = parseSelector(text, RULES);
  if ('error' in parsed) throw badRequest(parsed.error);
  const selector = parsed.ok;
  return [({ metadata }) => selectorMatches(selector, metadata.labels ?? {})];
}

function fieldTests(kind: Kind, text: string | null): readonly Chosen[] {
  if (text === null || text === '') return [];
  return parseFields(text).map(({ field, value, equal }) => {
    const read = fieldReader(kind, field);
    return (object: KubeObject) => (read(object) === value) === equal;
  });
}

function fieldReader(kind: Kind, field: string): (object: KubeObject) => string {
  if (field === 'metadata.name') return ({ metadata }) => metadata.name;
  if (field === 'metadata.namespace' && kind.namespaced) return ({ metadata }) => metadata.namespace ?? '';
  const own = kind.fields?.[field];
  if (own !== undefined) return own;
  if (kind.fields !== undefined && kind.custom !== true) throw badRequest(`field label not supported: ${field}`);
  throw badRequest(kind.custom === true ? `field label not supported: ${field}` : unknownField(field));
}

/** runtime.DefaultMetaV1FieldSelectorConversion. */
function unknownField(field: string): string {
  return `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`;
}

/** fields/selector.go ParseSelector: `a=b,c!=d`, with backslash escapes. */
function parseFields(text: string): readonly FieldTerm[] {
  return splitTerms(text)
    .filter((term) => term !== '')
    .map((term) => {
      const match = /^((?:\\.|[^\\=!])*)(==|!=|=)((?:\\.|[^\\])*)$/.exec(term);
      if (match === null) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
      const value = (match[3] ?? '').replaceAll(/\\(.)/g, '$1');
      return { field: match[1] ?? '', value, equal: match[2] !== '!=' };
    });
}

function splitTerms(text: string): readonly string[] {
  return text.match(/(?:\\.|[^\\,])+/g) ?? [];
}
