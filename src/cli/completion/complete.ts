import { join } from 'node:path';
import type { Ports } from '../context.ts';
import { userPaths } from '../../platform/paths.ts';
import type { Env, OutStream } from '../streams.ts';
import { escapeControls } from '../text/paint.ts';
import type { CommandSpec, DynamicValues } from '../table/types.ts';
import { candidates } from './candidates.ts';

/** What must be found out may take this long. */
const BUDGET_MS = 200;

export interface CompleteOptions {
  readonly commands: readonly CommandSpec[];
  readonly env: Env;
  readonly ports: Ports;
  readonly stdout: OutStream;
}

/**
 * Answers a completion script: `__complete -- word... =current`. One candidate per line, a tab, its help; `:files` when names of
 * files may stand there. The last word has a `=` before it because some shells do not pass empty words on. Values that cannot
 * be found out are left out: there is no place for an error in the middle of a command line.
 */
export async function complete(argv: readonly string[], options: CompleteOptions): Promise<void> {
  const words = argv.slice(2);
  const current = (words.at(-1) ?? '=').slice(1);
  const before = words.slice(0, -1);
  const found = candidates(options.commands, before, current);
  const lines = found.words.map(({ value, help }) => `${value}\t${help}`);
  if (found.dynamic !== undefined) {
    const { values, prefix } = found.dynamic;
    const names = await inTime(dynamicValues(values, labOf(before, options.env), options), options.ports);
    const typed = current.slice(prefix.length);
    lines.push(...names.filter((name) => name.startsWith(typed)).map((name) => `${prefix}${name}\t`));
  }
  if (found.files) lines.push(':files');
  if (lines.length > 0) options.stdout.write(lines.map((line) => `${escapeControls(line)}\n`).join(''));
}

async function dynamicValues(
  kind: DynamicValues,
  lab: string,
  { env, ports }: CompleteOptions,
): Promise<readonly string[]> {
  if (kind === 'error-ids') {
    const { REGISTRY } = await import('../../errors/registry.ts');
    return Object.keys(REGISTRY).sort();
  }
  const { labsDir } = userPaths(env);
  if (kind === 'labs')
    return ports.files.list(labsDir).filter((name) => ports.files.exists(join(labsDir, name, 'lab.json')));
  const { files } = ports;
  return files
    .list(join(labsDir, lab, 'components'))
    .filter((name) => name.endsWith('.json') && !name.endsWith('.status.json'))
    .map((name) => name.slice(0, -'.json'.length));
}

/** The lab that the command line is about. */
function labOf(words: readonly string[], env: Env): string {
  const typed = words.map((word, index) => (word === '--lab' ? words[index + 1] : /^--lab=(.*)$/.exec(word)?.[1]));
  return typed.findLast((name) => name !== undefined) ?? (env['METRICS_LAB_NAME'] || 'lab');
}

async function inTime(values: Promise<readonly string[]>, { clock }: Ports): Promise<readonly string[]> {
  const over = new AbortController();
  const late = clock.sleep(BUDGET_MS, over.signal).then(
    () => [],
    () => [],
  );
  try {
    return await Promise.race([values.catch(() => []), late]);
  } finally {
    over.abort();
  }
}
