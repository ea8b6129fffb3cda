import type { LabEvent } from '../../contracts/events.ts';
import { paint, toTerminal } from '../text/paint.ts';
import { countText, noteText, planText, stepEndText } from './event-text.ts';
import type { Look, ProgressRenderer } from './renderer.ts';

/** Counted work is told this often, and when it is complete. */
const COUNT_EVERY_MS = 5_000;

/** ` • step` and ` ✓ step (3.2s)` as lines without cursor movement: pipes, CI, dumb terminals. */
export function stepLines({ stderr, clock, color, verbose }: Look): ProgressRenderer {
  let counted = Number.NEGATIVE_INFINITY;
  const line = (text: string) => stderr.write(`${toTerminal(text, color)}\n`);
  const emit = (event: LabEvent): void => {
    switch (event.type) {
      case 'plan':
        if (verbose) line(planText(event));
        return;
      case 'step.started':
        line(` • ${event.title}`);
        return;
      case 'step.progress':
        line(paint('dim', `   ${event.text}`));
        return;
      case 'step.done':
      case 'step.failed':
        line(stepEndText(event, verbose));
        return;
      case 'progress': {
        const due = clock.monotonic() - counted >= COUNT_EVERY_MS;
        if (!due && event.done < event.total) return;
        counted = clock.monotonic();
        line(paint('dim', `   ${countText(event)}`));
        return;
      }
      case 'note':
      case 'warning':
        line(noteText(event));
    }
  };
  return { emit, clear: () => undefined, close: () => undefined };
}
