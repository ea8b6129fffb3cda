import type { IoHost, LabEvent } from '../../src/contracts/events.ts';

/** Keeps what was reported. */
export class RecordingIo implements IoHost {
  readonly events: LabEvent[] = [];

  emit(event: LabEvent): void {
    this.events.push(event);
  }
}
