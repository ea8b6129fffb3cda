import { randomBytes } from 'node:crypto';

/** A URL-safe secret of `bytes` random bytes. */
export function randomToken(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}
