import type { Clock } from '../../contracts/clock.ts';
import type { LabEvent } from '../../contracts/events.ts';
import type { OutStream } from '../streams.ts';
import { paint, toTerminal } from '../text/paint.ts';
import { countText, noteText, planText, shortSpan, stepEndText } from './event-text.ts';
import type { Look, ProgressRenderer } from './renderer.ts';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 100;
const ERASE_LINE = '\r\u001B[2K';

interface Active {
  readonly title: string;
  readonly begun: number;
  readonly text: string;
}

/**
 * Finished steps as lines, the running one as a line that moves. The cursor is never hidden and no screen is taken, so that
 * whatever ends the process leaves the terminal as it was.
 */
export class Spinner implements ProgressRenderer {
  readonly #stderr: OutStream;
  readonly #clock: Clock;
  readonly #color: boolean;
  readonly #verbose: boolean;
  #active: Active | undefined;
  #drawing: AbortController | undefined;
  #frame = 0;
  #drawn = false;

  constructor({ stderr, clock, color, verbose }: Look) {
    this.#stderr = stderr;
    this.#clock = clock;
    this.#color = color;
    this.#verbose = verbose;
  }

  emit(event: LabEvent): void {
    switch (event.type) {
      case 'plan':
        if (this.#verbose) this.#line(planText(event));
        return;
      case 'step.started':
        this.#begin(event.title, '');
        return;
      case 'step.progress':
        this.#say(event.text);
        return;
      case 'progress':
        this.#count(event);
        return;
      case 'step.done':
      case 'step.failed':
        this.#end();
        this.#line(stepEndText(event, this.#verbose));
        return;
      case 'note':
      case 'warning':
        this.#line(noteText(event));
    }
  }

  clear(): void {
    if (this.#drawn) this.#stderr.write(ERASE_LINE);
    this.#drawn = false;
  }

  close(): void {
    this.#end();
  }

  #begin(title: string, text: string): void {
    this.#active = { title, begun: this.#clock.monotonic(), text };
    this.#draw();
    if (this.#drawing !== undefined) return;
    const drawing = new AbortController();
    this.#drawing = drawing;
    // Ends when aborted, which is the only way in which the sleep can reject.
    this.#turn(drawing.signal).catch(() => undefined);
  }

  #say(text: string): void {
    if (this.#active === undefined) this.#line(paint('dim', `   ${text}`));
    else {
      this.#active = { ...this.#active, text };
      this.#draw();
    }
  }

  /** Counted work outside of a step is an active line of its own until it is complete. */
  #count(event: Extract<LabEvent, { type: 'progress' }>): void {
    const complete = event.done >= event.total;
    if (this.#active !== undefined && this.#active.title !== event.label) this.#say(countText(event));
    else if (complete) this.#end();
    else if (this.#active === undefined) this.#begin(event.label, countText(event).slice(event.label.length + 1));
    else this.#say(countText(event).slice(event.label.length + 1));
  }

  #end(): void {
    this.#drawing?.abort();
    this.#drawing = undefined;
    this.#active = undefined;
    this.clear();
  }

  #line(text: string): void {
    this.clear();
    this.#stderr.write(`${toTerminal(text, this.#color)}\n`);
    this.#draw();
  }

  async #turn(signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.#clock.sleep(FRAME_MS, signal);
      this.#frame = (this.#frame + 1) % FRAMES.length;
      this.#draw();
    }
  }

  #draw(): void {
    if (this.#active === undefined) return;
    const { title, text, begun } = this.#active;
    const span = shortSpan(this.#clock.monotonic() - begun);
    const plain = ` ${title} (${span}) ${text}`.trimEnd().replaceAll(/\s+/g, ' ');
    // One column is left free: a full line would wrap, and then not be erased.
    const room = Math.max((this.#stderr.columns ?? 80) - 3, 10);
    const shown = [...plain].slice(0, room).join('');
    const line = toTerminal(` ${paint('cyan', FRAMES[this.#frame] ?? '')}${shown}`, this.#color);
    this.#stderr.write(`${ERASE_LINE}${line}`);
    this.#drawn = true;
  }
}
