import { z } from 'zod';
import { LabError } from '../../errors/lab-error.ts';
import type { Flags } from '../flags.ts';
import { nearest } from '../nearest.ts';
import { FIELDS, fieldAt, IMAGES } from './fields.ts';
import type { Origin } from './layers.ts';

/** What `--set path=value` assigns. Raises ML-USAGE-SET and what the setting's own parser raises. */
export async function assignments(flags: Flags): Promise<readonly Origin[]> {
  if (!flags.declares('set')) return [];
  const found: Origin[] = [];
  for (const text of flags.list('set')) found.push(await assignment(text, flags));
  return found;
}

async function assignment(text: string, flags: Flags): Promise<Origin> {
  const refuse = (reason: string) => new LabError('ML-USAGE-SET', { text, reason });
  const cut = text.indexOf('=');
  if (cut < 1) throw refuse('there is no path, "=" and value in it');
  const path = text.slice(0, cut);
  const value = text.slice(cut + 1);
  const origin = `--set ${path}`;
  if (path.startsWith(`${IMAGES}.`)) {
    const words = await commandLine(value);
    if (words === undefined) throw refuse('a program is a list of words such as ["node","worker.js"]');
    return { path, value: words, origin };
  }
  const field = fieldAt(path);
  if (field === undefined) {
    const paths = FIELDS.map((known) => known.path);
    throw refuse(`there is no setting "${path}"; the nearest ones are: ${nearest(path, paths).join(', ')}`);
  }
  if (field.flag !== undefined && flags.declares(field.flag) && flags.has(field.flag)) {
    throw refuse(`--${field.flag} was given too, and is the same setting`);
  }
  return { path, value: field.parse(value, origin), origin };
}

async function commandLine(text: string): Promise<readonly string[] | undefined> {
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text);
  if (document.errors.length > 0) return undefined;
  return z.array(z.string()).min(1).safeParse(document.toJS()).data;
}
