import { join } from 'node:path';

/** The folder of our own programs, built beside this file. */
const PROGRAMS = new URL('../programs/', import.meta.url).pathname;
/** The folder of the installed package. */
export const PACKAGE_DIR: string = new URL('../../../', import.meta.url).pathname;

/** Command line of one of our own programs, e.g. `consumer`. */
export function programCommand(name: string): readonly [string, string] {
  return [process.execPath, join(PROGRAMS, `${name}.js`)];
}
