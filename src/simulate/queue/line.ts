import type { Arrivals } from '../load/arrivals.ts';
import type { Random } from '../random.ts';
import type { ServiceTime } from '../service-time.ts';
import { WaitHistogram } from '../wait-histogram.ts';
import { ArrivalRing } from './arrival-ring.ts';
import type { Sequence } from './event-heap.ts';
import { FinishHeap } from './finish-heap.ts';
import { IdleStack } from './idle-stack.ts';
import { BUSY, type PodTable } from './pod-table.ts';

/** No pod. */
export const NOBODY = -1;

/** The waiting items, and the pods that take them: first in, first out, one item per pod at a time. */
export class Line {
  readonly waits: WaitHistogram = new WaitHistogram();
  published = 0;
  processed = 0;
  redelivered = 0;
  inFlight = 0;
  /** When the pod that `serve` returned was done. */
  now = 0;
  /** Seconds of work on items that are finished or given back. */
  busySeconds = 0;
  readonly #pods: PodTable;
  readonly #waiting = new ArrivalRing();
  readonly #busy: FinishHeap;
  readonly #idle: IdleStack;
  readonly #service: ServiceTime;
  readonly #random: Random;

  constructor(pods: PodTable, sequence: Sequence, service: ServiceTime, random: Random) {
    this.#pods = pods;
    this.#busy = new FinishHeap(sequence);
    this.#idle = new IdleStack(pods);
    this.#service = service;
    this.#random = random;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** How long the oldest waiting item has waited; 0 when none waits. */
  oldestWait(time: number): number {
    const { size, times, head } = this.#waiting;
    return size === 0 ? 0 : time - (times[head] as number);
  }

  /**
   * Publishes and finishes items up to a time, that time included. Where something else happens at that very time, `order` is its
   * number: items whose work began before it was planned are finished first, items arrive after it. Infinity: nothing else does.
   *
   * All items of that time go into the ring at first. The oldest one is then taken by a pod that idles, when it arrives before any
   * busy pod is done, else by the pod that is done next.
   *
   * Nearly all of a simulation's time is spent here. Therefore an item is a number in a ring, a busy pod one in a heap, no call per
   * item takes or returns a fraction (which would cost an allocation), and the numbers that change with each item are local.
   *
   * @returns the slot of a pod that is to go and has finished its item, to be called again once it is removed; or NOBODY
   */
  serve(until: number, order: number, arrivals: Arrivals): number {
    this.published += arrivals.moveTo(this.#waiting, until, order === Number.POSITIVE_INFINITY);
    const ring = this.#waiting;
    const busy = this.#busy;
    const idle = this.#idle;
    const service = this.#service;
    const random = this.#random;
    const waits = this.waits;
    const { state, orders, terminating, published, begun } = this.#pods;
    const { times: items } = ring;
    const mask = items.length - 1;
    let { size: waiting, head } = ring;
    let { processed, busySeconds } = this;
    let last = NOBODY;
    while (last === NOBODY) {
      const finish = busy.times[0] as number;
      const oldest = waiting > 0 ? (items[head] as number) : Number.POSITIVE_INFINITY;
      if (oldest < finish && idle.size > 0) {
        const slot = idle.pop();
        if (slot === NOBODY) continue;
        state[slot] = BUSY;
        published[slot] = oldest;
        begun[slot] = oldest;
        head = (head + 1) & mask;
        waiting -= 1;
        const place = busy.append(slot);
        orders[slot] = busy.orders[place] as number;
        busy.times[place] = oldest + service.draw(random);
        busy.rise(place);
        continue;
      }
      if (finish > until || (finish === until && (busy.orders[0] as number) > order)) break;
      const slot = busy.slots[0] as number;
      if (orders[slot] !== busy.orders[0]) {
        busy.drop();
        continue;
      }
      const since = begun[slot] as number;
      waits.add(since - (published[slot] as number));
      busySeconds += finish - since;
      processed += 1;
      if (terminating[slot] === 1) {
        this.now = finish;
        busy.drop();
        last = slot;
      } else if (oldest < finish) {
        published[slot] = oldest;
        begun[slot] = finish;
        head = (head + 1) & mask;
        waiting -= 1;
        busy.renew();
        orders[slot] = busy.orders[0] as number;
        busy.times[0] = finish + service.draw(random);
        busy.sink();
      } else {
        busy.drop();
        idle.push(slot);
      }
    }
    // What left the ring and is not done is in flight.
    this.inFlight += ring.size - waiting - (processed - this.processed);
    ring.head = head;
    ring.size = waiting;
    this.processed = processed;
    this.busySeconds = busySeconds;
    return last;
  }

  /** A pod begins to work: it takes the oldest item, or waits for one. */
  offer(slot: number, time: number): void {
    if (this.#waiting.size === 0) this.#idle.push(slot);
    else this.#begin(slot, this.#waiting.shift(), time);
  }

  /** The item that a pod could not finish goes to an idle pod, or back to the front of the queue. */
  giveBack(slot: number, time: number): void {
    const { begun, orders } = this.#pods;
    const published = this.#pods.published[slot] as number;
    orders[slot] = NOBODY;
    this.busySeconds += time - (begun[slot] as number);
    this.inFlight -= 1;
    this.redelivered += 1;
    let other = NOBODY;
    while (this.#idle.size > 0 && other === NOBODY) other = this.#idle.pop();
    if (other === NOBODY) this.#waiting.unshift(published);
    else this.#begin(other, published, time);
  }

  /** The end: items that still wait count with the time that they have waited so far, so that a stuck queue does not look quick. */
  settle(time: number): void {
    while (this.#waiting.size > 0) this.waits.add(time - this.#waiting.shift());
  }

  #begin(slot: number, publishedAt: number, time: number): void {
    const { state, orders, published, begun } = this.#pods;
    const busy = this.#busy;
    state[slot] = BUSY;
    published[slot] = publishedAt;
    begun[slot] = time;
    this.inFlight += 1;
    const place = busy.append(slot);
    orders[slot] = busy.orders[place] as number;
    busy.times[place] = time + this.#service.draw(this.#random);
    busy.rise(place);
  }
}
