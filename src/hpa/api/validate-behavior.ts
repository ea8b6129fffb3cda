import { sign } from '../quantity/compare.ts';
import { canonicalQuantity } from '../quantity/milli.ts';
import { parseQuantity } from '../quantity/parse.ts';
import { type FieldError, invalid, notSupported, numeric, plain, required } from './field-error.ts';
import type { FieldPath } from './field-path.ts';
import type { HpaBehavior, HpaScalingPolicy, HpaScalingRules } from './types.ts';

// pkg/apis/autoscaling/validation/validation.go

const MAX_PERIOD_SECONDS = 1800;
const MAX_WINDOW_SECONDS = 3600;
const SELECT_POLICIES = ['Disabled', 'Max', 'Min'];
const POLICY_TYPES = ['Percent', 'Pods'];

/** validateBehavior. */
export function validateBehavior(behavior: HpaBehavior | undefined, path: FieldPath): readonly FieldError[] {
  return [
    ...validateRules(behavior?.scaleUp, [...path, 'scaleUp']),
    ...validateRules(behavior?.scaleDown, [...path, 'scaleDown']),
  ];
}

function validateRules(rules: HpaScalingRules | undefined, path: FieldPath): readonly FieldError[] {
  if (rules === undefined) return [];
  const { stabilizationWindowSeconds: window, selectPolicy, policies = [], tolerance } = rules;
  const policiesPath = [...path, 'policies'];
  return [
    ...(window === undefined ? [] : validateWindow(window, [...path, 'stabilizationWindowSeconds'])),
    ...(selectPolicy === undefined || SELECT_POLICIES.includes(selectPolicy)
      ? []
      : [notSupported([...path, 'selectPolicy'], selectPolicy, SELECT_POLICIES)]),
    ...(policies.length === 0 ? [required(policiesPath, 'must specify at least one Policy')] : []),
    ...policies.flatMap((policy, index) => validatePolicy(policy, [...policiesPath, index])),
    ...(tolerance === undefined ? [] : validateTolerance(tolerance, [...path, 'tolerance'])),
  ];
}

function validateWindow(seconds: number, path: FieldPath): readonly FieldError[] {
  if (seconds < 0) return [invalid(path, numeric(seconds), 'must be greater than or equal to zero')];
  if (seconds <= MAX_WINDOW_SECONDS) return [];
  return [invalid(path, numeric(seconds), `must be less than or equal to ${MAX_WINDOW_SECONDS}`)];
}

function validatePolicy(policy: HpaScalingPolicy, path: FieldPath): readonly FieldError[] {
  const { type, value, periodSeconds } = policy;
  const period = [...path, 'periodSeconds'];
  return [
    ...(POLICY_TYPES.includes(type) ? [] : [notSupported([...path, 'type'], type, POLICY_TYPES)]),
    ...(value <= 0 ? [invalid([...path, 'value'], numeric(value), 'must be greater than zero')] : []),
    ...(periodSeconds <= 0 ? [invalid(period, numeric(periodSeconds), 'must be greater than zero')] : []),
    ...(periodSeconds > MAX_PERIOD_SECONDS
      ? [invalid(period, numeric(periodSeconds), `must be less than or equal to ${MAX_PERIOD_SECONDS}`)]
      : []),
  ];
}

function validateTolerance(text: string, path: FieldPath): readonly FieldError[] {
  const parsed = text === '' ? '' : parseQuantity(text);
  if (typeof parsed === 'string' || sign(parsed) >= 0) return [];
  return [invalid(path, plain(canonicalQuantity(text)), 'must be greater than or equal to 0')];
}
