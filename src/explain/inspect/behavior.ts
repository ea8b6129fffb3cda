import { defaultBehavior, type HpaBehavior, type HpaScalingRules, type Rules } from '../../hpa/index.ts';
import type { InspectedRules } from './inspection.ts';

/**
 * The rules of both directions with every default filled in (pkg/apis/autoscaling/v2/defaults.go). Without spec.behavior the
 * controller does not use these policies but its older limits, which come to the same but for the flag's window.
 */
export function behaviorRows(behavior: HpaBehavior | undefined, rules: Rules): readonly InspectedRules[] {
  const filled = defaultBehavior(behavior ?? {});
  return (['scaleUp', 'scaleDown'] as const).map((direction) => ({
    direction,
    fields: fieldsOf(filled[direction] ?? {}, behavior?.[direction] ?? {}, direction, rules),
  }));
}

function fieldsOf(
  filled: HpaScalingRules,
  own: HpaScalingRules,
  direction: 'scaleUp' | 'scaleDown',
  rules: Rules,
): InspectedRules['fields'] {
  const origin = (field: keyof HpaScalingRules) => (own[field] === undefined ? 'default' : 'spec');
  const window = filled.stabilizationWindowSeconds;
  const flag = '300s unless kube-controller-manager has --horizontal-pod-autoscaler-downscale-stabilization';
  const policies = (filled.policies ?? []).map(({ type, value, periodSeconds }) =>
    type === 'Percent' ? `${value}% per ${periodSeconds}s` : `${value} pods per ${periodSeconds}s`,
  );
  return [
    {
      field: 'stabilizationWindowSeconds',
      value: window === undefined ? flag : `${window}s`,
      origin: origin('stabilizationWindowSeconds'),
    },
    { field: 'selectPolicy', value: filled.selectPolicy ?? 'Max', origin: origin('selectPolicy') },
    {
      field: 'policies',
      value: filled.selectPolicy === 'Disabled' ? `not used: ${direction} is disabled` : policies.join(', '),
      origin: origin('policies'),
    },
    ...(rules.configurableTolerance
      ? [
          {
            field: 'tolerance',
            value: filled.tolerance ?? '0.1 unless kube-controller-manager has --horizontal-pod-autoscaler-tolerance',
            origin: origin('tolerance'),
          } as const,
        ]
      : []),
  ];
}
