import {
  closeSync,
  copyFileSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import type { Clock } from '../../contracts/clock.ts';

/** Writes closer together than this get one time. */
const GRAIN_MS = 20;

/**
 * The log file of one incarnation of a container. The child writes the file itself, so that nothing is lost or blocked
 * when the node dies; the node notes when which part arrived (`<n>.times` beside `<n>.log`).
 */
export class ContainerLog {
  readonly path: string;
  readonly #clock: Clock;
  readonly #maxBytes: number;
  /** Bytes before `end` had arrived by `at` (epoch ms). Ascending. */
  #marks: { readonly end: number; readonly at: number }[];
  #waiting = new Set<() => void>();
  #noteSoon = false;
  #ended = false;
  #turns = 0;

  constructor(path: string, options: { readonly clock: Clock; readonly maxBytes: number }) {
    this.path = path;
    this.#clock = options.clock;
    this.#maxBytes = options.maxBytes;
    this.#marks = readMarks(this.#timesPath);
  }

  /** Where the part before the last turn lies. */
  get olderPath(): string {
    return `${this.path}.1`;
  }
  /** How often the file was begun anew. */
  get turns(): number {
    return this.#turns;
  }
  /** Nothing more will be written. */
  get ended(): boolean {
    return this.#ended;
  }
  get size(): number {
    return sizeOf(this.path);
  }

  /** To be called when the file may have grown. */
  note(): void {
    const last = this.#marks.at(-1);
    if (last !== undefined && this.#clock.now() - last.at < GRAIN_MS && !this.#ended) {
      if (this.#noteSoon) return;
      this.#noteSoon = true;
      void this.#clock.sleep(GRAIN_MS).then(() => {
        this.#noteSoon = false;
        this.#noteNow();
      });
      return;
    }
    this.#noteNow();
  }

  end(): void {
    this.#ended = true;
    this.#noteNow();
    this.#wake();
  }

  /** When the byte at this offset had arrived, epoch ms, good to the grain. */
  timeAt(offset: number): number {
    let low = 0;
    let high = this.#marks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#marks[middle]?.end ?? 0) > offset) high = middle;
      else low = middle + 1;
    }
    return this.#marks[low]?.at ?? modifiedAt(this.path) ?? this.#clock.now();
  }

  /** Resolves at the next growth, at the end of the log, or when the signal aborts. */
  changed(signal: AbortSignal): Promise<void> {
    if (this.#ended || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        this.#waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#waiting.add(done);
      signal.addEventListener('abort', done, { once: true });
    });
  }

  get #timesPath(): string {
    return this.path.replace(/\.log$/, '.times');
  }

  #noteNow(): void {
    const size = this.size;
    if (size <= (this.#marks.at(-1)?.end ?? 0)) return;
    const mark = { end: size, at: this.#clock.now() };
    this.#marks.push(mark);
    appendMark(this.#timesPath, mark);
    if (size > this.#maxBytes) this.#turn();
    this.#wake();
  }

  /** The child appends (O_APPEND) to an open file, so the old part is copied away and the file cut; see logrotate's copytruncate. */
  #turn(): void {
    copyFileSync(this.path, this.olderPath);
    truncateSync(this.path, 0);
    truncateSync(this.#timesPath, 0);
    this.#marks = [];
    this.#turns += 1;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const done of waiting) done();
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function modifiedAt(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}

function appendMark(path: string, mark: { readonly end: number; readonly at: number }): void {
  const file = openSync(path, 'a', 0o600);
  try {
    writeSync(file, `${mark.end} ${mark.at}\n`);
  } finally {
    closeSync(file);
  }
}

function readMarks(path: string): { end: number; at: number }[] {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [end, at] = line.split(' ').map(Number);
      // A line that a crash cut short is no mark.
      return end !== undefined && at !== undefined && end > 0 && at > 0 ? [{ end, at }] : [];
    });
}

/** Bytes of a file from an offset on; empty at its end or when there is no such file. */
export function readBytes(path: string, offset: number, length: number): Buffer {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return Buffer.alloc(0);
  const file = openSync(path, 'r');
  try {
    const left = Math.max(0, Math.min(length, fstatSync(file).size - offset));
    const buffer = Buffer.alloc(left);
    return buffer.subarray(0, readSync(file, buffer, 0, left, offset));
  } finally {
    closeSync(file);
  }
}
