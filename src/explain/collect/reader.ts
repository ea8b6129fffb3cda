import type { KubeClient } from '../../contracts/kube-client.ts';
import { LabError } from '../../errors/lab-error.ts';
import type { Fact } from '../evidence.ts';

const TIMEOUT_MS = 10_000;

/** Reads a cluster: GET only. What may not be read, or is not there, is a fact with its reason; only a lost API raises. */
export class Reader {
  readonly #client: KubeClient;
  readonly #signal: AbortSignal;

  constructor(client: KubeClient, signal: AbortSignal) {
    this.#client = client;
    this.#signal = signal;
  }

  /** The parsed answer. Raises ML-KUBE-*. */
  get(path: string, query: Readonly<Record<string, string>> = {}): Promise<unknown> {
    return this.#client.json('GET', path, undefined, { query, signal: this.#signal, timeoutMs: TIMEOUT_MS });
  }

  /** The answer as a fact; `what` names it when it is unknown. Raises ML-KUBE-UNREACHABLE. */
  async fact<T>(what: string, path: string, read: (foreign: unknown) => T, query = {}): Promise<Fact<T>> {
    const from = `GET ${path}`;
    try {
      return { value: read(await this.get(path, query)), from };
    } catch (error) {
      return { unknown: `cannot read ${what} (${refusal(error)})`, from };
    }
  }
}

/** `403` for what is forbidden, else code and message. Raises what is no refusal. */
export function refusal(error: unknown): string {
  const code = statusCode(error);
  if (code === 401 || code === 403) return String(code);
  if (error instanceof LabError && error.id === 'ML-KUBE-STATUS') return `${code}: ${String(error.params['message'])}`;
  if (error instanceof LabError && error.id === 'ML-KUBE-SHAPE') return error.why;
  throw error;
}

/** HTTP status of a refusal; undefined for other errors. */
export function statusCode(error: unknown): number | undefined {
  if (!(error instanceof LabError) || error.id !== 'ML-KUBE-STATUS') return undefined;
  const code = error.params['code'];
  return typeof code === 'number' ? code : undefined;
}
