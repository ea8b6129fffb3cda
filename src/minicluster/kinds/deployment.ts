import type { KubeObject } from '../../contracts/kube-client.ts';
import { type FieldError, forbidden, invalid, json, notSupported, numeric } from '../../hpa/api/field-error.ts';
import type { FieldPath } from '../../hpa/api/field-path.ts';
import { withMeta } from '../api/objects.ts';
import { AGE, NAME } from '../api/table.ts';
import { deployment as type } from '../types/apps.ts';
import { fieldsOf, listOf, nonNegative, numberOf, textOf } from './fields.ts';
import type { Kind } from './kind.ts';
import { defaultTemplate } from './pod-defaults.ts';
import {
  CONTAINERS,
  countColumn,
  IMAGES,
  READY,
  SELECTOR,
  selectorImmutable,
  specOf,
  statusErrors,
  statusOf,
  templateErrors,
  WORKLOAD_SCALE,
} from './workload.ts';

const PERCENT = '[0-9]+%';
const PERCENT_TEXT = `a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '${PERCENT}')`;
const COUNTS = ['updatedReplicas', 'readyReplicas', 'availableReplicas'];

/** apps/v1 defaults.go, apps/validation, registry/apps/deployment/strategy.go. */
export const deployment: Kind = {
  group: 'apps',
  kind: 'Deployment',
  plural: 'deployments',
  singular: 'deployment',
  shortNames: ['deploy'],
  categories: ['all'],
  namespaced: true,
  generation: true,
  annotationsCount: true,
  subresources: { status: true, scale: WORKLOAD_SCALE },
  versions: [{ version: 'v1', type }],
  default: defaulted,
  prepareStatus: (updated, old) => withMeta(updated, { labels: old.metadata.labels }),
  validate: (given) => [
    ...nonNegative(['spec', 'replicas'], specOf(given)['replicas']),
    ...templateErrors(given),
    ...strategyErrors(given),
    ...timeErrors(given),
  ],
  validateUpdate: selectorImmutable,
  validateStatus: (given) => [...statusErrors(given, COUNTS), ...availableErrors(given)],
  columns: [
    NAME,
    READY,
    countColumn('Up-to-date', (given) => statusOf(given)['updatedReplicas'], 'string'),
    countColumn('Available', (given) => statusOf(given)['availableReplicas'], 'string'),
    AGE,
    CONTAINERS,
    IMAGES,
    SELECTOR,
  ],
};

function defaulted(given: KubeObject): KubeObject {
  const spec = specOf(given);
  const strategy = fieldsOf(spec['strategy']);
  const kind = textOf(strategy['type']) || 'RollingUpdate';
  const rolling = { maxUnavailable: '25%', maxSurge: '25%', ...fieldsOf(strategy['rollingUpdate']) };
  const status = statusOf(given);
  const conditions = listOf(status['conditions']).map((each) => ({
    lastUpdateTime: null,
    lastTransitionTime: null,
    ...each,
  }));
  return {
    ...given,
    spec: {
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      ...spec,
      selector: spec['selector'],
      template: defaultTemplate(spec['template']),
      strategy:
        kind === 'RollingUpdate' ? { ...strategy, type: kind, rollingUpdate: rolling } : { ...strategy, type: kind },
    },
    status: { ...status, ...(conditions.length === 0 ? {} : { conditions }) },
  };
}

function strategyErrors(given: KubeObject): readonly FieldError[] {
  const { type: kind, rollingUpdate } = fieldsOf(specOf(given)['strategy']);
  const path = ['spec', 'strategy'];
  if (kind === 'Recreate') {
    if (rollingUpdate === undefined) return [];
    return [forbidden([...path, 'rollingUpdate'], "may not be specified when strategy `type` is 'Recreate'")];
  }
  if (kind !== 'RollingUpdate') return [notSupported([...path, 'type'], textOf(kind), ['Recreate', 'RollingUpdate'])];
  const { maxUnavailable, maxSurge } = fieldsOf(rollingUpdate);
  const where = [...path, 'rollingUpdate'];
  const errors = [
    ...amountErrors(maxUnavailable, [...where, 'maxUnavailable']),
    ...amountErrors(maxSurge, [...where, 'maxSurge']),
  ];
  const isZero = (value: unknown) => value === 0 || value === '0%';
  if (isZero(maxUnavailable) && isZero(maxSurge)) {
    errors.push(invalid([...where, 'maxUnavailable'], json(maxUnavailable), 'may not be 0 when `maxSurge` is 0'));
  }
  const percent = typeof maxUnavailable === 'string' ? Number.parseInt(maxUnavailable, 10) : 0;
  if (percent > 100)
    errors.push(invalid([...where, 'maxUnavailable'], json(maxUnavailable), 'must not be greater than 100%'));
  return errors;
}

/** ValidatePositiveIntOrPercent. */
function amountErrors(value: unknown, path: FieldPath): FieldError[] {
  if (typeof value === 'string') {
    return new RegExp(`^${PERCENT}$`).test(value) ? [] : [invalid(path, json(value), PERCENT_TEXT)];
  }
  return [...nonNegative(path, value)];
}

function timeErrors(given: KubeObject): readonly FieldError[] {
  const { minReadySeconds, revisionHistoryLimit, progressDeadlineSeconds } = specOf(given);
  const deadline = numberOf(progressDeadlineSeconds);
  const late = deadline <= numberOf(minReadySeconds);
  return [
    ...nonNegative(['spec', 'minReadySeconds'], minReadySeconds),
    ...nonNegative(['spec', 'revisionHistoryLimit'], revisionHistoryLimit),
    ...nonNegative(['spec', 'progressDeadlineSeconds'], progressDeadlineSeconds),
    ...(progressDeadlineSeconds !== undefined && late
      ? [invalid(['spec', 'progressDeadlineSeconds'], numeric(deadline), 'must be greater than minReadySeconds')]
      : []),
  ];
}

function availableErrors(given: KubeObject): readonly FieldError[] {
  const { availableReplicas, readyReplicas, replicas } = statusOf(given);
  const available = numberOf(availableReplicas);
  return available > numberOf(readyReplicas) && available <= numberOf(replicas)
    ? [invalid(['status', 'availableReplicas'], numeric(available), 'cannot be greater than readyReplicas')]
    : [];
}
