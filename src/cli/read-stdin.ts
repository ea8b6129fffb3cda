import type { InStream } from './streams.ts';

/**
 * Everything on stdin. By hand, because `for await` cannot be left while it waits, and a paused stdin lets the process end.
 * Raises what `fault` makes when it is longer than `most` (an endless stream must not be waited for) or breaks, and the signal's
 * reason when aborted.
 */
export function readStdin(
  stdin: InStream,
  signal: AbortSignal,
  most: { readonly characters: number; readonly reason: string },
  fault: (reason: string, cause?: unknown) => Error,
): Promise<string> {
  return new Promise<string>((resolve, reject) => {
    let text = '';
    const fail = (error: unknown) => {
      stdin.pause();
      reject(error);
    };
    stdin.setEncoding('utf8');
    stdin.on('data', (chunk) => {
      text += String(chunk);
      if (text.length > most.characters) fail(fault(most.reason));
    });
    stdin.on('end', () => resolve(text));
    stdin.on('error', (error: Error) => fail(fault(error.message, error)));
    signal.addEventListener('abort', () => fail(signal.reason), { once: true });
  });
}
