import type { KubeObject } from '../../contracts/kube-client.ts';
import { type FieldError, invalid, json, notSupported, numeric, plain, required } from '../../hpa/api/field-error.ts';
import { labelSelectorAsSelector } from '../../hpa/labels/label-selector.ts';
import { selectorMatches, selectorText } from '../../hpa/labels/requirement.ts';
import type { FieldPath } from '../../hpa/api/field-path.ts';
import { labelKeyFaults, labelValueFaults } from '../../hpa/api/names.ts';
import { sameJson } from '../api/objects.ts';
import { QUIRKS, RULES } from '../kubernetes-version.ts';
import { type Fields, fieldsOf, listOf, numberOf, textOf } from './fields.ts';
import type { Column, ScaleRules } from './kind.ts';
import { podSpecErrors } from './pod-validation.ts';

// What deployments, replica sets and stateful sets have in common.

type Labels = Readonly<Record<string, string>>;

export const specOf = (object: KubeObject): Fields => fieldsOf(object['spec']);
export const statusOf = (object: KubeObject): Fields => fieldsOf(object['status']);

function selectorOf(object: KubeObject): ReturnType<typeof labelSelectorAsSelector> {
  return labelSelectorAsSelector(specOf(object)['selector'] as never, RULES);
}

/** The selector as text, as Tables and `scale` show it. */
export function selectorTextOf(object: KubeObject): string {
  const parsed = selectorOf(object);
  return 'ok' in parsed ? selectorText(parsed.ok) : '';
}

export const WORKLOAD_SCALE: ScaleRules = {
  specReplicas: ['spec', 'replicas'],
  statusReplicas: ['status', 'replicas'],
  selector: selectorTextOf,
};

const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

/** unversioned/validation ValidateLabelSelector. */
export function selectorErrors(selector: unknown, path: FieldPath): readonly FieldError[] {
  const { matchLabels, matchExpressions } = fieldsOf(selector);
  const labels = Object.entries(fieldsOf(matchLabels)).flatMap(([key, value]) => [
    ...labelKeyFaults(key, QUIRKS).map((fault) => invalid([...path, 'matchLabels'], plain(key), fault)),
    ...labelValueFaults(textOf(value), QUIRKS).map((fault) =>
      invalid([...path, 'matchLabels'], plain(textOf(value)), fault),
    ),
  ]);
  const expressions = listOf(matchExpressions).flatMap((expression, at) => {
    const where = [...path, 'matchExpressions', at];
    const operator = textOf(expression['operator']);
    const values = (expression['values'] ?? []) as readonly string[];
    if (!OPERATORS.includes(operator)) {
      return [invalid([...where, 'operator'], plain(operator), 'not a valid selector operator')];
    }
    const counted = operator === 'In' || operator === 'NotIn';
    if (counted && values.length === 0) {
      return [required([...where, 'values'], "must be specified when `operator` is 'In' or 'NotIn'")];
    }
    if (!counted && values.length > 0) {
      const detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
      return [{ path: [...where, 'values'], type: 'FieldValueForbidden' as const, detail }];
    }
    return [];
  });
  return [...labels, ...expressions];
}

/** Selector and template of a workload. */
export function templateErrors(object: KubeObject): readonly FieldError[] {
  const spec = specOf(object);
  const path = ['spec', 'selector'];
  const { selector } = spec;
  const errors: FieldError[] = [];
  if (selector === undefined) errors.push(required(path, ''));
  else {
    errors.push(...selectorErrors(selector, path));
    if (isEmpty(selector)) errors.push(invalid(path, json(selector), 'empty selector is invalid for deployment'));
  }
  const parsed = selectorOf(object);
  if ('error' in parsed)
    return [...errors, invalid(path, json(selector), 'invalid label selector'), ...podErrors(spec)];
  const labels = fieldsOf(fieldsOf(spec['template'])['metadata'])['labels'] as Labels | undefined;
  if (!isEmpty(selector) || selector === undefined) {
    if (!selectorMatches(parsed.ok, labels ?? {})) {
      const where = ['spec', 'template', 'metadata', 'labels'];
      errors.push(invalid(where, json(labels ?? null), '`selector` does not match template `labels`'));
    }
  }
  return [...errors, ...podErrors(spec)];
}

function isEmpty(selector: unknown): boolean {
  const { matchLabels, matchExpressions } = fieldsOf(selector);
  return selector !== undefined && matchLabels === undefined && matchExpressions === undefined;
}

function podErrors(spec: Fields): readonly FieldError[] {
  const pod = fieldsOf(fieldsOf(spec['template'])['spec']);
  const path = ['spec', 'template', 'spec'];
  const { restartPolicy } = pod;
  const always = restartPolicy === 'Always' || !['OnFailure', 'Never'].includes(textOf(restartPolicy));
  return [
    ...podSpecErrors(pod, path),
    ...(always ? [] : [notSupported([...path, 'restartPolicy'], textOf(restartPolicy), ['Always'])]),
    ...(pod['activeDeadlineSeconds'] === undefined
      ? []
      : [
          {
            path: [...path, 'activeDeadlineSeconds'],
            type: 'FieldValueForbidden' as const,
            detail: 'activeDeadlineSeconds in ReplicaSet is not Supported',
          },
        ]),
  ];
}

export function selectorImmutable(now: KubeObject, old: KubeObject): readonly FieldError[] {
  const [a, b] = [specOf(now)['selector'], specOf(old)['selector']];
  return sameJson(a, b) ? [] : [invalid(['spec', 'selector'], json(a), 'field is immutable')];
}

/** Counts of a status: none negative, none above `replicas`. */
export function statusErrors(object: KubeObject, counts: readonly string[]): readonly FieldError[] {
  const status = statusOf(object);
  const replicas = numberOf(status['replicas']);
  const negative = ['replicas', ...counts]
    .filter((name) => numberOf(status[name]) < 0)
    .map((name) => invalid(['status', name], numeric(numberOf(status[name])), 'must be greater than or equal to 0'));
  const above = counts
    .filter((name) => numberOf(status[name]) > replicas)
    .map((name) =>
      invalid(['status', name], numeric(numberOf(status[name])), 'cannot be greater than status.replicas'),
    );
  return [...negative, ...above];
}

const images = (object: KubeObject, field: 'name' | 'image') =>
  listOf(fieldsOf(fieldsOf(specOf(object)['template'])['spec'])['containers'])
    .map((container) => textOf(container[field]))
    .join(',');

export const CONTAINERS: Column = {
  name: 'Containers',
  type: 'string',
  priority: 1,
  description: 'Names of each container in the template.',
  cell: (object) => images(object, 'name'),
};
export const IMAGES: Column = {
  name: 'Images',
  type: 'string',
  priority: 1,
  description: 'Images referenced by each container in the template.',
  cell: (object) => images(object, 'image'),
};
export const SELECTOR: Column = {
  name: 'Selector',
  type: 'string',
  priority: 1,
  description: 'Selector for the set of pods.',
  cell: selectorTextOf,
};

export function countColumn(
  name: string,
  read: (object: KubeObject) => unknown,
  type: Column['type'] = 'integer',
): Column {
  return { name, type, description: `${name} replicas.`, cell: (object) => numberOf(read(object)) };
}

/** A column of a count as `readyReplicas/replicas`. */
export const READY: Column = {
  name: 'Ready',
  type: 'string',
  description: 'Number of the pod with ready state',
  cell: (object) => `${numberOf(statusOf(object)['readyReplicas'])}/${numberOf(specOf(object)['replicas'])}`,
};
