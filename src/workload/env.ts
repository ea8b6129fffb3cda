import type { QueueKind } from '../contracts/lab-spec.ts';
import { LabError } from '../errors/lab-error.ts';

/** Environment variables as a program was given them; every reader raises ML-WORKLOAD-ENV with the name and the cause. */
export class Env {
  readonly #values: Readonly<Record<string, string | undefined>>;
  readonly #readFile: (path: string) => string | undefined;

  /** `readFile` gives undefined for a file that is not there. */
  constructor(
    values: Readonly<Record<string, string | undefined>>,
    readFile: (path: string) => string | undefined = () => undefined,
  ) {
    this.#values = values;
    this.#readFile = readFile;
  }

  optional(name: string): string | undefined {
    const value = this.#values[name];
    return value === undefined || value === '' ? undefined : value;
  }

  text(name: string, fallback?: string): string {
    const value = this.optional(name) ?? fallback;
    if (value === undefined) throw problem(name, 'it is not set');
    return value;
  }

  /** The variable itself, or the content of the file that `<name>_FILE` names. Never shown. */
  secret(name: string): string {
    const path = this.optional(`${name}_FILE`);
    if (path === undefined) return this.text(name);
    const content = this.#readFile(path)?.trim();
    if (content === undefined || content === '') throw problem(`${name}_FILE`, `there is nothing in ${path}`);
    return content;
  }

  number(name: string, fallback: number, min: number, max: number): number {
    const value = this.optional(name);
    const number = value === undefined ? fallback : Number(value);
    if (number >= min && number <= max) return number;
    throw problem(name, `"${value}" is not a number from ${min} to ${max}`);
  }

  /** Milliseconds of a duration such as `500ms`, `1s`, `1.5m`. */
  duration(name: string, fallback: string): number {
    const value = this.optional(name) ?? fallback;
    const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(value) ?? [];
    const factor = unit === undefined ? undefined : UNITS[unit];
    if (factor === undefined) throw problem(name, `"${value}" is not a duration such as 500ms, 1s or 2m`);
    return Number(amount) * factor;
  }

  queueKind(): QueueKind {
    const value = this.text('QUEUE_KIND');
    const kind = KINDS.find((known) => known === value);
    if (kind === undefined) throw problem('QUEUE_KIND', `"${value}" is none of ${KINDS.join(', ')}`);
    return kind;
  }
}

const KINDS: readonly QueueKind[] = ['redis', 'redis-stream', 'beanstalkd'];
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

function problem(name: string, reason: string): LabError {
  return new LabError('ML-WORKLOAD-ENV', { name, reason });
}
