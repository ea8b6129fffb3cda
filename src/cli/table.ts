import { LAB_COMMANDS } from './table/lab-commands.ts';
import { OFFLINE_COMMANDS } from './table/offline-commands.ts';
import type { CommandSpec, GroupSpec } from './table/types.ts';
import { UP } from './table/up.ts';

/** Every command there is, in the order of `--help`. */
export const COMMANDS: readonly CommandSpec[] = [UP, ...LAB_COMMANDS, ...OFFLINE_COMMANDS];

/** Words that only hold commands. */
export const GROUPS: readonly GroupSpec[] = [
  { name: 'watch', summary: 'follow something while it changes' },
  { name: 'export', summary: 'collect files' },
  { name: 'explain', summary: 'say what something means' },
  { name: 'config', summary: 'settings and where they come from' },
];

/** `metrics-lab watch hpa [name]`: how a command is called. */
export function usageOf(spec: CommandSpec): string {
  const parts = (spec.arguments ?? []).map(({ name, required }) => (required ? `<${name}>` : `[${name}]`));
  return ['metrics-lab', ...spec.path, ...parts].join(' ');
}
