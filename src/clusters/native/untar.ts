import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { LabError } from '../../errors/lab-error.ts';

const BLOCK = 512;

/**
 * Writes one member of a .tar.gz (POSIX ustar) to `target`. True when it was there whole, false when there is no such member.
 * Raises ML-STATE-IO when the archive is damaged; rejects with the system's error when it cannot be read or `target` not written.
 */
export async function extractMember(archive: string, member: string, target: string): Promise<boolean> {
  const gunzip = createGunzip();
  const source = createReadStream(archive);
  source.once('error', (error) => gunzip.destroy(error));
  const bytes = new Blocks(source.pipe(gunzip));
  try {
    for (;;) {
      const header = await bytes.read(BLOCK);
      if (header === undefined || header.every((byte) => byte === 0)) return false;
      const { name, size } = parseHeader(archive, header);
      const padded = Math.ceil(size / BLOCK) * BLOCK;
      if (name === member) {
        await writeMember(archive, bytes, size, target);
        return true;
      }
      for (let left = padded; left > 0; left -= BLOCK) await bytes.read(BLOCK);
    }
  } finally {
    source.destroy();
    gunzip.destroy();
  }
}

async function writeMember(archive: string, bytes: Blocks, size: number, target: string): Promise<void> {
  const file = await open(target, 'w', 0o700);
  try {
    for (let left = size; left > 0; ) {
      const chunk = await bytes.readSome(left);
      if (chunk === undefined) throw damaged(archive, `it ends ${left} bytes too early`);
      await file.writeFile(chunk);
      left -= chunk.length;
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Fields of a ustar header: name at 0, size (octal) at 124, prefix of the name at 345. */
function parseHeader(archive: string, block: Buffer): { readonly name: string; readonly size: number } {
  const text = (start: number, length: number) => {
    const field = block.subarray(start, start + length);
    const end = field.indexOf(0);
    return field.subarray(0, end < 0 ? length : end).toString('utf8');
  };
  const prefix = text(257, 5) === 'ustar' ? text(345, 155).trim() : '';
  const size = Number.parseInt(text(124, 12).trim() || '0', 8);
  if (!Number.isSafeInteger(size) || size < 0) throw damaged(archive, 'it has a member of no readable size');
  return { name: prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`, size };
}

function damaged(path: string, reason: string): LabError {
  return new LabError('ML-STATE-IO', { path, verb: 'unpacked', reason });
}

/** A byte stream in pieces of the wanted size. */
class Blocks {
  readonly #source: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(stream: AsyncIterable<unknown>) {
    this.#source = (stream as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  }

  /** Exactly `size` bytes, or undefined at the end. */
  async read(size: number): Promise<Buffer | undefined> {
    while (this.#rest.length < size) if (!(await this.#fill())) return undefined;
    return this.#take(size);
  }

  /** Between 1 and `limit` bytes, or undefined at the end. */
  async readSome(limit: number): Promise<Buffer | undefined> {
    if (this.#rest.length === 0 && !(await this.#fill())) return undefined;
    return this.#take(Math.min(limit, this.#rest.length));
  }

  async #fill(): Promise<boolean> {
    const next = await this.#source.next();
    if (next.done === true) return false;
    this.#rest = this.#rest.length === 0 ? next.value : Buffer.concat([this.#rest, next.value]);
    return true;
  }

  #take(size: number): Buffer {
    const taken = this.#rest.subarray(0, size);
    this.#rest = this.#rest.subarray(size);
    return taken;
  }
}
