import type { Clock } from '../contracts/clock.ts';
import { LabError } from '../errors/lab-error.ts';

export type StopSignal = 'SIGINT' | 'SIGTERM';

/** The signals of the process and the one way to leave it at once, as a port. */
export interface ProcessControl {
  /** Calls the listener for each signal until disposed. */
  onSignal(listener: (signal: StopSignal) => void): Disposable;
  /** Ends the process now. Only for a second Ctrl-C and for a cleanup that does not end. */
  exitNow(code: number): void;
}

export interface InterruptOptions {
  readonly control: ProcessControl;
  readonly clock: Clock;
  readonly say: (text: string) => void;
}

export interface Interrupts extends Disposable {
  readonly signal: AbortSignal;
  /** Aborts the work for another reason than a signal. */
  abort(reason: Error): void;
  /** The exit code that a received signal asks for. */
  readonly exitCode: number | undefined;
}

/** How long a command may clean up after the first signal (UX 2.7). */
export const CLEANUP_MS = 10_000;
const EXIT: Readonly<Record<StopSignal, number>> = { SIGINT: 130, SIGTERM: 143 };

/**
 * Turns signals into one AbortSignal. The first one says so at once and aborts with ML-INTERRUPTED or ML-TERMINATED; a second
 * one, or a cleanup of more than 10 s, ends the process.
 */
export function watchInterrupts({ control, clock, say }: InterruptOptions): Interrupts {
  const controller = new AbortController();
  const over = new AbortController();
  let exitCode: number | undefined;
  const listener = control.onSignal((name) => {
    const code = EXIT[name];
    if (exitCode !== undefined) {
      control.exitNow(code);
      return;
    }
    exitCode = code;
    say(name === 'SIGINT' ? 'stopping, Ctrl-C again to quit now' : 'stopping');
    controller.abort(new LabError(name === 'SIGINT' ? 'ML-INTERRUPTED' : 'ML-TERMINATED'));
    // The sleep rejects only when the command ended in time.
    clock.sleep(CLEANUP_MS, over.signal).then(
      () => {
        say(`the cleanup took longer than ${CLEANUP_MS / 1000} s; leaving`);
        control.exitNow(code);
      },
      () => undefined,
    );
  });
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    get exitCode() {
      return exitCode;
    },
    [Symbol.dispose]: () => {
      over.abort();
      listener[Symbol.dispose]();
    },
  };
}
