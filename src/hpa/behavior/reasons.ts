/** Reasons of the condition AbleToScale that a recommendation can get. */
export type AbleReason = 'ReadyForNewScale' | 'ScaleDownStabilized' | 'ScaleUpStabilized';

/** Reasons of the condition ScalingLimited. */
export type LimitReason =
  | 'DesiredWithinRange'
  | 'TooFewReplicas'
  | 'TooManyReplicas'
  | 'ScaleUpLimit'
  | 'ScaleDownLimit';

/** The condition messages (horizontal.go: normalizeDesiredReplicas, stabilizeRecommendationWithBehaviors). */
export const ABLE_MESSAGES: Readonly<Record<AbleReason, string>> = {
  ReadyForNewScale: 'recommended size matches current size',
  ScaleDownStabilized:
    'recent recommendations were higher than current one, applying the highest recent recommendation',
  ScaleUpStabilized: 'recent recommendations were lower than current one, applying the lowest recent recommendation',
};

/** The condition messages (horizontal.go: convertDesiredReplicasWithRules, convertDesiredReplicasWithBehaviorRate). */
export const LIMIT_MESSAGES: Readonly<Record<LimitReason, string>> = {
  DesiredWithinRange: 'the desired count is within the acceptable range',
  TooFewReplicas: 'the desired replica count is less than the minimum replica count',
  TooManyReplicas: 'the desired replica count is more than the maximum replica count',
  ScaleUpLimit: 'the desired replica count is increasing faster than the maximum scale rate',
  ScaleDownLimit: 'the desired replica count is decreasing faster than the maximum scale rate',
};
