import { createHash, timingSafeEqual } from 'node:crypto';

/** The token of an Authorization header; undefined when it carries none. */
export function bearerOf(header: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(header ?? '')?.[1];
}

/** Whether this is the token; takes equally long whatever was given. */
export function isToken(given: string, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}
