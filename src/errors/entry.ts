import type { ExitName } from './exit-codes.ts';

/** One known error. Texts are templates: `{name}` is replaced by the parameter of that name. */
export interface ErrorEntry {
  readonly exit: ExitName;
  /** Whose fault: what the user typed, the machine around us, or the lab's own parts. */
  readonly fault: 'user' | 'environment' | 'lab';
  /** What happened, one sentence, no full stop. */
  readonly title: string;
  readonly why: string;
  /** What to do. A text between backquotes that starts with `metrics-lab` is a command; a test runs each through the command table. */
  readonly actions: readonly string[];
  /** Whether the same command may succeed when run again unchanged. */
  readonly retryable: boolean;
  /** Related threads upstream, as owner/repo#n. */
  readonly related?: readonly string[];
}
