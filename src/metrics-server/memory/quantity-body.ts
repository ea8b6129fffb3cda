import { readQuantity } from '../../kube/quantity.ts';

/**
 * The body of a write: a quantity as a JSON string (`"300m"`) or a bare JSON number. The quantity comes back as the API
 * prints it (resource.Quantity MarshalJSON).
 */
export function quantityBody(body: string): { readonly quantity: string } | { readonly problem: string } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch (error) {
    return { problem: `the body is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  if (typeof parsed !== 'string' && typeof parsed !== 'number')
    return { problem: 'the body must be a quantity: a JSON string such as "300m", or a number' };
  // Taken as it was written: 1e3 and 1000 are different quantities, and upstream does not know escapes either.
  const raw = body.trim();
  return readQuantity(typeof parsed === 'string' ? raw.slice(1, -1) : raw);
}
