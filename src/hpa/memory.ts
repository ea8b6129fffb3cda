/**
 * What the controller keeps in memory for one HPA between two cycles (horizontal.go: recommendations, scaleUpEvents,
 * scaleDownEvents, hpaSelectors). It is lost when the controller restarts.
 */

/** An unstabilized recommendation. Slots are reused, so the order in the list is not the order in time. */
export interface Recommendation {
  recommendation: number;
  /** Milliseconds since 1970. */
  atMs: number;
}

export interface ScaleEvent {
  /** Absolute value of the change. */
  replicaChange: number;
  /** Milliseconds since 1970. */
  atMs: number;
  /** Set by the rule that looks for a slot to reuse; the limits do not read it. */
  outdated: boolean;
}

/**
 * The state of one HPA. The functions of `behavior/` change it in place, which is what makes a simulated step cheap;
 * `reconcile` works on a copy, so its input stays as it was.
 */
export interface HpaMemory {
  /** null until the first cycle that could read the scale. */
  recommendations: Recommendation[] | null;
  scaleUpEvents: ScaleEvent[];
  scaleDownEvents: ScaleEvent[];
  /**
   * The selector under which the controller's store knows this HPA: undefined when it is not registered (no add event seen, or
   * a delete event handled), null when it is registered but selects nothing yet.
   */
  selector: string | null | undefined;
}

/** The memory of an HPA whose add event was just handled: registered, selecting nothing. */
export function newMemory(): HpaMemory {
  return { recommendations: null, scaleUpEvents: [], scaleDownEvents: [], selector: null };
}

/** A copy that shares nothing with the original. */
export function cloneMemory(memory: HpaMemory): HpaMemory {
  return {
    recommendations: memory.recommendations === null ? null : memory.recommendations.map((r) => ({ ...r })),
    scaleUpEvents: memory.scaleUpEvents.map((e) => ({ ...e })),
    scaleDownEvents: memory.scaleDownEvents.map((e) => ({ ...e })),
    selector: memory.selector,
  };
}
