import type { TimelineEntry } from '../../simulate/options.ts';
import { highest, sparkline } from '../watch/view/drawings.ts';
import { about, clock, plain } from './numbers.ts';

const LABEL = 9;
const WIDEST = 100;
/** Room for the numbers behind a line. */
const NUMBERS = 22;

/** One line per series over the whole run, each on a scale of its own from zero; gaps stay gaps. */
export function plot(timeline: readonly TimelineEntry[], seconds: number, columns: number): string {
  const width = Math.max(Math.min(columns - LABEL - NUMBERS, WIDEST, timeline.length), 10);
  const window = { now: seconds * 1000, spanMs: seconds * 1000, columns: width };
  const replicas = timeline.map(({ time, desired, ready }) => ({ at: time * 1000, metric: undefined, desired, ready }));
  const top = highest(replicas, ['desired', 'ready'], window);
  const line = (label: string, cells: string, most: string) => `${label.padEnd(LABEL)}${cells}  ${most}`;
  const lines = [single('metric', (entry) => entry.metric, plain)];
  lines.push(line('desired', sparkline(replicas, 'desired', window, top), `max ${top}`));
  lines.push(line('ready', sparkline(replicas, 'ready', window, top), `max ${highest(replicas, ['ready'], window)}`));
  if (timeline[0]?.oldestWait !== null) lines.push(single('wait', (entry) => entry.oldestWait, about));
  return [...lines, `${' '.repeat(LABEL)}0${clock(seconds).padStart(width - 1)}`].join('\n');

  function single(
    label: string,
    read: (entry: TimelineEntry) => number | null,
    text: (value: number) => string,
  ): string {
    const samples = timeline.map((entry) => ({
      at: entry.time * 1000,
      metric: read(entry) ?? undefined,
      desired: 0,
      ready: 0,
    }));
    const most = highest(samples, ['metric'], window);
    return line(label, sparkline(samples, 'metric', window, most), `max ${text(most)}`);
  }
}
