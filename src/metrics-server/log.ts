import { describe, LabError } from '../errors/lab-error.ts';

/** One thing that happened: `event` and its fields for machines, `text` for people. */
export interface LogEvent {
  readonly level: 'info' | 'error';
  readonly event: string;
  readonly text: string;
  readonly fields?: Readonly<Record<string, string | number>>;
}

export type MetricsLog = (event: LogEvent) => void;

/** The event of a failure: its cause is the ID of the error. */
export function failureEvent(
  event: string,
  error: unknown,
  fields: Readonly<Record<string, string | number>> = {},
): LogEvent {
  const cause = error instanceof LabError ? error.id : 'ML-INTERNAL';
  return { level: 'error', event, text: describe(error), fields: { ...fields, cause } };
}

/** logfmt: `level=error event=source-failed source=redis:jobs cause=ML-SOURCE-READ msg="..."`. */
export function logLine({ level, event, text, fields = {} }: LogEvent): string {
  const parts = Object.entries({ level, event, ...fields }).map(([key, value]) => `${key}=${quoted(String(value))}`);
  return `${parts.join(' ')} msg=${JSON.stringify(text)}`;
}

function quoted(text: string): string {
  return /^[\w:./-]+$/.test(text) ? text : JSON.stringify(text);
}
