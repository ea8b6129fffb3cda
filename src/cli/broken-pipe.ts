import { LabError } from '../errors/lab-error.ts';
import type { Streams } from './streams.ts';

/** The reader of stdout is gone: the end of the work, but no fault (UX 2.3). */
export class BrokenPipe extends Error {
  override readonly name = 'BrokenPipe';
}

export interface PipeWatch {
  /** Whether stdout lost its reader. */
  readonly broken: boolean;
  /** What else kept stdout from taking the result, e.g. a full disk behind a redirection: ML-OUTPUT-IO. */
  readonly fault: LabError | undefined;
}

/**
 * Listens for streams that cannot be written any more; `stop` is called once when it is stdout. When nobody reads stderr, the
 * work goes on all the same. The listeners stay for good: an EPIPE may come after everything else is over.
 */
export function watchPipes({ stdout, stderr }: Streams, stop: (reason: Error) => void): PipeWatch {
  const state: { broken: boolean; fault: LabError | undefined } = { broken: false, fault: undefined };
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (state.broken || state.fault !== undefined) return;
    if (hasNoReader(error)) {
      state.broken = true;
      stop(new BrokenPipe('the reader of stdout is gone'));
    } else {
      state.fault = new LabError('ML-OUTPUT-IO', { reason: error.message }, { cause: error });
      stop(state.fault);
    }
  });
  stderr.on('error', () => undefined); // there is nowhere left to say so
  return state;
}

function hasNoReader({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EPIPE' || code === 'EOF'; // EOF: a pipe on Windows
}
