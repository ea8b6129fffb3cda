import { type ContainerLog, readBytes } from './container-log.ts';
import type { LogQuery } from './log-query.ts';

const CHUNK = 64 * 1024;
const NEWLINE = 0x0a;

/** The lines of a container's log that a query asks for, in pieces; with `follow` until the container or the signal ends. */
export async function* readContainerLog(
  log: ContainerLog,
  query: LogQuery,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  let left = query.limitBytes ?? Number.POSITIVE_INFINITY;
  for await (const piece of pieces(log, query, signal)) {
    const part = piece.length > left ? piece.subarray(0, left) : piece;
    left -= part.length;
    yield part;
    if (left === 0) return;
  }
}

async function* pieces(log: ContainerLog, query: LogQuery, signal: AbortSignal): AsyncGenerator<Buffer> {
  let { turns } = log;
  let offset = startOf(log, query);
  let partial = false;
  while (!signal.aborted) {
    const { ended } = log;
    if (log.turns !== turns) {
      // The file was begun anew: the rest of the old part first. What is more than one turn behind is gone.
      if (log.turns === turns + 1) yield* restOfOlder(log, query, offset, partial);
      [turns, offset, partial] = [log.turns, 0, false];
    }
    const chunk = wholeLines(readBytes(log.path, offset, CHUNK));
    if (chunk.length > 0) {
      const from = offset;
      yield query.timestamps ? stamped(chunk, (at) => log.timeAt(from + at), partial) : chunk;
      offset += chunk.length;
      partial = chunk.at(-1) !== NEWLINE;
      continue;
    }
    if (!query.follow || ended) return;
    await log.changed(signal);
  }
}

function* restOfOlder(log: ContainerLog, query: LogQuery, from: number, begun: boolean): Generator<Buffer> {
  const arrived = log.timeAt(0);
  let partial = begun;
  for (let offset = from; ; ) {
    const chunk = wholeLines(readBytes(log.olderPath, offset, CHUNK));
    if (chunk.length === 0) return;
    yield query.timestamps ? stamped(chunk, () => arrived, partial) : chunk;
    partial = chunk.at(-1) !== NEWLINE;
    offset += chunk.length;
  }
}

/** A chunk cut behind its last line break; as it is when it has none (a long line, or one that is not finished yet). */
function wholeLines(chunk: Buffer): Buffer {
  const end = chunk.lastIndexOf(NEWLINE);
  return end < 0 ? chunk : chunk.subarray(0, end + 1);
}

/** Each line with the time of its arrival before it; the first only if it is a line's beginning. */
function stamped(chunk: Buffer, timeAt: (at: number) => number, partial: boolean): Buffer {
  const out: Buffer[] = [];
  for (let at = 0; at < chunk.length; ) {
    const end = chunk.indexOf(NEWLINE, at);
    const next = end < 0 ? chunk.length : end + 1;
    if (at > 0 || !partial) out.push(Buffer.from(`${new Date(timeAt(at)).toISOString()} `));
    out.push(chunk.subarray(at, next));
    at = next;
  }
  return Buffer.concat(out);
}

/** Offset of the first line that `tailLines` and `since` let through. */
function startOf(log: ContainerLog, query: LogQuery): number {
  const tail = query.tailLines === undefined ? 0 : tailStart(log.path, log.size, query.tailLines);
  const since = query.since === undefined ? 0 : sinceStart(log, query.since);
  return Math.max(tail, since);
}

/** Offset at which the last `lines` lines of a file begin. */
function tailStart(path: string, size: number, lines: number): number {
  if (lines === 0) return size;
  let wanted = lines;
  for (let end = size; end > 0; end -= CHUNK) {
    const begin = Math.max(0, end - CHUNK);
    const chunk = readBytes(path, begin, end - begin);
    for (let at = chunk.length - 1; at >= 0; at -= 1) {
      if (chunk[at] !== NEWLINE || begin + at === size - 1) continue; // the last line's own break
      wanted -= 1;
      if (wanted === 0) return begin + at + 1;
    }
  }
  return 0;
}

/** Offset of the first line that arrived at or after a time: times never fall, so it is found by halving. */
function sinceStart(log: ContainerLog, since: number): number {
  let low = 0;
  let high = log.size;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (log.timeAt(middle) >= since) high = middle;
    else low = middle + 1;
  }
  return low === 0 ? 0 : lineStartAfter(log, low);
}

function lineStartAfter(log: ContainerLog, offset: number): number {
  for (let at = offset - 1; ; at += CHUNK) {
    const chunk = readBytes(log.path, at, CHUNK);
    if (chunk.length === 0) return log.size;
    const end = chunk.indexOf(NEWLINE);
    if (end >= 0) return at + end + 1;
  }
}
