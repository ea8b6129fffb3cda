import type { Clock } from '../contracts/clock.ts';
import type { IoHost } from '../contracts/events.ts';
import type { Files } from '../contracts/files.ts';
import { asLabError } from '../errors/lab-error.ts';
import { appendJournal, type JournalEntry } from './journal.ts';

/** One named step of a command. Running it again when everything is right changes nothing and says so. */
export interface Step {
  readonly id: string;
  readonly title: string;
  run(): Promise<StepResult>;
}

export interface StepResult {
  readonly changed: boolean;
  readonly detail?: string;
}

export interface StepRunner {
  readonly command: string;
  readonly journal: string;
  readonly files: Files;
  readonly clock: Clock;
  readonly io: IoHost;
  readonly signal: AbortSignal;
}

/**
 * Runs steps in order, each journalled before and after, so that a later command knows where this one ended. Resolves to
 * the titles of the steps that changed something. A failing step ends the run with its error; nothing is rolled back.
 */
export async function runSteps(runner: StepRunner, steps: readonly Step[]): Promise<readonly string[]> {
  runner.io.emit({ type: 'plan', steps: steps.map(({ id, title }) => ({ id, title })) });
  const changed: string[] = [];
  for (const step of steps) {
    runner.signal.throwIfAborted();
    const result = await runStep(runner, step);
    if (result.changed) changed.push(step.title);
  }
  return changed;
}

async function runStep(runner: StepRunner, step: Step): Promise<StepResult> {
  const { io, clock } = runner;
  const begun = clock.monotonic();
  const ms = () => Math.round(clock.monotonic() - begun);
  const record = (state: JournalEntry['state'], more: Partial<JournalEntry> = {}) =>
    appendJournal(runner.files, runner.journal, {
      time: new Date(clock.now()).toISOString(),
      command: runner.command,
      step: step.id,
      state,
      ...more,
    });
  record('started');
  io.emit({ type: 'step.started', step: step.id, title: step.title });
  try {
    const result = await step.run();
    record('done', { ms: ms() });
    io.emit({ type: 'step.done', step: step.id, title: step.title, ms: ms(), ...result });
    return result;
  } catch (error) {
    const interrupted = runner.signal.aborted;
    const errorId = asLabError(error).id;
    record(interrupted ? 'interrupted' : 'failed', { ms: ms(), error: errorId });
    io.emit({
      type: 'step.failed',
      step: step.id,
      title: step.title,
      ms: ms(),
      errorId: interrupted ? 'interrupted' : errorId,
    });
    throw error;
  }
}
