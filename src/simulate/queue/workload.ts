import type { PodSnapshot } from '../autoscaler.ts';
import type { Arrivals } from '../load/arrivals.ts';
import { exponential, type Random, seededRandom } from '../random.ts';
import { EventHeap, type PodEvent, type Sequence } from './event-heap.ts';
import { Line, NOBODY } from './line.ts';
import { type PodModel, restartDelaySeconds } from './pod-model.ts';
import { BUSY, PodTable, STARTING } from './pod-table.ts';

const STARTED = 0;
const READY = 1;
const CRASHED = 2;
const GRACE_OVER = 3;

/** A queue and the pods that take from it: the pods' lives here, their items in the line. */
export class Workload {
  readonly pods: PodTable = new PodTable();
  readonly line: Line;
  /** Pods that are not deleted, oldest first. */
  active: number[] = [];
  crashes = 0;
  ready = 0;
  /** Seconds that pods existed, deleted ones that still finish their item included. */
  replicaSeconds = 0;
  readonly #model: PodModel;
  readonly #events: EventHeap;
  readonly #crash: Random;
  readonly #event: PodEvent = { time: 0, kind: 0, slot: 0, epoch: 0 };
  #existing = 0;
  #counted = 0;

  constructor(model: PodModel, seed: number) {
    this.#model = model;
    const sequence: Sequence = { next: 0 };
    this.#events = new EventHeap(sequence);
    this.line = new Line(this.pods, sequence, model.service, seededRandom(seed, 'service'));
    this.#crash = seededRandom(seed, 'crash');
  }

  /** Lets everything happen up to a time, that time included; the number of steps that it took. */
  runUntil(time: number, arrivals: Arrivals): number {
    const { line } = this;
    const events = this.#events;
    const before = line.published + line.processed;
    for (let steps = 1; ; steps += 1) {
      const other = events.next;
      const until = Math.min(time, other);
      const slot = line.serve(until, other > time ? Number.POSITIVE_INFINITY : events.nextOrder, arrivals);
      if (slot !== NOBODY) this.#remove(slot, line.now);
      else if (other > time) return steps + line.published + line.processed - before;
      else this.#step();
    }
  }

  /** Lets the next event of a pod's life happen. */
  #step(): void {
    this.#events.pop(this.#event);
    const { time, kind, slot, epoch } = this.#event;
    if (this.pods.epoch[slot] !== epoch) return;
    switch (kind) {
      case STARTED:
        return this.#started(slot, time);
      case READY:
        return this.#becameReady(slot, time);
      case CRASHED:
        return this.#crashed(slot, time);
      case GRACE_OVER:
        this.line.giveBack(slot, time);
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
    let seconds = this.line.busySeconds;
    for (let slot = 0; slot < state.length; slot += 1) {
      if (state[slot] === BUSY) seconds += time - (begun[slot] as number);
    }
    return seconds;
  }

  podSecondsUntil(time: number): number {
    this.#count(time);
    return this.replicaSeconds;
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
    this.line.offer(slot, time);
  }

  #becameReady(slot: number, time: number): void {
    if (this.pods.terminating[slot] === 1) return;
    this.pods.ready[slot] = 1;
    this.pods.readyChanged[slot] = time;
    this.ready += 1;
  }

  #crashed(slot: number, time: number): void {
    this.crashes += 1;
    if (this.pods.state[slot] === BUSY) this.line.giveBack(slot, time);
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

  #remove(slot: number, time: number): void {
    this.#count(time);
    this.pods.remove(slot);
    this.#existing -= 1;
  }

  #plan(time: number, kind: number, slot: number): void {
    this.#events.push(time, kind, slot, this.pods.epoch[slot] as number);
  }
}
