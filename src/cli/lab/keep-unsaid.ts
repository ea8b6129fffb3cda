import type { LabSpec } from '../../contracts/lab-spec.ts';
import type { LabDraft, SettingEntry } from '../settings/settings.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Settings by their path in the lab file, where the spec calls them otherwise. */
const SPEC_PATHS: Readonly<Record<string, string>> = {
  syncPeriod: 'syncPeriodSeconds',
  'hpa.scaleDownWindow': 'hpa.scaleDownWindowSeconds',
  'consumer.serviceTime': 'consumer.serviceTimeMs',
  'consumer.startDelay': 'consumer.startDelayMs',
};

/**
 * The spec that `up` works towards on a lab that exists: what nobody said this time stays as it is, so that a plain `up`
 * resumes a lab and never undoes the flags that it was made with. `entries` tell what was said.
 */
export function keepUnsaid(draft: LabDraft, entries: readonly SettingEntry[], made: LabSpec): LabDraft {
  const said = new Set(
    entries
      .filter(({ origin }) => origin !== 'default')
      .map(({ path }) => SPEC_PATHS[path] ?? path.replace(/^(images)\..*/, '$1')),
  );
  return merge(draft as unknown as Fields, made as unknown as Fields, said, '') as unknown as LabDraft;
}

function merge(draft: Fields, made: Fields, said: ReadonlySet<string>, prefix: string): Fields {
  const merged: Record<string, unknown> = {};
  for (const name of new Set([...Object.keys(draft), ...Object.keys(made)])) {
    const path = `${prefix}${name}`;
    const [wanted, present] = [draft[name], made[name]];
    const value =
      isGroup(path) && isFields(wanted) && isFields(present)
        ? merge(wanted, present, said, `${path}.`)
        : said.has(path)
          ? wanted
          : present;
    if (value !== undefined) merged[name] = value;
  }
  return merged;
}

/** `images` is one value: names in it are free. */
function isGroup(path: string): boolean {
  return path !== 'images';
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
