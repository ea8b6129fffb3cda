import { Readable, Writable } from 'node:stream';
import type { InStream, OutStream } from '../../src/cli/streams.ts';

export interface FakeOutOptions {
  readonly isTTY?: boolean;
  readonly columns?: number;
  /** Error code that every write after the first `goodWrites` ends with. */
  readonly failWith?: string;
  readonly goodWrites?: number;
}

/** A stream that keeps what was written to it. */
export class FakeOut extends Writable implements OutStream {
  readonly isTTY: boolean;
  readonly columns: number;
  text = '';
  #writes = 0;
  readonly #failWith: string | undefined;
  readonly #goodWrites: number;

  constructor(options: FakeOutOptions = {}) {
    super({ decodeStrings: false });
    this.isTTY = options.isTTY ?? false;
    this.columns = options.columns ?? 80;
    this.#failWith = options.failWith;
    this.#goodWrites = options.goodWrites ?? 0;
  }

  override _write(chunk: string | Buffer, _encoding: string, callback: (error?: Error) => void): void {
    this.#writes += 1;
    if (this.#failWith !== undefined && this.#writes > this.#goodWrites) {
      callback(Object.assign(new Error(`write ${this.#failWith}`), { code: this.#failWith }));
      return;
    }
    this.text += String(chunk);
    callback();
  }
}

/** Standard input with this text in it. */
export function fakeIn(text = '', isTTY = false): InStream {
  return Object.assign(Readable.from(text === '' ? [] : [text]), { isTTY });
}
