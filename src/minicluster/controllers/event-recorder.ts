import type { Clock } from '../../contracts/clock.ts';
import type { KubeObject } from '../../contracts/kube-client.ts';
import { describe } from '../../errors/lab-error.ts';
import { ApiFailure } from '../api/failure.ts';
import { timeText } from '../api/objects.ts';
import { type ControllerClient, EVENTS } from './client.ts';

interface Known {
  readonly name: string;
  readonly namespace: string;
  count: number;
}
export interface RecorderOptions {
  readonly client: ControllerClient;
  readonly clock: Clock;
  /** Source of the events. */
  readonly component: string;
  readonly log: (line: string) => void;
}

interface Similar {
  readonly messages: Set<string>;
  last: number;
}

// client-go tools/record/events_cache.go
const MAX_KNOWN = 4_096;
const SIMILAR_MAX = 10;
const SIMILAR_MS = 10 * 60_000;
const BURST = 25;
const REFILL_MS = 300_000;

/**
 * Events as client-go's correlator makes them: repetitions are counted, many different messages of one reason become one event,
 * and an object that has too much to say is cut short. Never raises: events are news, not state.
 */
export class EventRecorder {
  readonly #options: RecorderOptions;
  readonly #known = new Map<string, Known>();
  readonly #similar = new Map<string, Similar>();
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  record(about: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void {
    const { uid = '' } = about.metadata;
    if (!this.#mayTell(`${about.kind}/${uid}`)) return;
    const aggregate = `${about.kind}/${uid}/${type}/${reason}`;
    const combined = this.#isOneOfMany(aggregate, message);
    const text = combined ? `(combined from similar events): ${message}` : message;
    try {
      this.#write(about, type, reason, text, combined ? aggregate : `${aggregate}/${message}`);
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      // A namespace that is going takes no events.
      this.#options.log(`event ${reason} about ${about.metadata.name}: ${describe(error)}`);
    }
  }

  #write(about: KubeObject, type: string, reason: string, message: string, key: string): void {
    const { client, clock, component } = this.#options;
    const now = timeText(clock.now());
    const known = this.#known.get(key);
    if (known !== undefined) {
      const present = client.find(EVENTS, known.namespace, known.name);
      if (present !== undefined) {
        known.count += 1;
        const { count } = known;
        client.update(EVENTS, present, 'main', (event) => ({ ...event, count, lastTimestamp: now, message }));
        return;
      }
    }
    const { name, namespace = 'default', uid, resourceVersion } = about.metadata;
    const { apiVersion, kind } = about;
    const own = about.metadata.namespace === undefined ? {} : { namespace };
    const eventName = this.#freeName(namespace, name);
    client.create(EVENTS, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: eventName, namespace },
      involvedObject: { kind, ...own, name, uid, apiVersion, resourceVersion },
      reason,
      message,
      source: { component },
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
      type,
      reportingComponent: component,
    });
    remember(this.#known, key, { name: eventName, namespace, count: 1 });
  }

  /** event.go makeEvent: the object's name and a time in hexadecimal nanoseconds. */
  #freeName(namespace: string, name: string): string {
    const { client, clock } = this.#options;
    for (let nanos = BigInt(clock.now()) * 1_000_000n; ; nanos += 1n) {
      const candidate = `${name}.${nanos.toString(16)}`;
      if (client.find(EVENTS, namespace, candidate) === undefined) return candidate;
    }
  }

  #isOneOfMany(key: string, message: string): boolean {
    const now = this.#options.clock.now();
    const known = this.#similar.get(key);
    const similar =
      known === undefined || now - known.last > SIMILAR_MS ? { messages: new Set<string>(), last: now } : known;
    similar.last = now;
    if (similar.messages.size <= SIMILAR_MAX) similar.messages.add(message);
    if (similar !== known) remember(this.#similar, key, similar);
    return similar.messages.size > SIMILAR_MAX;
  }

  #mayTell(key: string): boolean {
    const now = this.#options.clock.now();
    const bucket = this.#buckets.get(key) ?? { tokens: BURST, at: now };
    bucket.tokens = Math.min(BURST, bucket.tokens + (now - bucket.at) / REFILL_MS);
    bucket.at = now;
    if (!this.#buckets.has(key)) remember(this.#buckets, key, bucket);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }
}

/** Adds to a map that forgets its oldest entries. */
function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > MAX_KNOWN && oldest !== undefined) map.delete(oldest);
}
