import { decodeV1, decodeV2, type HpaV2, type Rules, v1ToV2 } from '../hpa/index.ts';
import { parseSelector } from '../kube/label-selector.ts';
import { AnswerIndex } from './answer-index.ts';
import type { Bundle, BundleEvent, BundlePod, BundleSample } from './bundle.ts';
import { eventTime } from './hpa-view.ts';

/** One HPA of a bundle, decoded. */
export interface BundleHpa {
  readonly hpa: HpaV2;
  /** The object as it was read. */
  readonly foreign: unknown;
}

/** Lookups over a bundle, so that explaining n HPAs costs n and not n² steps. */
export class BundleIndex {
  readonly answers: AnswerIndex;
  readonly #targets = new Map<string, HpaV2[]>();
  readonly #events: ReadonlyMap<string, readonly BundleEvent[]>;
  readonly #series: ReadonlyMap<string, readonly BundleSample[]>;
  /** `key=value` of a label → the pods that have it. */
  readonly #labels = new Map<string, BundlePod[]>();
  readonly #pods: readonly BundlePod[] | null;

  constructor({ evidence }: Bundle, hpas: readonly BundleHpa[]) {
    this.answers = new AnswerIndex([
      ...Object.keys(evidence.metricAnswers),
      ...evidence.unread.map(({ path }) => path),
    ]);
    for (const { hpa } of hpas) pushTo(this.#targets, targetKey(hpa), hpa);
    const events = evidence.events.toSorted((a, b) => eventTime(a) - eventTime(b));
    this.#events = Map.groupBy(events, ({ regarding }) => `${regarding.kind}/${regarding.name}`);
    this.#series = Map.groupBy(evidence.series ?? [], ({ hpa }) => hpa);
    this.#pods = evidence.pods;
    for (const pod of evidence.pods ?? [])
      for (const [key, value] of Object.entries(pod.metadata.labels ?? {}))
        pushTo(this.#labels, `${key}=${value}`, pod);
  }

  /** Other HPAs that aim at the same kind and name. */
  sameTarget(hpa: HpaV2): readonly HpaV2[] {
    return (this.#targets.get(targetKey(hpa)) ?? []).filter((other) => other !== hpa);
  }

  /** Events of one object, oldest first. */
  eventsOf(kind: string, name: string): readonly BundleEvent[] {
    return this.#events.get(`${kind}/${name}`) ?? [];
  }

  seriesOf(name: string): readonly BundleSample[] {
    return this.#series.get(name) ?? [];
  }

  /** The pods that a selector selects; null = pods could not be read. */
  podsOf(text: string): readonly BundlePod[] | null {
    const selector = text === '' ? '' : parseSelector(text);
    if (typeof selector === 'string') return [];
    if (this.#pods === null) return null;
    const narrow = selector.requirements.find(({ operator }) => operator === '=' || operator === '==');
    const candidates = narrow === undefined ? this.#pods : this.#labels.get(`${narrow.key}=${narrow.values[0] ?? ''}`);
    return (candidates ?? []).filter(({ metadata }) => selector.matches(metadata.labels ?? {}));
  }
}

function pushTo<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

const targetKey = ({ spec }: HpaV2): string => `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`;

/** The HPAs of a bundle: through autoscaling/v2 where it was read, else converted. Raises ML-KUBE-SHAPE for one that is none. */
export function hpasOf({ evidence }: Bundle, rules: Rules): readonly BundleHpa[] {
  if (evidence.hpas !== null) return evidence.hpas.map((foreign) => ({ foreign, hpa: decodeV2(foreign, rules).value }));
  return evidence.hpasV1.map((foreign) => ({ foreign, hpa: v1ToV2(decodeV1(foreign, rules).value, rules) }));
}
