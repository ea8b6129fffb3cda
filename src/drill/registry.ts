import type { Drill } from './drill.ts';
import { API_VIEW } from './drills/api-view.ts';
import { HEALTHY } from './drills/healthy.ts';
import { LIMITS } from './drills/limits.ts';
import { METRIC_ERRORS } from './drills/metric-errors.ts';
import { TARGETS } from './drills/targets.ts';
import { ZERO } from './drills/zero.ts';

/** Every drill: anomalies first, then the healthy look-alikes. */
export const DRILLS: readonly Drill[] = [...METRIC_ERRORS, ...LIMITS, ...ZERO, ...TARGETS, ...API_VIEW, ...HEALTHY];
