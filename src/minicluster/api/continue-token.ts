import { z } from 'zod';
import { parseJson, JsonSyntaxError } from '../schema/json.ts';
import { badRequest } from './failure.ts';

export interface Position {
  /** Version of the first page; the others show the same moment. */
  readonly version: number;
  /** Key behind which the next page begins. */
  readonly after: string;
}

const Token = z.object({ v: z.literal('meta.k8s.io/v1'), rv: z.number().int(), start: z.string() });

export function continueToken({ version, after }: Position): string {
  const text = JSON.stringify({ v: 'meta.k8s.io/v1', rv: version, start: after });
  return Buffer.from(text).toString('base64url');
}

/** apiserver pkg/storage/continue.go. Raises ApiFailure 400. */
export function positionOf(token: string): Position {
  const bad = (why: string) => badRequest(`invalid continue token: continue key is not valid: ${why}`);
  const odd = token.search(/[^A-Za-z0-9_-]/);
  if (odd >= 0) throw bad(`illegal base64 data at input byte ${odd}`);
  let foreign: unknown;
  try {
    foreign = parseJson(Buffer.from(token, 'base64url').toString('latin1')).value;
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw bad(error.message);
    throw error;
  }
  const parsed = Token.safeParse(foreign);
  if (!parsed.success) throw bad('encoded start key is not valid');
  return { version: parsed.data.rv, after: parsed.data.start };
}
