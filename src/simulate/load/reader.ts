import { LabError } from '../../errors/lab-error.ts';
import { secondsOf } from '../durations.ts';

const PER_SECOND: Readonly<Record<string, number>> = { s: 1, sec: 1, m: 60, min: 60, h: 3600 };
const ARROW = /^\s*(?:→|->|\.\.)\s*/;
const NUMBER = /^\d+(?:\.\d+)?(?:e\d+)?/i;
const MOST_PER_SECOND = 1_000_000;
const LONGEST_SECONDS = 10 * 365 * 86_400;

/** Reads the text of a load from left to right. Whatever it cannot take raises ML-SIM-LOAD with the character. */
export class LoadReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get done(): boolean {
    this.#skip();
    return this.#at === this.#text.length;
  }

  fail(reason: string, at: number = this.#at): never {
    throw new LabError('ML-SIM-LOAD', { text: this.#text, column: at + 1, reason });
  }

  /** Takes this text if it comes next. */
  take(word: string): boolean {
    this.#skip();
    if (!this.#text.startsWith(word, this.#at)) return false;
    this.#at += word.length;
    return true;
  }

  expect(word: string, after: string): void {
    if (!this.take(word)) this.fail(`expected "${word}" after ${after}`);
  }

  /** A name that an opening bracket follows, lower case. */
  call(): { readonly name: string; readonly at: number } | undefined {
    this.#skip();
    const match = /^([a-zA-Z]+)\s*\(/.exec(this.#rest());
    if (match === null) return undefined;
    const at = this.#at;
    this.#at += match[0].length;
    return { name: (match[1] ?? '').toLowerCase(), at };
  }

  /** Rates such as `5/s` or `0→50/s`, per second; the last one's unit holds for those before it. */
  rates(least: number, most: number): readonly number[] {
    this.#skip();
    const start = this.#at;
    const found: { amount: number; unit: number | undefined; at: number }[] = [];
    do found.push(this.#rate());
    while (this.#arrow());
    const unit = found.at(-1)?.unit;
    if (unit === undefined) return this.fail('the unit is missing: write 5/s, 300/m or 1000/h', found.at(-1)?.at);
    if (found.length < least || found.length > most)
      return this.fail(
        `expected ${least === most ? `${least}` : `at least ${least}`} rate${most === 1 ? '' : 's'}, such as ${least === 1 ? '5/s' : '0→50/s'}`,
        start,
      );
    return found.map(({ amount, unit: own, at }) => {
      const rate = amount / (own ?? unit);
      return rate <= MOST_PER_SECOND ? rate : this.fail(`at most ${MOST_PER_SECOND} per second`, at);
    });
  }

  /** A duration in seconds; longer than zero. */
  seconds(): number {
    this.#skip();
    const word = /^[\w.]+/.exec(this.#rest())?.[0] ?? '';
    const seconds = secondsOf(word);
    if (seconds === undefined) return this.fail('expected a duration with its unit, such as 10m');
    if (seconds === 0) return this.fail('a duration must be longer than zero');
    if (seconds > LONGEST_SECONDS) return this.fail('at most ten years');
    this.#at += word.length;
    return seconds;
  }

  #rate(): { amount: number; unit: number | undefined; at: number } {
    const at = this.#at;
    if (this.#text[at] === '-') return this.fail('a rate cannot be negative');
    const digits = NUMBER.exec(this.#rest())?.[0];
    if (digits === undefined) return this.fail('expected a rate such as 5/s');
    this.#at += digits.length;
    const unit = /^\s*\/\s*([a-z]+)/.exec(this.#rest());
    if (unit === null) return { amount: Number(digits), unit: undefined, at };
    const seconds = PER_SECOND[unit[1] ?? ''];
    if (seconds === undefined) return this.fail(`"${unit[1]}" is not a unit of rates: /s, /m, /h`);
    this.#at += unit[0].length;
    return { amount: Number(digits), unit: seconds, at };
  }

  #arrow(): boolean {
    const arrow = ARROW.exec(this.#rest());
    if (arrow !== null) this.#at += arrow[0].length;
    return arrow !== null;
  }

  #rest(): string {
    return this.#text.slice(this.#at);
  }

  #skip(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at += 1;
  }
}
