import type { CommandContext } from '../context.ts';
import type { Flags } from '../flags.ts';
import { findFiles, namedFile, type SettingsFile } from '../settings/find-files.ts';
import { parseLabFile } from '../settings/lab-file.ts';
import { failFor } from '../settings/resolve.ts';

/**
 * `metrics-lab config validate [file]`: one file, or everything that would be read. Raises ML-USAGE-CONFIG with all problems,
 * ML-USAGE-CONFIG-FILE when the file is not there.
 */
export async function run(context: CommandContext, flags: Flags): Promise<undefined> {
  const { output, streams, globals } = context;
  const files = await filesToCheck(context, flags.text('file'));
  failFor(files.flatMap(({ text, name }) => parseLabFile(text, name).problems));
  const names = files.map(({ name }) => name);
  if (names.length === 0 && !globals.quiet) streams.stderr.write('No lab files found\n');
  await output.print({
    kind: 'Validation',
    data: { files: names, valid: true },
    text: () => names.map((name) => `${name}: valid`).join('\n'),
  });
}

async function filesToCheck(context: CommandContext, file: string | undefined): Promise<readonly SettingsFile[]> {
  const { files, cwd, streams, globals, paths, signal } = context;
  const search = { files, cwd, stdin: streams.stdin, signal };
  if (file !== undefined) return [await namedFile(search, file)];
  return findFiles({ ...search, config: globals.config, userFile: paths.configFile });
}
