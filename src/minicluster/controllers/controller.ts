import type { Clock } from '../../contracts/clock.ts';
import type { KubeObject } from '../../contracts/kube-client.ts';
import type { StoreEvent } from '../store/store.ts';
import { type ClientPorts, ControllerClient, type Resource } from './client.ts';
import { EventRecorder } from './event-recorder.ts';
import { WorkQueue } from './work-queue.ts';

export interface ControllerPorts extends ClientPorts {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/** What the controllers get. */
export interface ControllerContext {
  readonly client: ControllerClient;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
  /** To look at a key again later. */
  readonly again: (key: string, ms: number) => void;
}

/** A change as a controller sees it; at the start everything that is there is told as added. */
export interface Change {
  readonly type: StoreEvent['type'];
  readonly object: KubeObject;
  readonly previous: KubeObject | undefined;
}

export interface Watched {
  readonly resource: Resource;
  /** Keys to work on after a change. */
  readonly keys: (change: Change, context: ControllerContext) => readonly string[];
}

/**
 * A level-triggered controller: `sync` brings what belongs to a key to what it should be, from the objects alone, and may be
 * called again at any time.
 */
export interface Controller {
  /** As `--disable-controller` names it. */
  readonly name: string;
  /** The component of its events. */
  readonly component: string;
  /** Its service account of kube-system. */
  readonly account: string;
  readonly watches: readonly Watched[];
  readonly workers?: number;
  readonly sync: (key: string, context: ControllerContext) => void | Promise<void>;
}

/** All keys are looked at again now and then, whatever was missed. */
const RESYNC_MS = 10 * 60_000;

/** Runs one controller until the signal says to stop. */
export function runController(controller: Controller, ports: ControllerPorts): void {
  const { clock, signal, log } = ports;
  const client = new ControllerClient(ports, controller.account);
  const { component, workers } = controller;
  const queue = new WorkQueue({
    name: controller.name,
    clock,
    signal,
    log,
    ...(workers === undefined ? {} : { workers }),
    work: (key) => controller.sync(key, context),
  });
  const context: ControllerContext = {
    client,
    events: new EventRecorder({ client, clock, component, log }),
    clock,
    signal,
    log,
    again: (key, ms) => queue.addAfter(key, ms),
  };
  const all = () => {
    for (const { resource, keys } of controller.watches) {
      for (const object of client.list(resource)) {
        for (const key of keys({ type: 'ADDED', object, previous: undefined }, context)) queue.add(key);
      }
    }
  };
  const stops = controller.watches.map(({ resource, keys }) =>
    client.watch(resource, ({ type, entry, previous }) => {
      const change = { type, object: entry.object, previous: previous?.object };
      for (const key of keys(change, context)) queue.add(key);
    }),
  );
  signal.addEventListener('abort', () => stops.forEach((stop) => stop()), { once: true });
  all();
  void resync(all, ports);
}

async function resync(all: () => void, { clock, signal }: ControllerPorts): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(RESYNC_MS, signal).catch(() => {});
    if (!signal.aborted) all();
  }
}

/** `namespace/name`, or the name of a cluster-scoped object. */
export function keyOf({ metadata }: KubeObject): string {
  return metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
}

export function splitKey(key: string): readonly [namespace: string, name: string] {
  const cut = key.indexOf('/');
  return cut < 0 ? ['', key] : [key.slice(0, cut), key.slice(cut + 1)];
}
