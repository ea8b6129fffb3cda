import { decodeV1, decodeV2, type HpaV2, type Rules, v1ToV2 } from '../hpa/index.ts';
import { AnswerIndex } from './answer-index.ts';
import type { Bundle, BundleEvent, BundlePod, BundleSample } from './bundle.ts';
import { eventTime } from './hpa-view.ts';
import { PodIndex } from './pod-index.ts';

/** One HPA of a bundle, decoded. */
export interface BundleHpa {
  readonly hpa: HpaV2;
  /** The object as it was read. */
  readonly foreign: unknown;
}

/** Lookups over a bundle, so that explaining n HPAs costs n and not n² steps. */
export class BundleIndex {
  readonly answers: AnswerIndex;
  readonly #targets: ReadonlyMap<string, readonly HpaV2[]>;
  readonly #events: ReadonlyMap<string, readonly BundleEvent[]>;
  readonly #series: ReadonlyMap<string, readonly BundleSample[]>;
  readonly #pods: PodIndex | null;

  constructor({ evidence }: Bundle, hpas: readonly BundleHpa[]) {
    this.answers = new AnswerIndex([
      ...Object.keys(evidence.metricAnswers),
      ...evidence.unread.map(({ path }) => path),
    ]);
    this.#targets = Map.groupBy(
      hpas.map(({ hpa }) => hpa),
      targetKey,
    );
    const events = evidence.events.toSorted((a, b) => eventTime(a) - eventTime(b));
    this.#events = Map.groupBy(events, ({ regarding }) => `${regarding.kind}/${regarding.name}`);
    this.#series = Map.groupBy(evidence.series ?? [], ({ hpa }) => hpa);
    this.#pods = evidence.pods === null ? null : new PodIndex(evidence.pods);
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
    return this.#pods?.select(text) ?? null;
  }
}

const targetKey = ({ spec }: HpaV2): string => `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`;

/** The HPAs of a bundle: through autoscaling/v2 where it was read, else converted. Raises ML-KUBE-SHAPE for one that is none. */
export function hpasOf({ evidence }: Bundle, rules: Rules): readonly BundleHpa[] {
  if (evidence.hpas !== null) return evidence.hpas.map((foreign) => ({ foreign, hpa: decodeV2(foreign, rules).value }));
  return evidence.hpasV1.map((foreign) => ({ foreign, hpa: v1ToV2(decodeV1(foreign, rules).value, rules) }));
}
