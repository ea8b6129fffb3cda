import { EVERYTHING, parseSelector, type Selector } from '../../kube/label-selector.ts';
import { type Answer, badRequest } from './answer.ts';

const INTEGERS = ['limit', 'timeoutSeconds'] as const;

/** Selectors that were parsed before: an HPA sends the same text at every sync. */
const recent = new Map<string, Selector>();
const MAX_RECENT = 1_000;

/** The first `labelSelector` and the numbers of a query as ListOptions, or a 400 with upstream's text. */
export function listOptions(query: URLSearchParams): { readonly selector: Selector } | { readonly refused: Answer } {
  if (query.size === 0) return { selector: EVERYTHING };
  for (const name of INTEGERS) {
    const value = query.get(name);
    if (value !== null && !/^[+-]?\d+$/.test(value))
      return { refused: badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`) };
  }
  return selectorParameter(query, 'labelSelector');
}

/** One selector of a query, or a 400 with upstream's text. */
export function selectorParameter(
  query: URLSearchParams,
  name: string,
): { readonly selector: Selector } | { readonly refused: Answer } {
  const text = query.get(name) ?? '';
  if (text === '') return { selector: EVERYTHING };
  const before = recent.get(text);
  if (before !== undefined) return { selector: before };
  const selector = parseSelector(text);
  if (typeof selector === 'string') return { refused: badRequest(selector) };
  if (recent.size >= MAX_RECENT) recent.clear();
  recent.set(text, selector);
  return { selector };
}
