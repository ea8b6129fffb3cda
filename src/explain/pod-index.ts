import { parseSelector } from '../kube/label-selector.ts';
import type { BundlePod } from './bundle.ts';

/** Finds the pods of a selector without looking at all of them. */
export class PodIndex {
  readonly #all: readonly BundlePod[];
  /** `key=value` of a label → the pods that have it. */
  readonly #labels = new Map<string, BundlePod[]>();

  constructor(pods: readonly BundlePod[]) {
    this.#all = pods;
    for (const pod of pods)
      for (const [key, value] of Object.entries(pod.metadata.labels ?? {})) {
        const list = this.#labels.get(`${key}=${value}`);
        if (list === undefined) this.#labels.set(`${key}=${value}`, [pod]);
        else list.push(pod);
      }
  }

  /** Of a selector that selects nothing or is none: no pods. */
  select(text: string): readonly BundlePod[] {
    const selector = text === '' ? '' : parseSelector(text);
    if (typeof selector === 'string') return [];
    const narrow = selector.requirements.find(({ operator }) => operator === '=' || operator === '==');
    const candidates = narrow === undefined ? this.#all : this.#labels.get(`${narrow.key}=${narrow.values[0] ?? ''}`);
    return (candidates ?? []).filter(({ metadata }) => selector.matches(metadata.labels ?? {}));
  }
}
