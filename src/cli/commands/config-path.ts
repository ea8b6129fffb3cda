import type { CommandContext } from '../context.ts';
import { columns } from '../text/columns.ts';

/** `metrics-lab config path`: the folders and files of this user, whether or not they exist yet. */
export async function run({ output, paths, files }: CommandContext): Promise<undefined> {
  const items = [
    { name: 'config', path: paths.configFile },
    { name: 'labs', path: paths.labsDir },
    { name: 'runs', path: paths.runsDir },
    { name: 'cache', path: paths.cacheDir },
  ].map((entry) => ({ ...entry, exists: files.exists(entry.path) }));
  await output.print({
    kind: 'Paths',
    data: { items },
    items,
    names: items.map(({ path }) => path),
    text: () =>
      columns(
        ['WHAT', 'PATH', 'EXISTS'],
        items.map(({ name, path, exists }) => [name, path, exists ? 'yes' : 'no']),
      ),
  });
}
