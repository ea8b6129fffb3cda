import { type FSWatcher, watch } from 'node:fs';
import { describe } from '../errors/lab-error.ts';

/**
 * Calls `onName` with the name of each entry that changes in a folder. Best effort: when the system cannot watch (no inotify
 * handles left, the folder is gone) `onFault` is told why and nothing more is reported, so callers poll as well.
 */
export function watchFolder(
  path: string,
  onName: (name: string) => void,
  onFault: (why: string) => void,
): { readonly close: () => void } {
  let watcher: FSWatcher;
  try {
    watcher = watch(path, { persistent: false }, (_event, name) => onName(name ?? ''));
  } catch (error) {
    onFault(describe(error));
    return { close: () => {} };
  }
  watcher.on('error', (error) => {
    watcher.close();
    onFault(describe(error));
  });
  return { close: () => watcher.close() };
}
