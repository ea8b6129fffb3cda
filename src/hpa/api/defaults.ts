import type { HpaBehavior, HpaScalingRules, HpaSpec, HpaV2, MetricSpec } from './types.ts';

// pkg/apis/autoscaling/v2/defaults.go

export const DEFAULT_CPU_UTILIZATION = 80;

/** The metric of an HPA that names none. */
export const DEFAULT_METRICS: readonly MetricSpec[] = [
  {
    type: 'Resource',
    resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: DEFAULT_CPU_UTILIZATION } },
  },
];

export const DEFAULT_SCALE_UP: HpaScalingRules = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
};
/** No window: the controller's flag holds then. */
export const DEFAULT_SCALE_DOWN: HpaScalingRules = {
  selectPolicy: 'Max',
  policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
};

/** SetDefaults_HorizontalPodAutoscaler of autoscaling/v2. */
export function defaultHpa(hpa: HpaV2): HpaV2 {
  return { ...hpa, spec: defaultSpec(hpa.spec) };
}

/** The spec with minReplicas, metrics and (where behavior is there) both directions' rules filled in. */
export function defaultSpec(spec: HpaSpec): HpaSpec {
  const noMetrics = spec.metrics === undefined || spec.metrics.length === 0;
  return {
    ...spec,
    minReplicas: spec.minReplicas ?? 1,
    ...(noMetrics ? { metrics: DEFAULT_METRICS } : {}),
    ...(spec.behavior === undefined ? {} : { behavior: defaultBehavior(spec.behavior) }),
  };
}

/** Each field that is set stays, an empty list of policies too (it then fails validation). */
export function defaultBehavior(behavior: HpaBehavior): HpaBehavior {
  return {
    scaleUp: { ...DEFAULT_SCALE_UP, ...behavior.scaleUp },
    scaleDown: { ...DEFAULT_SCALE_DOWN, ...behavior.scaleDown },
  };
}
