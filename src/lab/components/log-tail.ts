import type { Files } from '../../contracts/files.ts';

const LINES = 20;
const CHARACTERS = 3_000;

/** The end of a component's log, for an error's reason; empty when there is none. */
export function logTail(files: Files, path: string): string {
  const text = files.readText(path)?.trimEnd() ?? '';
  return text.split('\n').slice(-LINES).join('\n').slice(-CHARACTERS);
}
