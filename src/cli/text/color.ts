import type { Env, OutStream } from '../streams.ts';

export type ColorWhen = 'auto' | 'always' | 'never';

/** Whether to colour what goes to this stream: --color > FORCE_COLOR > NO_COLOR > TERM=dumb > is it a terminal (UX 2.3). */
export function useColor(when: ColorWhen, env: Env, stream: OutStream): boolean {
  if (when !== 'auto') return when === 'always';
  const force = env['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  if (env['TERM'] === 'dumb') return false;
  return stream.isTTY === true;
}

/** Whether a build server runs us. */
export function isCi(env: Env): boolean {
  const ci = env['CI'] ?? '';
  return ci !== '' && ci !== '0' && ci !== 'false';
}
