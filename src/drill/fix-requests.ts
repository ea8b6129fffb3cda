import { collectionPath } from '../kube/apply.ts';

/** What a command of a fix asks the API server for: a merge patch. */
export interface FixRequest {
  readonly command: string;
  readonly path: string;
  readonly body: unknown;
}

const PATCH = /kubectl patch hpa (\S+) -n (\S+) --type merge -p '([^']*)'/g;
const SCALE = /kubectl scale (deployment|statefulset|replicaset) (\S+) -n (\S+) --replicas=(\d+)/g;

/** The kubectl commands in the text of a fix that change an object, so that they can be tried with dryRun. */
export function fixRequests(fix: string): readonly FixRequest[] {
  const patches = [...fix.matchAll(PATCH)].map(([command, name, namespace = '', body = '']) => ({
    command,
    path: `${collectionPath('autoscaling/v2', 'HorizontalPodAutoscaler', namespace)}/${name}`,
    body: JSON.parse(body) as unknown,
  }));
  const scales = [...fix.matchAll(SCALE)].map(([command, kind, name, namespace, replicas]) => ({
    command,
    path: `/apis/apps/v1/namespaces/${namespace}/${kind}s/${name}/scale`,
    body: { spec: { replicas: Number(replicas) } },
  }));
  return [...patches, ...scales];
}
