import { z } from 'zod';
import type { Clock } from '../../contracts/clock.ts';
import type { KubeClient } from '../../contracts/kube-client.ts';
import { LabError } from '../../errors/lab-error.ts';
import { Meta, parseAs } from '../../kube/objects.ts';
import { formatDuration } from '../values/duration.ts';
import { startFeed } from './feed.ts';
import { INITIAL_STATE, reduce, type WatchState } from './model.ts';
import type { WatchEnd, WatchRenderer } from './renderer.ts';
import { isMet, presentValues, type Until } from './until.ts';

export interface SessionOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly name?: string;
  readonly clock: Clock;
  /** Ends the session; it then resolves quietly to `interrupted`. */
  readonly signal: AbortSignal;
  /** Made once it is known that there is something to watch. */
  readonly renderer: () => Promise<WatchRenderer>;
  readonly once: boolean;
  readonly until?: Until;
  readonly forMs?: number;
}

/** Changes that arrive together (a rescale touches HPA, event and Deployment) are told as one. */
const GATHER_MS = 250;
const Names = z.object({ items: z.array(z.object({ metadata: Meta })) });

/**
 * Watches until the condition holds, the time is over, the reader leaves or the signal aborts. Raises ML-WATCH-NO-HPA,
 * ML-WATCH-TIMEOUT (an unmet condition), and ML-KUBE-* when the API cannot be asked at the start.
 */
export async function watchSession(options: SessionOptions): Promise<WatchEnd> {
  const names = await hpaNames(options);
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const renderer = await options.renderer();
  try {
    if (names.length === 0) renderer.note(`No HorizontalPodAutoscalers found in namespace ${options.namespace}`);
    if (names.length === 0 && options.once && options.until === undefined) return 'quit';
    return await follow({ ...options, signal }, renderer);
  } finally {
    stop.abort();
    await renderer.close();
  }
}

async function hpaNames({ client, namespace, name, signal }: SessionOptions): Promise<readonly string[]> {
  const path = `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`;
  const list = parseAs(Names, await client.json('GET', path, undefined, { signal }), 'a list of HPAs');
  const names = list.items.map(({ metadata }) => metadata.name);
  if (name === undefined || names.includes(name)) return names;
  const others = names.length === 0 ? 'there is none in it' : `there is ${names.sort().join(', ')}`;
  throw new LabError('ML-WATCH-NO-HPA', { name, namespace, others });
}

async function follow(options: SessionOptions, renderer: WatchRenderer): Promise<WatchEnd> {
  const { clock, signal, until, once } = options;
  const deadline = options.forMs === undefined ? Number.POSITIVE_INFINITY : clock.monotonic() + options.forMs;
  let state: WatchState = INITIAL_STATE;
  let changed = Promise.withResolvers<undefined>();
  const feed = startFeed({
    ...options,
    dispatch: (input) => {
      state = reduce(state, input);
      changed.resolve(undefined);
    },
  });
  const interrupted = whenAborted(signal);
  const ended = Promise.race([renderer.ended, interrupted, feed.fault]);
  const timeUp = options.forMs === undefined ? [] : [clock.sleep(options.forMs, signal).catch(() => undefined)];
  const first = await Promise.race([ended, feed.ready, ...timeUp]);
  if (first !== undefined) return first;

  let shown: WatchState | undefined;
  for (;;) {
    changed = Promise.withResolvers<undefined>();
    renderer.show(shown, state);
    shown = state;
    if (until !== undefined && isMet(until, state.hpas)) return 'quit';
    if (once || clock.monotonic() >= deadline) return finish(options, state);
    // Ticks arrive every second, so a deadline is noticed without a timer of its own.
    const end = await Promise.race([ended, changed.promise]);
    if (end !== undefined) return end;
    const rest = Math.max(deadline - clock.monotonic(), 0);
    await Promise.race([ended, clock.sleep(Math.min(GATHER_MS, rest), signal).catch(() => signal.aborted)]);
  }
}

function finish({ until, once, forMs = 0 }: SessionOptions, state: WatchState): WatchEnd {
  if (until === undefined) return 'quit';
  const span = once ? 'now' : `within ${formatDuration(forMs)}`;
  throw new LabError('ML-WATCH-TIMEOUT', { condition: until.text, span, values: presentValues(state.hpas) });
}

function whenAborted(signal: AbortSignal): Promise<WatchEnd> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve('interrupted');
    signal.addEventListener('abort', () => resolve('interrupted'), { once: true });
  });
}
