import {
  closeSync,
  existsSync,
  fdatasync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { LabError } from '../../errors/lab-error.ts';

const HEADER_BYTES = 8;
/** Rewritten when it is at least so large, and twice as large as what was in it when it was last rewritten. */
const REWRITE_BYTES = 8 * 1024 * 1024;

/**
 * An append-only file of records: length (4 bytes), CRC-32 (4 bytes), content. A record is there whole or not at all: what a
 * kill tore off at the end is cut away at the start. What was flushed is in the kernel's hands, so a kill loses none of it.
 */
export class AppendLog {
  readonly #path: string;
  readonly #rewriteBytes: number;
  #file: number;
  #size: number;
  #sizeWhenRewritten = 0;
  #pending: Buffer[] = [];
  #isSynced = true;

  private constructor(path: string, file: number, size: number, rewriteBytes: number) {
    this.#path = path;
    this.#file = file;
    this.#size = size;
    this.#rewriteBytes = rewriteBytes;
  }

  /**
   * Opens or makes the file (0600) and gives each record to `replay`. Raises ML-QUEUE-LOG-CORRUPT when the file is damaged
   * elsewhere than at its end, or `replay` throws.
   */
  static open(path: string, replay: (record: Buffer) => void, rewriteBytes: number = REWRITE_BYTES): AppendLog {
    const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
    let at = 0;
    for (let record = recordAt(path, bytes, at); record !== undefined; record = recordAt(path, bytes, at)) {
      try {
        replay(record);
      } catch (error) {
        throw corrupt(path, at, error instanceof Error ? error.message : String(error), error);
      }
      at += HEADER_BYTES + record.length;
    }
    const file = openSync(path, 'a', 0o600);
    if (at < bytes.length) ftruncateSync(file, at);
    return new AppendLog(path, file, at, rewriteBytes);
  }

  get size(): number {
    return this.#size;
  }

  /** Adds a record (latin1), to be written by the next `flush`. */
  append(record: string): void {
    this.#pending.push(framed(record));
  }

  /** Writes what was added, in one go. Raises what the system says (ENOSPC). */
  flush(): void {
    if (this.#pending.length === 0) return;
    const bytes = this.#pending.length === 1 ? this.#pending[0] : Buffer.concat(this.#pending);
    this.#pending = [];
    if (bytes === undefined) return;
    writeAll(this.#file, bytes);
    this.#size += bytes.length;
    this.#isSynced = false;
  }

  /** Asks the system to bring what was written to the disk: a power cut then costs only what came after. */
  async sync(): Promise<void> {
    if (this.#isSynced) return;
    this.#isSynced = true;
    const file = this.#file;
    await new Promise<void>((resolve, reject) => {
      fdatasync(file, (error) => {
        // Closed by a rewrite meanwhile, which has synced more than this.
        if (error === null || file !== this.#file) resolve();
        else reject(error);
      });
    });
  }

  get wantsRewrite(): boolean {
    return this.#size >= this.#rewriteBytes && this.#size >= 2 * this.#sizeWhenRewritten;
  }

  /** Puts a file with just these records in its place; at every moment there is a whole one. Nothing may be pending. */
  rewrite(records: Iterable<string>): void {
    const path = `${this.#path}.new`;
    const file = openSync(path, 'w', 0o600);
    let size = 0;
    for (const record of records) {
      const bytes = framed(record);
      writeAll(file, bytes);
      size += bytes.length;
    }
    fsyncSync(file);
    renameSync(path, this.#path);
    syncFolder(dirname(this.#path));
    closeSync(this.#file);
    this.#file = file;
    this.#size = size;
    this.#sizeWhenRewritten = size;
    this.#isSynced = true;
  }

  close(): void {
    this.flush();
    fsyncSync(this.#file);
    closeSync(this.#file);
  }
}

function framed(record: string): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + record.length);
  bytes.write(record, HEADER_BYTES, 'latin1');
  bytes.writeUInt32LE(record.length, 0);
  bytes.writeUInt32LE(crc32(bytes.subarray(HEADER_BYTES)), 4);
  return bytes;
}

/** The record that begins there; undefined at the end, or at one that was not written to its end. */
function recordAt(path: string, bytes: Buffer, at: number): Buffer | undefined {
  const start = at + HEADER_BYTES;
  if (start > bytes.length) return undefined;
  const length = bytes.readUInt32LE(at);
  const record = bytes.subarray(start, start + length);
  if (record.length < length) return undefined;
  if (length > 0 && crc32(record) === bytes.readUInt32LE(at + 4)) return record;
  // A power cut may leave zeros behind what was written.
  if (bytes.subarray(at).every((byte) => byte === 0)) return undefined;
  throw corrupt(path, at, 'the checksum of a record does not fit');
}

function corrupt(path: string, offset: number, reason: string, cause?: unknown): LabError {
  return new LabError('ML-QUEUE-LOG-CORRUPT', { path, offset, reason }, { cause });
}

function writeAll(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  fsyncSync(folder);
  closeSync(folder);
}
