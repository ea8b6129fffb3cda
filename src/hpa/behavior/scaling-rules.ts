/** One policy of `behavior.scaleUp` or `behavior.scaleDown`, as in the v2 API. */
export interface ScalingPolicy {
  readonly type: string;
  readonly value: number;
  readonly periodSeconds: number;
}

/** Rules of one direction after defaulting: everything is set, except the window of scaleDown (the controller's flag). */
export interface ScalingRules {
  readonly stabilizationWindowSeconds?: number | null;
  readonly selectPolicy?: string | null;
  readonly policies?: readonly ScalingPolicy[] | null;
}

/** `spec.behavior` after defaulting. */
export interface Behavior {
  readonly scaleUp: ScalingRules;
  readonly scaleDown: ScalingRules;
}

export const NO_POLICIES: readonly ScalingPolicy[] = [];

/** Rules that upstream's defaulting never leaves: nothing is set. */
export const NO_RULES: ScalingRules = {};
