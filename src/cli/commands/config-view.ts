import type { CommandContext } from '../context.ts';
import type { Flags } from '../flags.ts';
import type { SettingEntry } from '../settings/settings.ts';
import { API_VERSION } from '../output/output.ts';
import { safeYaml } from '../text/json.ts';
import { columns } from '../text/columns.ts';

/** `metrics-lab config view [--origin]`: a lab file with every value, or a list that says where each comes from. */
export async function run({ output, settings }: CommandContext, flags: Flags): Promise<undefined> {
  const { entries, files } = await settings();
  if (flags.has('origin')) {
    await output.print({
      kind: 'LabSettings',
      data: { files, items: entries },
      text: () =>
        columns(
          ['SETTING', 'VALUE', 'ORIGIN'],
          entries.map(({ path, value, origin }) => [path, shown(value), origin]),
        ),
    });
    return;
  }
  const data = nested(entries);
  const file = await safeYaml({ apiVersion: API_VERSION, kind: 'Lab', ...data });
  await output.print({ kind: 'Lab', data, text: () => file });
}

function shown(value: SettingEntry['value']): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** `hpa.min` becomes `hpa: {min}`; an image's name is one key, whatever is in it. */
function nested(entries: readonly SettingEntry[]): Record<string, unknown> {
  const file: Record<string, unknown> = {};
  const groups = new Map<string, Record<string, unknown>>();
  for (const { path, value } of entries) {
    const dot = path.indexOf('.');
    if (dot < 0) file[path] = value;
    else {
      const name = path.slice(0, dot);
      const group = groups.get(name) ?? {};
      group[path.slice(dot + 1)] = value;
      groups.set(name, group);
      file[name] = group;
    }
  }
  return file;
}
