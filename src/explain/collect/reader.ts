import type { KubeClient } from '../../contracts/kube-client.ts';
import type { Clock } from '../../contracts/clock.ts';
import type { AccessRule, BundleAnswer, Unread } from '../bundle.ts';

/** The controller's own requests end after 30 s at the latest; nobody wants to look at a terminal as long. */
const TIMEOUT_MS = 10_000;
/** Requests at one time: quick, and no burden for an API server (its default seats for one user are more). */
const PARALLEL = 16;
const PAGE = 500;

/** What asking gave: the answer, or null with the reason noted. */
export interface Need {
  /** As in "cannot list pods". */
  readonly what: string;
  readonly rule: AccessRule | null;
  /** See Unread.of. */
  readonly of?: string;
}

export interface ReaderOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Of one request; 10 s by default. */
  readonly timeoutMs?: number;
}

/**
 * Reads a cluster with GET requests only. What may not be read (401, 403), or gives no answer in time, is noted in `unread`; only an API
 * server that cannot be reached raises.
 */
export class Reader {
  readonly #client: KubeClient;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #timeoutMs: number;
  readonly unread: Unread[] = [];
  #aheadMs = 0;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(client: KubeClient, { clock, signal, timeoutMs = TIMEOUT_MS }: ReaderOptions) {
    this.#client = client;
    this.#clock = clock;
    this.#signal = signal;
    this.#timeoutMs = timeoutMs;
  }

  get server(): string {
    return this.#client.server;
  }

  /** The answer of any status but 401 and 403; null = noted. Raises ML-KUBE-UNREACHABLE. */
  async ask(path: string, need: Need): Promise<BundleAnswer | null> {
    await this.#turn();
    const started = this.#clock.monotonic();
    try {
      const options = { signal: this.#signal, timeoutMs: this.#timeoutMs };
      const { status, text, headers } = await this.#client.request('GET', path, undefined, options);
      this.#compareClocks(headers['date']);
      const body = decoded(text);
      if (status !== 401 && status !== 403) return { status, ms: Math.round(this.#clock.monotonic() - started), body };
      this.#note(path, need, status, messageOf(body, status));
    } catch (error) {
      if (!isTimeout(error)) throw error;
      this.#note(path, { ...need, rule: null }, null, `no answer within ${this.#timeoutMs / 1000} s`);
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
    return null;
  }

  /** The body of a 200; null for any other, which is noted. Raises ML-KUBE-UNREACHABLE. */
  async body(path: string, need: Need): Promise<unknown> {
    const answer = await this.ask(path, need);
    if (answer === null || answer.status === 200) return answer?.body ?? null;
    this.#note(path, { ...need, rule: null }, answer.status, messageOf(answer.body, answer.status));
    return null;
  }

  /**
   * Lists page by page, each item trimmed at once, so that a large cluster never is in memory as a whole. null = noted. With
   * `absent` a 404 is an empty list. Raises ML-KUBE-UNREACHABLE.
   */
  async list<T>(path: string, need: Need, trim: (item: unknown) => T | null): Promise<T[] | null> {
    const items: T[] = [];
    for (let more = ''; ; ) {
      const url = withQuery(path, { limit: String(PAGE), continue: more });
      const body = await this.body(url, need);
      if (body === null || typeof body !== 'object') return null;
      const page = body as { items?: unknown[] | null; metadata?: { continue?: string } };
      for (const item of page.items ?? []) {
        const kept = trim(item);
        if (kept !== null) items.push(kept);
      }
      more = page.metadata?.continue ?? '';
      if (more === '') return items;
    }
  }

  /** Now as the API server's clock has it: with times of the cluster the clock of this machine has nothing to do. */
  now(): number {
    return this.#clock.now() + this.#aheadMs;
  }

  /** The header has whole seconds, and took its way. */
  #compareClocks(date: string | undefined): void {
    const ahead = Date.parse(date ?? '') - this.#clock.now();
    if (Math.abs(ahead) > 2_000) this.#aheadMs = ahead;
  }

  #note(path: string, { what, rule, of }: Need, status: number | null, message: string): void {
    const unread = { what, path, status, message, rule, ...(of === undefined ? {} : { of }) };
    if (!this.unread.some((known) => known.path === path)) this.unread.push(unread);
  }

  async #turn(): Promise<void> {
    if (this.#running >= PARALLEL) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running += 1;
  }
}

/** A path with those parameters that are not empty. */
export function withQuery(path: string, query: Readonly<Record<string, string>>): string {
  const given = Object.entries(query).filter(([, value]) => value !== '');
  const mark = path.includes('?') ? '&' : '?';
  return given.length === 0 ? path : `${path}${mark}${new URLSearchParams(given).toString()}`;
}

function decoded(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return text;
  }
}

function messageOf(body: unknown, status: number): string {
  if (body !== null && typeof body === 'object' && 'message' in body) return `${status}: ${String(body.message)}`;
  return `status ${status}`;
}

/** Whether the time limit ended the request: Node says so in a cause of its error. */
function isTimeout(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'TimeoutError' || isTimeout(error.cause);
}
