import type { ErrorEntry } from './entry.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { type ErrorId, REGISTRY } from './registry.ts';

export type ErrorParams = Readonly<Record<string, string | number>>;

export interface LabErrorOptions {
  readonly cause?: unknown;
  /** The full log of what failed, shown to the user. */
  readonly logFile?: string;
}

/** The one error class (STYLE rule 9). What it says comes from the registry; the parameters fill the templates. */
export class LabError extends Error {
  override readonly name = 'LabError';
  readonly id: ErrorId;
  readonly params: ErrorParams;
  readonly logFile: string | undefined;

  constructor(id: ErrorId, params: ErrorParams = {}, options: LabErrorOptions = {}) {
    super(fill(entryOf(id).title, params), options.cause === undefined ? undefined : { cause: options.cause });
    this.id = id;
    this.params = params;
    this.logFile = options.logFile;
  }

  get entry(): ErrorEntry {
    return entryOf(this.id);
  }
  get exitCode(): number {
    return EXIT_CODES[this.entry.exit];
  }
  get why(): string {
    return fill(this.entry.why, this.params);
  }
  get actions(): readonly string[] {
    return this.entry.actions.map((action) => fill(action, this.params));
  }
}

/** The error as it is when it is ours, else wrapped as ML-INTERNAL. */
export function asLabError(error: unknown): LabError {
  if (error instanceof LabError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new LabError('ML-INTERNAL', { text }, { cause: error });
}

/** One line about any thrown value, causes included, for logs and `why` texts. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error instanceof LabError ? `${error.message} (${error.why})` : error.message || error.name;
  return error.cause === undefined ? own : `${own}: ${describe(error.cause)}`;
}

function entryOf(id: ErrorId): ErrorEntry {
  return REGISTRY[id];
}

function fill(template: string, params: ErrorParams): string {
  return template.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    return value === undefined ? whole : String(value);
  });
}
