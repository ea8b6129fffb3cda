/** What a piece of text means; the terminal decides how that looks. Without colour every tone must still be understood from the text. */
export type Tone = 'plain' | 'strong' | 'dim' | 'good' | 'warn' | 'bad';

export interface Segment {
  readonly text: string;
  readonly tone?: Tone;
}

/** One line of the screen. */
export type Row = readonly Segment[];

export function row(...parts: readonly (string | Segment)[]): Row {
  return parts.map((part) => (typeof part === 'string' ? { text: part } : part));
}

/** The row cut to `width` characters, with `…` where something was cut. Line breaks and control characters become blanks. */
export function fitted(segments: Row, width: number): Row {
  const cut: Segment[] = [];
  let rest = width;
  for (const segment of segments) {
    const text = oneLine(segment.text);
    if (text.length <= rest) {
      cut.push({ ...segment, text });
      rest -= text.length;
      continue;
    }
    if (rest > 0) cut.push({ ...segment, text: `${text.slice(0, rest - 1)}…` });
    else if (cut.length > 0) cut.push(shortened(cut.pop()));
    break;
  }
  return cut;
}

function shortened(segment: Segment = { text: '' }): Segment {
  return { ...segment, text: `${segment.text.slice(0, -1)}…` };
}

/** `left` and `right` at the two ends of the line; `left` gives way. */
export function justified(left: Row, right: Row, width: number): Row {
  const rightFitted = fitted(right, width);
  const room = width - lengthOf(rightFitted) - 1;
  if (room <= 0) return rightFitted;
  const leftFitted = fitted(left, room);
  return [...leftFitted, { text: ' '.repeat(width - lengthOf(leftFitted) - lengthOf(rightFitted)) }, ...rightFitted];
}

/** Text broken at blanks into at most `lines` lines; the last one is cut. Always gives exactly `lines`. */
export function wrapped(text: string, width: number, lines: number): readonly string[] {
  const result: string[] = [];
  let rest = oneLine(text);
  while (result.length < lines - 1) {
    if (rest.length <= width) break;
    const blank = rest.lastIndexOf(' ', width);
    const end = blank > width / 2 ? blank : width;
    result.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  result.push(rest.length > width ? `${rest.slice(0, Math.max(width - 1, 0))}…` : rest);
  while (result.length < lines) result.push('');
  return result;
}

export function lengthOf(segments: Row): number {
  return segments.reduce((sum, { text }) => sum + text.length, 0);
}

/** Texts come from the cluster: nothing in them may move the cursor or change the terminal. */
function oneLine(text: string): string {
  // biome-ignore lint: control characters are what is removed here
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
}
