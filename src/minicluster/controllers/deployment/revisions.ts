import type { KubeObject } from '../../../contracts/kube-client.ts';
import { withMeta } from '../../api/objects.ts';
import { maxSurge, replicasOf } from './amounts.ts';

// Annotations with which a deployment and its replica sets know each other (deployment_util.go).

export const REVISION = 'deployment.kubernetes.io/revision';
const HISTORY = 'deployment.kubernetes.io/revision-history';
const DESIRED = 'deployment.kubernetes.io/desired-replicas';
const MAX = 'deployment.kubernetes.io/max-replicas';
const OWN: readonly string[] = [
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  HISTORY,
  DESIRED,
  MAX,
  'deprecated.deployment.rollback.to',
];

export function revisionOf({ metadata }: KubeObject): number {
  return Number(metadata.annotations?.[REVISION] ?? 0) || 0;
}

/** The count that the deployment had when it last sized this set; undefined before. */
export function desiredOf({ metadata }: KubeObject): number | undefined {
  const text = metadata.annotations?.[DESIRED];
  return text === undefined ? undefined : Number(text);
}

export function maxOf({ metadata }: KubeObject): number | undefined {
  const text = metadata.annotations?.[MAX];
  return text === undefined ? undefined : Number(text);
}

/** SetReplicasAnnotations. */
export function withSizes(set: KubeObject, deployment: KubeObject): KubeObject {
  const desired = replicasOf(deployment);
  return annotated(set, { [DESIRED]: String(desired), [MAX]: String(desired + maxSurge(deployment)) });
}

/** SetNewReplicaSetAnnotations: the deployment's own, and the revision with those that it was before. */
export function withRevision(set: KubeObject, deployment: KubeObject, revision: number): KubeObject {
  const own = Object.entries(deployment.metadata.annotations ?? {}).filter(([name]) => !OWN.includes(name));
  const before = revisionOf(set);
  const raised = before < revision;
  const history = set.metadata.annotations?.[HISTORY];
  return annotated(set, {
    ...Object.fromEntries(own),
    ...(raised ? { [REVISION]: String(revision) } : {}),
    ...(raised && before > 0 ? { [HISTORY]: history === undefined ? String(before) : `${history},${before}` } : {}),
  });
}

export function annotated(object: KubeObject, more: Readonly<Record<string, string>>): KubeObject {
  return withMeta(object, { annotations: { ...object.metadata.annotations, ...more } });
}
