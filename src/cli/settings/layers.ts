import { resolve } from 'node:path';
import { asLabError, LabError } from '../../errors/lab-error.ts';
import type { Flags } from '../flags.ts';
import type { Env } from '../streams.ts';
import type { FlagValue } from '../table/types.ts';
import { FIELDS } from './fields.ts';
import type { SettingsFile } from './find-files.ts';
import { parseLabFile } from './lab-file.ts';

/** A value and where it comes from. */
export interface Origin {
  readonly path: string;
  readonly value: FlagValue | readonly string[];
  readonly origin: string;
}

export interface Layer {
  readonly values: readonly Origin[];
  readonly problems: readonly string[];
}

export function defaultLayer(): readonly Origin[] {
  return FIELDS.flatMap(({ path, parse, fallback }) =>
    fallback === undefined ? [] : [{ path, value: parse(fallback, path), origin: 'default' }],
  );
}

/** The values of a file; relative paths in it are relative to its folder. */
export function fileLayer(file: SettingsFile): Layer {
  const { values, problems } = parseLabFile(file.text, file.name);
  return {
    problems,
    values: values.map(({ path, value, place }) => absolute({ path, value, origin: place }, file.folder)),
  };
}

/** METRICS_LAB_* variables; an empty one counts as unset. */
export function envLayer(env: Env, cwd: string): Layer {
  const values: Origin[] = [];
  const problems: string[] = [];
  for (const { path, env: name, parse } of FIELDS) {
    const text = env[name];
    if (text === undefined || text === '') continue;
    try {
      values.push(absolute({ path, value: parse(text, name), origin: `env ${name}` }, cwd));
    } catch (error) {
      const { message, why } = asLabError(error);
      problems.push(`${message}: ${why}`);
    }
  }
  return { values, problems };
}

/** Flags that are settings. Raises ML-USAGE-SECRET for a password in one. */
export function flagLayer(flags: Flags, assigned: readonly Origin[], cwd: string): readonly Origin[] {
  const typed = FIELDS.flatMap(({ path, flag, parse }) => {
    const text = flag !== undefined && flags.declares(flag) ? flags.raw(flag) : undefined;
    return text === undefined ? [] : [{ path, value: parse(text, `--${flag}`), origin: `--${flag}` }];
  });
  const all = [...typed, ...assigned];
  for (const { path, value, origin } of all) {
    if (path !== 'queue.url' || !hasPassword(String(value))) continue;
    throw new LabError('ML-USAGE-SECRET', { flag: origin, env: 'METRICS_LAB_QUEUE_URL' });
  }
  return all.map((entry) => absolute(entry, cwd));
}

function hasPassword(url: string): boolean {
  return (URL.parse(url)?.password ?? '') !== '';
}

/** The one setting that is a path must mean the same in every folder and program. */
function absolute(entry: Origin, folder: string): Origin {
  return entry.path === 'binDir' ? { ...entry, value: resolve(folder, String(entry.value)) } : entry;
}
