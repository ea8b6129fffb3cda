import type { KubeObject } from '../../../contracts/kube-client.ts';
import {
  type ControllerFlags,
  decodeV2,
  type DecisionRecord,
  encodeV2,
  enqueue,
  finishReconcile,
  type HpaMemory,
  type HpaV2,
  type InformerEvent,
  metricQueries,
  newMemory,
  type Plan,
  planReconcile,
  type Platform,
  type PodObject,
  rateLimiterDelayMs,
  type RegisteredHpa,
  type Rules,
  rulesOf,
} from '../../../hpa/index.ts';
import { conflict, MODIFIED, notFound } from '../../api/failure.ts';
import { listOf } from '../../kinds/fields.ts';
import { statusOf } from '../../kinds/workload.ts';
import { ControllerClient, HPAS, PODS } from '../client.ts';
import { type ControllerPorts, keyOf, splitKey } from '../controller.ts';
import { EventRecorder } from '../event-recorder.ts';
import { WorkQueue } from '../work-queue.ts';
import { fetchMetric, type MetricsClient } from './fetch-metrics.ts';
import { readTarget, type Target, writeScale } from './scale-target.ts';

export const HPA = 'hpa';
const WORKERS = 5;
const KEPT_DECISIONS = 20;

export interface HpaControllerOptions {
  readonly platform: Platform;
  readonly flags: ControllerFlags;
  readonly syncPeriodSeconds: number;
  readonly metrics: MetricsClient;
}

/** One look of the controller at one HPA. */
export interface KeptDecision {
  readonly at: string;
  readonly namespace: string;
  readonly name: string;
  readonly error: string | null;
  readonly record: DecisionRecord | null;
}

/**
 * The HPA controller: informer, queue and writes around the twin, which decides. What upstream keeps in memory is kept in
 * memory here as well, and lost with the process.
 */
export class HpaController {
  readonly #options: HpaControllerOptions;
  readonly #ports: ControllerPorts;
  readonly #client: ControllerClient;
  readonly #events: EventRecorder;
  readonly #queue: WorkQueue;
  readonly #rules: Rules;
  readonly #memories = new Map<string, HpaMemory>();
  readonly #decisions: KeptDecision[] = [];

  constructor(options: HpaControllerOptions, ports: ControllerPorts) {
    const { clock, signal, log } = ports;
    this.#options = options;
    this.#ports = ports;
    this.#rules = rulesOf(options.platform);
    this.#client = new ControllerClient(ports, 'horizontal-pod-autoscaler');
    const component = 'horizontal-pod-autoscaler';
    this.#events = new EventRecorder({ client: this.#client, clock, component, log });
    this.#queue = new WorkQueue({ name: HPA, clock, signal, log, workers: WORKERS, work: (key) => this.#work(key) });
    const stop = this.#client.watch(HPAS, ({ type, entry: { object }, previous }) => {
      if (type === 'DELETED') this.#told(object, { type: 'delete' });
      else if (type === 'ADDED') this.#told(object, { type: 'add' });
      else this.#told(object, { type: 'update', ...generations(previous?.object, object) });
    });
    signal.addEventListener('abort', stop, { once: true });
    for (const object of this.#client.list(HPAS)) this.#told(object, { type: 'add' });
  }

  /** The last looks, oldest first. */
  get decisions(): readonly KeptDecision[] {
    return this.#decisions;
  }

  #told(object: KubeObject, event: InformerEvent): void {
    const key = keyOf(object);
    const { call, selector } = enqueue(event, this.#rules);
    if (selector === 'remove') this.#memories.delete(key);
    if (selector === 'ensure' && !this.#memories.has(key)) this.#memories.set(key, newMemory());
    if (call === 'Forget') return;
    // A new HPA is looked at at once, as from 1.37 on: nobody who makes a lab wants to wait for the first sync.
    const isNew = event.type === 'add' && listOf(statusOf(object)['conditions']).length === 0;
    if (call === 'Add' || isNew) this.#queue.add(key);
    else this.#later(key);
  }

  #later(key: string): void {
    this.#queue.addAfter(key, rateLimiterDelayMs(this.#options.syncPeriodSeconds));
  }

  /** horizontal.go processNextWorkItem: whatever came of it, the next look is one period away. */
  async #work(key: string): Promise<void> {
    const [namespace, name] = splitKey(key);
    const object = this.#client.find(HPAS, namespace, name);
    if (object === undefined) return;
    try {
      await this.#reconcile(key, object);
    } finally {
      this.#later(key);
    }
  }

  async #reconcile(key: string, object: KubeObject): Promise<void> {
    const { platform, flags } = this.#options;
    const [namespace, name] = splitKey(key);
    const nowMs = this.#ports.clock.now();
    const hpa = decodeV2(object, this.#rules).value;
    const { answer: scale, target } = readTarget(hpa, namespace, this.#client);
    const metrics = 'selector' in scale ? await this.#metricsOf(hpa, namespace, scale.selector) : [];
    const memory = this.#memories.get(key);
    if (memory === undefined || this.#ports.signal.aborted) return;
    const plan = planReconcile({
      platform,
      flags,
      nowMs,
      hpa,
      memory,
      otherHpas: this.#others(key),
      scale,
      pods: this.#client.list(PODS, namespace) as readonly unknown[] as readonly PodObject[],
      metrics,
      record: true,
    });
    const scaleUpdateErrors = this.#rescale(plan, target);
    const output = finishReconcile(plan, { scaleUpdateErrors, statusUpdateError: this.#statusError(object) });
    this.#memories.set(key, output.memory);
    if (output.statusWritten) {
      const { status } = encodeV2({ ...hpa, status: output.status }, this.#rules) as { readonly status: unknown };
      this.#client.update(HPAS, object, 'status', (present) => ({ ...present, status }));
    }
    for (const event of output.events) this.#events.record(object, event.type, event.reason, event.message);
    this.#keep({ at: new Date(nowMs).toISOString(), namespace, name, error: output.error, record: output.record });
    if (output.error !== null) this.#ports.log(`${HPA}: ${key}: ${output.error}`);
  }

  #metricsOf(hpa: HpaV2, namespace: string, selector: string) {
    const queries = metricQueries(hpa.spec, namespace, selector, this.#rules);
    const { metrics } = this.#options;
    return Promise.all(
      queries.map((query) =>
        query === null ? Promise.resolve(undefined) : fetchMetric(query, namespace, metrics, this.#client),
      ),
    );
  }

  #others(key: string): readonly RegisteredHpa[] {
    return [...this.#memories].flatMap(([other, { selector }]) => {
      const [namespace, name] = splitKey(other);
      return other === key || selector === undefined ? [] : [{ namespace, name, selector }];
    });
  }

  #rescale(plan: Plan, target: Target | undefined): ReturnType<typeof writeScale> {
    if (plan.kind !== 'settled' || !plan.rescale || target === undefined) return [];
    return writeScale(target, plan.desired, this.#rules.scaleUpdateRetries, this.#client);
  }

  /** What UPDATE status would answer: the HPA may have changed while metrics were fetched. */
  #statusError({ metadata }: KubeObject): string | null {
    const kind = { group: HPAS.group, plural: HPAS.plural };
    const present = this.#client.find(HPAS, metadata.namespace, metadata.name);
    if (present?.metadata.uid !== metadata.uid) return notFound(kind, metadata.name).message;
    if (present?.metadata.resourceVersion === metadata.resourceVersion) return null;
    return conflict(kind, metadata.name, MODIFIED).message;
  }

  #keep(decision: KeptDecision): void {
    const same = ({ namespace, name }: KeptDecision) => namespace === decision.namespace && name === decision.name;
    if (this.#decisions.filter(same).length >= KEPT_DECISIONS) {
      this.#decisions.splice(this.#decisions.findIndex(same), 1);
    }
    this.#decisions.push(decision);
  }
}

function generations(old: KubeObject | undefined, now: KubeObject) {
  const newGeneration = now.metadata.generation ?? 0;
  return { oldGeneration: old?.metadata.generation ?? newGeneration, newGeneration };
}
