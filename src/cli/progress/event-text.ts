import type { LabEvent } from '../../contracts/events.ts';
import { paint } from '../text/paint.ts';

type StepEnd = Extract<LabEvent, { type: 'step.done' | 'step.failed' }>;

/** ` ✓ Queue (3.2s): redis 7.0.15` or ` ✗ Queue (3.2s)`. */
export function stepEndText(event: StepEnd, verbose: boolean): string {
  const span = shortSpan(event.ms);
  if (event.type === 'step.failed') {
    const how = event.errorId === 'interrupted' ? `interrupted after ${span}` : span;
    return ` ${paint('red', '✗')} ${event.title} (${how})`;
  }
  const detail = event.detail === undefined || event.detail === '' ? '' : `: ${event.detail}`;
  const unchanged = verbose && !event.changed ? ', nothing to change' : '';
  return ` ${paint('green', '✓')} ${event.title} (${span}${unchanged})${paint('dim', detail)}`;
}

/** `plan: Cluster, Queue` */
export function planText({ steps }: Extract<LabEvent, { type: 'plan' }>): string {
  return paint('dim', `plan: ${steps.map(({ title }) => title).join(', ')}`);
}

export function noteText(event: Extract<LabEvent, { type: 'note' | 'warning' }>): string {
  return event.type === 'warning' ? `${paint('yellow', 'warning:')} ${event.text}` : event.text;
}

/** `published 4,000 of 100,000 (4 %)` */
export function countText({ label, done, total }: Extract<LabEvent, { type: 'progress' }>): string {
  const share = total === 0 ? 100 : Math.floor((done / total) * 100);
  return `${label} ${done.toLocaleString('en-US')} of ${total.toLocaleString('en-US')} (${share} %)`;
}

/** `3.2s`, `2m05s` */
export function shortSpan(ms: number): string {
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, '0')}s`;
}
