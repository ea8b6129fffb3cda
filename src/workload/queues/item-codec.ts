import { fromBytes, toBytes } from '../../sources/resp.ts';

/** An item as the lab writes it into a list or tube: JSON, so that it can be read in redis-cli. */
export function encodeItem(id: number | string, payload: string): string {
  return toBytes(JSON.stringify({ item: id, payload }));
}

/** The item in these bytes; undefined when somebody else put something of their own there. */
export function decodeItem(bytes: string): { readonly id: number | string; readonly payload: string } | undefined {
  const value = parseJson(fromBytes(bytes));
  if (typeof value !== 'object' || value === null || !('item' in value) || !('payload' in value)) return undefined;
  const { item, payload } = value;
  if (typeof payload !== 'string' || (typeof item !== 'number' && typeof item !== 'string')) return undefined;
  return { id: item, payload };
}

function parseJson(text: string): unknown {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
