import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Clock } from '../../contracts/clock.ts';
import type { Files } from '../../contracts/files.ts';
import { describe, LabError } from '../../errors/lab-error.ts';

export interface DownloadPorts {
  readonly files: Files;
  readonly clock: Clock;
  readonly fetch: typeof fetch;
}

export interface DownloadLimits {
  /** Without a byte for this long a try is given up. */
  readonly idleMs: number;
  /** Tries, counting the first. */
  readonly tries: number;
  /** Pause after the first failed try; doubles. */
  readonly pauseMs: number;
}

export const DOWNLOAD_LIMITS: DownloadLimits = { idleMs: 30_000, tries: 5, pauseMs: 1_000 };

export interface DownloadWish {
  readonly url: string;
  /** SHA-256, hex. */
  readonly digest: string;
  /** Bytes lie in `<target>.part` until their digest is right; a later call goes on from there. */
  readonly target: string;
  readonly onProgress: (done: number, total: number | undefined) => void;
  readonly signal: AbortSignal;
}

/** What one try came to. `again`: worth another try. */
type Outcome = { readonly ok: true } | { readonly ok: false; readonly again: boolean; readonly reason: string };

/**
 * Fetches a file whose digest is known: resumes after an interruption, retries what may pass, and puts the file in its place
 * only when it is right. Raises ML-NATIVE-DOWNLOAD-FAILED, ML-NATIVE-DOWNLOAD-DIGEST, ML-STATE-IO (a full disk); the
 * signal's reason when aborted. A 404 is the reason of ML-NATIVE-DOWNLOAD-FAILED here: callers ask for the digest first.
 */
export async function download(ports: DownloadPorts, limits: DownloadLimits, wish: DownloadWish): Promise<void> {
  const part = `${wish.target}.part`;
  for (let resumed = ports.files.sizeOf(part) > 0; ; resumed = false) {
    await fetchWhole(ports, limits, wish, part);
    const found = await sha256Of(part);
    if (found === wish.digest) break;
    ports.files.remove(part);
    // What an earlier run left may be of another file: once more from the beginning before it is called wrong.
    if (!resumed) throw new LabError('ML-NATIVE-DOWNLOAD-DIGEST', { url: wish.url, found, wanted: wish.digest });
  }
  ports.files.rename(part, wish.target);
}

/** A small text file. Undefined for 404. Raises ML-NATIVE-DOWNLOAD-FAILED. */
export async function downloadText(
  ports: DownloadPorts,
  limits: DownloadLimits,
  url: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  let text: string | undefined;
  await retrying(ports, limits, url, signal, async () => {
    const watch = watchdog(ports.clock, limits.idleMs, signal);
    try {
      const answer = await ports.fetch(url, { signal: watch.signal });
      text = await answer.text();
      if (answer.ok) return { ok: true };
      if (answer.status === 404) text = undefined;
      return answer.status === 404 ? { ok: true } : refused(answer.status);
    } catch (error) {
      return lost(error, signal, watch);
    } finally {
      watch.close();
    }
  });
  return text;
}

async function fetchWhole(
  ports: DownloadPorts,
  limits: DownloadLimits,
  wish: DownloadWish,
  part: string,
): Promise<void> {
  await retrying(ports, limits, wish.url, wish.signal, () => fetchRest(ports, limits, wish, part));
}

async function retrying(
  { clock }: DownloadPorts,
  limits: DownloadLimits,
  url: string,
  signal: AbortSignal,
  attempt: () => Promise<Outcome>,
): Promise<void> {
  for (let tried = 1; ; tried += 1) {
    const outcome = await attempt();
    if (outcome.ok) return;
    if (!outcome.again || tried >= limits.tries) {
      const reason = tried === 1 ? outcome.reason : `${outcome.reason} (tried ${tried} times)`;
      throw new LabError('ML-NATIVE-DOWNLOAD-FAILED', { url, reason });
    }
    await clock.sleep(limits.pauseMs * 2 ** (tried - 1), signal);
  }
}

async function fetchRest(
  ports: DownloadPorts,
  limits: DownloadLimits,
  wish: DownloadWish,
  part: string,
): Promise<Outcome> {
  const have = ports.files.sizeOf(part);
  const watch = watchdog(ports.clock, limits.idleMs, wish.signal);
  try {
    const headers = { 'accept-encoding': 'identity', ...(have > 0 ? { range: `bytes=${have}-` } : {}) };
    const answer = await ports.fetch(wish.url, { headers, signal: watch.signal });
    watch.alive();
    if (answer.status === 416 && have > 0) return { ok: true }; // all of it is here, or it is of another file: the digest tells
    if (!answer.ok || answer.body === null) return refused(answer.status);
    const from = answer.status === 206 ? have : 0;
    const rest = Number(answer.headers.get('content-length') ?? Number.NaN);
    const total = Number.isFinite(rest) ? from + rest : undefined;
    await append(answer.body, part, from, (done) => {
      watch.alive();
      wish.onProgress(done, total);
    });
    const size = ports.files.sizeOf(part);
    if (total === undefined || size === total) return { ok: true };
    return { ok: false, again: true, reason: `it ended after ${size} of ${total} bytes` };
  } catch (error) {
    return lost(error, wish.signal, watch);
  } finally {
    watch.close();
  }
}

async function append(
  body: ReadableStream<Uint8Array>,
  path: string,
  from: number,
  onBytes: (done: number) => void,
): Promise<void> {
  const file = await onDisk(path, () => open(path, from === 0 ? 'w' : 'a', 0o600));
  try {
    let done = from;
    for await (const chunk of body) {
      await onDisk(path, () => file.writeFile(chunk));
      done += chunk.length;
      onBytes(done);
    }
    await onDisk(path, () => file.sync());
  } finally {
    await file.close();
  }
}

async function onDisk<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw new LabError('ML-STATE-IO', { path, verb: 'written', reason: describe(error) }, { cause: error });
  }
}

function refused(status: number): Outcome {
  const again = status >= 500 || status === 429 || status === 408;
  return { ok: false, again, reason: `the server answers ${status}` };
}

function lost(error: unknown, signal: AbortSignal, watch: Watchdog): Outcome {
  signal.throwIfAborted();
  if (error instanceof LabError) throw error;
  const reason = watch.bitten ? watch.reason : describe(error);
  return { ok: false, again: true, reason };
}

interface Watchdog {
  readonly signal: AbortSignal;
  readonly bitten: boolean;
  readonly reason: string;
  alive(): void;
  close(): void;
}

/** Aborts when `alive` was not called for `idleMs`. */
function watchdog(clock: Clock, idleMs: number, outer: AbortSignal): Watchdog {
  const [bite, end] = [new AbortController(), new AbortController()];
  let last = clock.monotonic();
  const watch = async () => {
    while (!end.signal.aborted) {
      const left = last + idleMs - clock.monotonic();
      if (left <= 0) return bite.abort();
      await clock.sleep(left, end.signal).catch((error: unknown) => {
        if (!end.signal.aborted) throw error;
      });
    }
  };
  void watch();
  return {
    signal: AbortSignal.any([outer, bite.signal]),
    get bitten() {
      return bite.signal.aborted;
    },
    reason: `nothing arrived for ${idleMs / 1000} s`,
    alive: () => {
      last = clock.monotonic();
    },
    close: () => end.abort(),
  };
}

/** SHA-256 of a file, hex. */
async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
