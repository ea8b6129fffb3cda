import type { WatchState } from './model.ts';

/** How a watch ended from the reader's side: key q or a closed pipe, or Ctrl-C as a key (raw mode sends no signal). */
export type WatchEnd = 'quit' | 'interrupted';

/** Shows the watch: lines on a pipe, a live view on a terminal. */
export interface WatchRenderer {
  /** `previous` undefined = the first picture. */
  show(previous: WatchState | undefined, next: WatchState): void;
  /** Something said once, beside the result. */
  note(text: string): void;
  /** Leaves the stream or terminal as it was found; resolves when everything is written. */
  close(): Promise<void>;
  readonly ended: Promise<WatchEnd>;
}
