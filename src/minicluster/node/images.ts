import { expand } from './expand.ts';
import type { Container } from './pod.ts';

type Table = Readonly<Record<string, readonly string[]>>;

/** The command line of an image: by its full name, else without tag and digest; undefined for an unknown one. */
export function programOf(table: Table, image: string): readonly string[] | undefined {
  const bare = image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
  for (const name of [image, bare]) if (Object.hasOwn(table, name)) return table[name];
  return undefined;
}

export type CommandLine =
  | { readonly ok: true; readonly argv: readonly string[] }
  | { readonly ok: false; readonly message: string };

/**
 * The command line of a container: its image's program and the container's args. A `command` of its own must be the
 * program of an image in the table: nothing else is ever run as a container.
 */
export function commandLine(
  table: Table,
  program: readonly string[],
  container: Container,
  env: Readonly<Record<string, string>>,
): CommandLine {
  const args = (container.args ?? []).map((text) => expand(text, env));
  const command = (container.command ?? []).map((text) => expand(text, env));
  if (command.length === 0) return { ok: true, argv: [...program, ...args] };
  const known = [program, ...Object.values(table)].some((line) => line.every((word, at) => command[at] === word));
  if (known) return { ok: true, argv: [...command, ...args] };
  const message = `command ${JSON.stringify(command)} is not the program of an image of this node; leave command out and use args`;
  return { ok: false, message };
}
