/** Between the queue and the HPA: a metrics server that polls. Times in seconds. */
export interface PipelineModel {
  readonly pollSeconds: number;
  /** From a poll until the value can be asked for. */
  readonly delaySeconds: number;
  /** An older value is an error, as the lab's metrics server answers it. Infinity: any age will do. */
  readonly maxAgeSeconds: number;
  /** Stretches of time, from (included) to (excluded), in which every question is answered with an error. */
  readonly errors: readonly (readonly [from: number, to: number])[];
}

/** What the HPA is told when it asks. */
export type MetricAnswer = { readonly value: number } | { readonly error: string };

/** The values that were polled and are still of use, in order. */
export class MetricPipeline {
  readonly #model: PipelineModel;
  readonly #polled: { readonly at: number; readonly value: number }[] = [];

  constructor(model: PipelineModel) {
    this.#model = model;
  }

  /** A poll read this value. */
  poll(time: number, value: number): void {
    this.#polled.push({ at: time, value });
  }

  /** The youngest value that has arrived by now. */
  ask(time: number): MetricAnswer {
    const { delaySeconds, maxAgeSeconds, errors } = this.#model;
    while ((this.#polled[1]?.at ?? Number.POSITIVE_INFINITY) + delaySeconds <= time) this.#polled.shift();
    if (errors.some(([from, to]) => time >= from && time < to))
      return { error: 'the metrics API answers with an error' };
    const newest = this.#polled[0];
    if (newest === undefined || newest.at + delaySeconds > time) return { error: 'no value has arrived yet' };
    const age = time - newest.at;
    return age > maxAgeSeconds
      ? { error: `the value is ${age} s old, at most ${maxAgeSeconds} s will do` }
      : { value: newest.value };
  }
}
