import type { Sample } from '../model.ts';

/**
 * A bar of `width` cells from ratio 0 to 2, so that the target (ratio 1) is in its middle: `█` filled, `▒` tolerance band
 * (`▓` where it is filled), `·` the rest, `▶` at the end for more than 2. All `·` when the ratio is unknown.
 */
export function ratioBar(ratio: number | undefined, tolerance: { up: number; down: number }, width: number): string {
  const at = (value: number) => (value / 2) * width;
  const filled = ratio === undefined ? 0 : at(Math.min(Math.max(ratio, 0), 2));
  const cells: string[] = Array.from({ length: width }, (_, index) => {
    const middle = index + 0.5;
    const inside = middle >= at(1 - tolerance.down) && middle <= at(1 + tolerance.up);
    const band = inside || index === Math.floor(width / 2); // a band of no width still marks the target
    if (middle <= filled) return band ? '▓' : '█';
    return band ? '▒' : '·';
  });
  if (ratio !== undefined && ratio > 2) cells[width - 1] = '▶';
  return cells.join('');
}

export interface ScaleValues {
  readonly min: number;
  readonly max: number;
  readonly current: number;
  readonly desired: number;
}

/** `1 ··[3]··5······20`: min and max at the ends, current in brackets, desired bare where it differs. `width` in characters. */
export function replicaScale({ min, max, current, desired }: ScaleValues, width: number): string {
  const marker = `[${current}]`;
  const wanted = desired === current ? '' : String(desired);
  const cells = Math.max(width - `${min}  ${max}`.length, marker.length + wanted.length);
  const track: string[] = Array.from({ length: cells }, () => '·');
  const place = (value: number, length: number) => {
    const share = max > min ? Math.min(Math.max((value - min) / (max - min), 0), 1) : 0;
    return Math.min(Math.max(Math.round(share * (cells - 1) - (length - 1) / 2), 0), cells - length);
  };
  let start = place(current, marker.length);
  if (wanted !== '') {
    // The two never overlap: current gives way towards its side of desired where the track ends.
    const up = desired > current;
    start = up ? Math.min(start, cells - marker.length - wanted.length) : Math.max(start, wanted.length);
    const bare = place(desired, wanted.length);
    const free = up ? Math.max(bare, start + marker.length) : Math.min(bare, start - wanted.length);
    track.splice(free, wanted.length, ...wanted);
  }
  track.splice(start, marker.length, ...marker);
  return `${min} ${track.join('')}${track.at(-1) === '·' ? '·' : ' '}${max}`;
}

export interface SparkWindow {
  /** Epoch ms of the right edge. */
  readonly now: number;
  readonly spanMs: number;
  readonly columns: number;
}
type Field = 'metric' | 'desired' | 'ready';
const LEVELS = '▁▂▃▄▅▆▇█';

/** The highest known value of some fields in the window; 0 when nothing is known. */
export function highest(history: readonly Sample[], fields: readonly Field[], window: SparkWindow): number {
  const values = fields.flatMap((field) => columnValues(history, field, window));
  return values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
}

/** One character per column, its height the largest value of that time; blank where nothing is known (gaps stay gaps). */
export function sparkline(history: readonly Sample[], field: Field, window: SparkWindow, top: number): string {
  const characters = columnValues(history, field, window).map((value) => {
    if (value === undefined) return ' ';
    const level = top > 0 ? Math.round((Math.max(value, 0) / top) * (LEVELS.length - 1)) : 0;
    return LEVELS[Math.min(level, LEVELS.length - 1)] ?? ' ';
  });
  return characters.join('');
}

function columnValues(
  history: readonly Sample[],
  field: Field,
  { now, spanMs, columns }: SparkWindow,
): (number | undefined)[] {
  const step = spanMs / columns;
  const values: (number | undefined)[] = [];
  let next = 0;
  let held: number | undefined;
  for (let column = 0; column < columns; column += 1) {
    const end = now - spanMs + (column + 1) * step;
    let most = held;
    for (let sample = history[next]; sample !== undefined && sample.at <= end; sample = history[next]) {
      held = sample[field];
      if (held !== undefined && (most === undefined || held > most)) most = held;
      next += 1;
    }
    values.push(most);
  }
  return values;
}
