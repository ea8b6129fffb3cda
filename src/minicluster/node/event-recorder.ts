import { z } from 'zod';
import type { Clock } from '../../contracts/clock.ts';
import type { KubeClient, ObjectMeta } from '../../contracts/kube-client.ts';
import { describe } from '../../errors/lab-error.ts';
import { isStatus } from '../../kube/client.ts';
import { rfc3339 } from './runtime.ts';

export interface EventSubject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

interface Occurrence {
  readonly subject: EventSubject;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly component: string;
}

interface Known {
  name: string;
  count: number;
  readonly first: number;
}

/** Events waiting to be sent at most; beyond it the oldest are dropped and said so. */
const QUEUE = 1_000;
const KNOWN = 2_000;
/** A repetition within this time is only counted (the kubelet's spam filter is stricter still). */
const REPEAT_MS = 10_000;
const NodeName = z.object({ metadata: z.object({ name: z.string() }) });

/** Records events about pods and the node: one object per different event, with a count, as client-go does. */
export class EventRecorder {
  readonly #client: KubeClient;
  readonly #clock: Clock;
  readonly #host: string;
  readonly #log: (line: string) => void;
  readonly #queue: Occurrence[] = [];
  readonly #known = new Map<string, Known>();
  readonly #recent = new Map<string, number>();
  #sending = false;
  #serial = 0;

  constructor(options: {
    readonly client: KubeClient;
    readonly clock: Clock;
    readonly nodeName: string;
    readonly log: (line: string) => void;
  }) {
    this.#client = options.client;
    this.#clock = options.clock;
    this.#host = options.nodeName;
    this.#log = options.log;
  }

  /** Never waits and never fails: events are news, not state. */
  record(occurrence: Occurrence): void {
    const key = keyOf(occurrence);
    const now = this.#clock.monotonic();
    const before = this.#recent.get(key);
    if (before !== undefined && now - before < REPEAT_MS) return;
    if (this.#recent.size >= KNOWN) this.#recent.clear();
    this.#recent.set(key, now);
    if (this.#queue.length >= QUEUE) {
      this.#queue.shift();
      this.#log('too many events are waiting for the API server; the oldest is dropped');
    }
    this.#queue.push(occurrence);
    if (!this.#sending) void this.#send();
  }

  async #send(): Promise<void> {
    this.#sending = true;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      try {
        await this.#sendOne(next);
      } catch (error) {
        // The namespace is being deleted (403), or the API is away: the event is lost, the cause is in the log.
        this.#log(`event ${next.reason} of ${next.subject.metadata.name}: ${describe(error)}`);
      }
    }
    this.#sending = false;
  }

  async #sendOne(occurrence: Occurrence): Promise<void> {
    const namespace = occurrence.subject.metadata.namespace ?? 'default';
    const collection = `/api/v1/namespaces/${namespace}/events`;
    const now = this.#clock.now();
    const key = keyOf(occurrence);
    const known = this.#known.get(key);
    if (known !== undefined) {
      known.count += 1;
      const change = { count: known.count, lastTimestamp: rfc3339(now) };
      const answer = await this.#client
        .patch(`${collection}/${known.name}`, 'merge', change)
        .catch((error: unknown) => (isStatus(error, 404) ? undefined : Promise.reject(error)));
      if (answer !== undefined) return;
    }
    if (this.#known.size >= KNOWN) this.#known.clear();
    const body = this.#body(occurrence, namespace, now);
    const made = NodeName.parse(await this.#client.json('POST', collection, body));
    this.#known.set(key, { name: made.metadata.name, count: 1, first: now });
  }

  #body({ subject, type, reason, message, component }: Occurrence, namespace: string, now: number): object {
    this.#serial += 1;
    const { apiVersion, kind, metadata } = subject;
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: {
        name: `${metadata.name}.${now.toString(16)}${this.#serial.toString(16).padStart(4, '0')}`,
        namespace,
      },
      involvedObject: {
        apiVersion,
        kind,
        name: metadata.name,
        uid: metadata.uid,
        ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
        ...(metadata.resourceVersion === undefined ? {} : { resourceVersion: metadata.resourceVersion }),
      },
      type,
      reason,
      message,
      source: { component, host: this.#host },
      reportingComponent: component,
      reportingInstance: this.#host,
      firstTimestamp: rfc3339(now),
      lastTimestamp: rfc3339(now),
      count: 1,
    };
  }
}

function keyOf({ subject, type, reason, message }: Occurrence): string {
  return JSON.stringify([subject.metadata.uid, type, reason, message]);
}
