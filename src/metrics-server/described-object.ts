import type { Labels } from '../kube/label-selector.ts';
import type { ObjectConfig } from './config.ts';
import { splitResource } from './objects/directory.ts';
import type { ResourceKind } from './provider.ts';

/** One object with what is left of a series' labels when they have said which one it is. */
export interface DescribedObject {
  readonly namespace: string | undefined;
  readonly name: string;
  readonly labels: Labels;
}

/** The object that a series describes; undefined when a label that should say it is missing. */
export function describedObject(object: ObjectConfig, labels: Labels): DescribedObject | undefined {
  const { namespaceLabel = '', nameLabel = '' } = object;
  const { [namespaceLabel]: namespaceValue, [nameLabel]: nameValue, ...rest } = labels;
  const namespace = object.namespace ?? namespaceValue;
  const name = object.name ?? nameValue;
  if (name === undefined || (namespace === undefined && object.namespaceLabel !== undefined)) return undefined;
  return { namespace, name, labels: rest };
}

/** The kind as far as the configuration tells it: enough to find values and to list names. */
export function resourceKindOf({ resource: text, namespace, namespaceLabel }: ObjectConfig): ResourceKind {
  const { resource, group = '' } = splitResource(text);
  return { group, resource, version: '', kind: '', namespaced: (namespace ?? namespaceLabel) !== undefined };
}
