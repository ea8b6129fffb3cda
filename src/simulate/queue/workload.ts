import type { PodSnapshot } from '../autoscaler.ts';
import { exponential, type Random, seededRandom } from '../random.ts';
import { WaitHistogram } from '../wait-histogram.ts';
import { ArrivalRing } from './arrival-ring.ts';
import { EventHeap, type PodEvent } from './event-heap.ts';
import { type PodModel, restartDelaySeconds } from './pod-model.ts';
import { BUSY, IDLE, PodTable, STARTING } from './pod-table.ts';

const STARTED = 0;
const READY = 1;
const FINISHED = 2;
const CRASHED = 3;
const GRACE_OVER = 4;

/** A queue and the pods that take from it: at least once, first in first out, one item per pod at a time. */
export class Workload {
  readonly waits: WaitHistogram = new WaitHistogram();
  readonly pods: PodTable = new PodTable();
  /** Pods that are not deleted, oldest first. */
  active: number[] = [];
  published = 0;
  processed = 0;
  redelivered = 0;
  crashes = 0;
  inFlight = 0;
  ready = 0;
  /** Seconds that pods existed, deleted ones that still finish their item included. */
  replicaSeconds = 0;
  /** Seconds that pods worked; complete after `settle`. */
  busySeconds = 0;
  readonly #model: PodModel;
  readonly #queue = new ArrivalRing();
  readonly #events = new EventHeap();
  readonly #service: Random;
  readonly #crash: Random;
  /** Slots that were idle when they were put here; those that are not any more are skipped. */
  readonly #idle: number[] = [];
  readonly #event: PodEvent = { time: 0, kind: 0, slot: 0, epoch: 0 };
  #existing = 0;
  #counted = 0;

  constructor(model: PodModel, seed: number) {
    this.#model = model;
    this.#service = seededRandom(seed, 'service');
    this.#crash = seededRandom(seed, 'crash');
  }

  get waiting(): number {
    return this.#queue.size;
  }

  /** How long the oldest waiting item has waited; 0 when none waits. */
  oldestWait(time: number): number {
    return this.#queue.size === 0 ? 0 : time - this.#queue.oldest;
  }

  /** When the next pod does something; Infinity when none will. */
  get nextEvent(): number {
    return this.#events.next;
  }

  /** An item is published. */
  publish(time: number): void {
    this.published += 1;
    const slot = this.#takeIdle();
    if (slot < 0) this.#queue.push(time);
    else this.#work(slot, time, time);
  }

  /** Lets the next event happen. */
  step(): void {
    this.#events.pop(this.#event);
    const { time, kind, slot, epoch } = this.#event;
    if (this.pods.epoch[slot] !== epoch) return;
    switch (kind) {
      case STARTED:
        return this.#started(slot, time);
      case READY:
        return this.#becameReady(slot, time);
      case FINISHED:
        return this.#finished(slot, time);
      case CRASHED:
        return this.#crashed(slot, time);
      case GRACE_OVER:
        this.#giveBack(slot, time);
        return this.#remove(slot, time);
    }
  }

  /** Creates pods, or deletes some as a ReplicaSet does: those that are not ready first, then the youngest. */
  scaleTo(replicas: number, time: number): void {
    for (let missing = replicas - this.active.length; missing > 0; missing -= 1) this.#create(time);
    let surplus = this.active.length - replicas;
    if (surplus <= 0) return;
    const chosen = new Set<number>();
    for (const ready of [0, 1]) {
      for (let at = this.active.length - 1; at >= 0 && surplus > 0; at -= 1) {
        const slot = this.active[at] as number;
        if (this.pods.ready[slot] !== ready) continue;
        chosen.add(slot);
        surplus -= 1;
      }
    }
    this.active = this.active.filter((slot) => !chosen.has(slot));
    for (const slot of chosen) this.#terminate(slot, time);
  }

  /** Brings replicaSeconds up to a time. */
  #count(time: number): void {
    this.replicaSeconds += this.#existing * (time - this.#counted);
    this.#counted = time;
  }

  /** The pods that are not deleted, one by one. */
  snapshots(): readonly PodSnapshot[] {
    const { number, created, state, ready, readyChanged } = this.pods;
    return this.active.map((slot) => ({
      name: `pod-${number[slot] as number}`,
      created: created[slot] as number,
      running: state[slot] !== STARTING,
      ready: ready[slot] === 1,
      readyChanged: readyChanged[slot] as number,
    }));
  }

  /** Seconds of work up to a time, that of items that are not finished included. */
  workedUntil(time: number): number {
    const { state, begun } = this.pods;
    let seconds = this.busySeconds;
    for (let slot = 0; slot < state.length; slot += 1) {
      if (state[slot] === BUSY) seconds += time - (begun[slot] as number);
    }
    return seconds;
  }

  podSecondsUntil(time: number): number {
    this.#count(time);
    return this.replicaSeconds;
  }

  /** The end: items that still wait count with the time that they have waited so far, so that a stuck queue does not look quick. */
  settle(time: number): void {
    this.#count(time);
    this.busySeconds = this.workedUntil(time);
    while (this.#queue.size > 0) this.waits.add(time - this.#queue.shift());
  }

  #create(time: number): void {
    this.#count(time);
    const slot = this.pods.create(time);
    this.#existing += 1;
    this.active.push(slot);
    this.#plan(time + this.#model.startSeconds, STARTED, slot);
  }

  #started(slot: number, time: number): void {
    this.pods.started[slot] = time;
    this.#plan(time + this.#model.readySeconds, READY, slot);
    const rate = this.#model.crashesPerSecond;
    if (rate > 0) this.#plan(time + exponential(this.#crash) / rate, CRASHED, slot);
    this.#next(slot, time);
  }

  #becameReady(slot: number, time: number): void {
    if (this.pods.terminating[slot] === 1) return;
    this.pods.ready[slot] = 1;
    this.pods.readyChanged[slot] = time;
    this.ready += 1;
  }

  #finished(slot: number, time: number): void {
    const begun = this.pods.begun[slot] as number;
    this.waits.add(begun - (this.pods.published[slot] as number));
    this.busySeconds += time - begun;
    this.processed += 1;
    this.inFlight -= 1;
    if (this.pods.terminating[slot] === 1) this.#remove(slot, time);
    else this.#next(slot, time);
  }

  #crashed(slot: number, time: number): void {
    this.crashes += 1;
    if (this.pods.state[slot] === BUSY) this.#giveBack(slot, time);
    if (this.pods.terminating[slot] === 1) return this.#remove(slot, time);
    const restarts = this.pods.restarts[slot] as number;
    this.pods.restarts[slot] = Math.min(restarts + 1, 65_535);
    this.pods.epoch[slot] = (this.pods.epoch[slot] as number) + 1;
    this.pods.state[slot] = STARTING;
    this.#unready(slot, time);
    this.#plan(time + restartDelaySeconds(restarts) + this.#model.startSeconds, STARTED, slot);
  }

  #terminate(slot: number, time: number): void {
    this.#unready(slot, time);
    if (this.pods.state[slot] !== BUSY) return this.#remove(slot, time);
    this.pods.terminating[slot] = 1;
    this.#plan(time + this.#model.graceSeconds, GRACE_OVER, slot);
  }

  #unready(slot: number, time: number): void {
    if (this.pods.ready[slot] === 1) this.ready -= 1;
    this.pods.ready[slot] = 0;
    this.pods.readyChanged[slot] = time;
  }

  /** The item that a pod could not finish: to an idle pod, or back to the front of the queue. */
  #giveBack(slot: number, time: number): void {
    this.busySeconds += time - (this.pods.begun[slot] as number);
    this.inFlight -= 1;
    this.redelivered += 1;
    const published = this.pods.published[slot] as number;
    const other = this.#takeIdle();
    if (other < 0) this.#queue.unshift(published);
    else this.#work(other, published, time);
  }

  #remove(slot: number, time: number): void {
    this.#count(time);
    this.pods.remove(slot);
    this.#existing -= 1;
  }

  #next(slot: number, time: number): void {
    if (this.#queue.size > 0) return this.#work(slot, this.#queue.shift(), time);
    this.pods.state[slot] = IDLE;
    this.#idle.push(slot);
  }

  #work(slot: number, published: number, time: number): void {
    this.pods.state[slot] = BUSY;
    this.pods.published[slot] = published;
    this.pods.begun[slot] = time;
    this.inFlight += 1;
    this.#plan(time + this.#model.service.draw(this.#service), FINISHED, slot);
  }

  /** An idle pod, -1 when all are busy. */
  #takeIdle(): number {
    for (let slot = this.#idle.pop(); slot !== undefined; slot = this.#idle.pop()) {
      if (this.pods.state[slot] === IDLE) return slot;
    }
    return -1;
  }

  #plan(time: number, kind: number, slot: number): void {
    this.#events.push(time, kind, slot, this.pods.epoch[slot] as number);
  }
}
