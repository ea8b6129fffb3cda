import { z } from 'zod';
import type { Clock } from '../../contracts/clock.ts';
import type { KubeClient, ListWatch, ObjectMeta } from '../../contracts/kube-client.ts';
import type { LabError } from '../../errors/lab-error.ts';
import type { Hpa } from '../../kube/hpa-schema.ts';
import { parseHpa } from '../../kube/hpa.ts';
import { listWatch } from '../../kube/list-watch.ts';
import { Meta, parseAs } from '../../kube/objects.ts';
import { parseHpaEvent } from './hpa-events.ts';
import { metricReader } from './metric-reader.ts';
import type { WatchInput } from './model.ts';

export interface FeedOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  /** Only this HPA; all of the namespace when left out. */
  readonly name?: string;
  readonly clock: Clock;
  /** Ends the feed. */
  readonly signal: AbortSignal;
  readonly dispatch: (input: WatchInput) => void;
  readonly onError?: (error: LabError) => void;
}

const LIVE_EVERY_MS = 5_000;
const TICK_MS = 1_000;
/** How long the side facts (ready replicas, events, live value) may keep the first picture waiting. */
const FIRST_PICTURE_MS = 5_000;
/** HPAs whose metrics are asked for at the same time. */
const LIVE_AT_ONCE = 8;

const Deployment = z.object({
  metadata: Meta,
  status: z.object({ readyReplicas: z.number().default(0) }).default({ readyReplicas: 0 }),
});
interface Ready {
  readonly metadata: ObjectMeta;
  readonly ready: number;
}

export interface Feed {
  /** Resolves when there is enough for a first picture, or the signal aborted. */
  readonly ready: Promise<void>;
  /** Rejects when a loop ended by a fault of ours; never resolves. */
  readonly fault: Promise<never>;
}

/** Starts all reads of the watch; they go on until the signal aborts. Losing the API is not a fault but a stale tick. */
export function startFeed(options: FeedOptions): Feed {
  const { clock, signal } = options;
  const hpas = watchHpas(options);
  const sides = [watchTargets(options), watchEvents(options)];
  const firstLive = Promise.withResolvers<void>();
  const fault = Promise.withResolvers<never>();
  const ended = (error: unknown) => {
    if (!signal.aborted) fault.reject(error);
  };
  readLiveMetrics(options, hpas, firstLive.resolve).catch(ended);
  tick(options, hpas).catch(ended);

  const aborted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  const ready = async () => {
    await Promise.race([hpas.synced, aborted]);
    const all = Promise.all([...sides.map((side) => side.synced), firstLive.promise]);
    await Promise.race([all, clock.sleep(FIRST_PICTURE_MS, signal).catch(ended), aborted]);
  };
  return { ready: ready(), fault: fault.promise };
}

async function readLiveMetrics(options: FeedOptions, hpas: ListWatch<Hpa>, first: () => void): Promise<void> {
  const { client, clock, signal, dispatch } = options;
  const reader = metricReader(client);
  await hpas.synced;
  while (!signal.aborted) {
    const all = [...hpas.items()];
    for (let from = 0; from < all.length; from += LIVE_AT_ONCE) {
      const read = all.slice(from, from + LIVE_AT_ONCE).map(async (hpa) => {
        const live = await reader(hpa, { at: clock.now(), signal });
        dispatch({ type: 'live', at: clock.now(), hpa: hpa.metadata.name, live });
      });
      await Promise.all(read);
    }
    first();
    await clock.sleep(LIVE_EVERY_MS, signal);
  }
}

async function tick({ clock, signal, dispatch }: FeedOptions, hpas: ListWatch<Hpa>): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(TICK_MS, signal);
    dispatch({ type: 'tick', at: clock.now(), staleSince: hpas.staleSince });
  }
}

function watchHpas(options: FeedOptions): ListWatch<Hpa> {
  const query = options.name === undefined ? {} : { fieldSelector: `metadata.name=${options.name}` };
  const path = `/apis/autoscaling/v2/namespaces/${options.namespace}/horizontalpodautoscalers`;
  return store(options, path, query, parseHpa, (at, hpas) => ({ type: 'hpas', at, hpas }));
}

function watchTargets(options: FeedOptions): ListWatch<Ready> {
  const path = `/apis/apps/v1/namespaces/${options.namespace}/deployments`;
  const parse = (foreign: unknown): Ready => {
    const { metadata, status } = parseAs(Deployment, foreign, 'a Deployment');
    return { metadata, ready: status.readyReplicas };
  };
  return store(options, path, {}, parse, (at, items) => ({
    type: 'targets',
    at,
    targets: items.map(({ metadata, ready }) => ({ kind: 'Deployment', name: metadata.name, ready })),
  }));
}

function watchEvents(options: FeedOptions): ReturnType<typeof store<ReturnType<typeof parseHpaEvent>>> {
  const about = ['involvedObject.kind=HorizontalPodAutoscaler'];
  if (options.name !== undefined) about.push(`involvedObject.name=${options.name}`);
  const path = `/api/v1/namespaces/${options.namespace}/events`;
  return store(options, path, { fieldSelector: about.join(',') }, parseHpaEvent, (at, events) => ({
    type: 'events',
    at,
    events,
  }));
}

function store<T extends { readonly metadata: ObjectMeta }>(
  { client, clock, signal, dispatch, onError }: FeedOptions,
  path: string,
  query: Readonly<Record<string, string>>,
  parse: (foreign: unknown) => T,
  input: (at: number, items: readonly T[]) => WatchInput,
): ListWatch<T> {
  const watched = listWatch(client, path, {
    parse,
    clock,
    query,
    signal,
    ...(onError === undefined ? {} : { onError }),
  });
  watched.onChange(() => dispatch(input(clock.now(), watched.items())));
  return watched;
}
