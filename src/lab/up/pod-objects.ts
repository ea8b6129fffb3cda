import type { KubeObject } from '../../contracts/kube-client.ts';
import type { LabSpec } from '../../contracts/lab-spec.ts';
import { metricsServerManifests, SERVICE } from '../../metrics-server/manifests.ts';
import { metricsServerPodManifests, POD_PORT, POD_SELECTOR, secretPath } from '../../metrics-server/pod-manifests.ts';
import {
  baseManifests,
  hpaManifest,
  SECRET,
  type WorkloadSecrets,
  workloadManifests,
} from '../../workload/manifests.ts';
import { queueManifests } from '../../workload/queue-manifests.ts';
import { queueMetrics } from '../../workload/queue-metrics.ts';

/** What `up` makes or finds out before it can write the objects of a lab in pods. */
export interface MadeParts {
  readonly image: string;
  readonly secrets: WorkloadSecrets;
  readonly queuePassword: string;
  /** PEM. */
  readonly caBundle: string;
  readonly serving: { readonly cert: string; readonly key: string };
}

/** Stands for what is not made yet, where objects are only shown or looked for. */
export const NOT_MADE: MadeParts = {
  image: '(built by up)',
  secrets: { queueUrl: '(made by up)', token: '(made by up)' },
  queuePassword: '(made by up)',
  caBundle: '(made by up)',
  serving: { cert: '(made by up)', key: '(made by up)' },
};

/** Namespace, Secret, and the lab's own queue server. */
export function queueObjects(spec: LabSpec, made: MadeParts): readonly KubeObject[] {
  return [
    ...baseManifests(spec, made.secrets, { as: 'containers', image: made.image }),
    ...(spec.queue.url === undefined ? queueManifests(spec, made.queuePassword) : []),
  ];
}

/** The metrics server and its registration with the API server. */
export function metricsServerObjects(spec: LabSpec, made: MadeParts): readonly KubeObject[] {
  const { namespace, lab } = spec;
  const metrics = queueMetrics(spec.queue, secretPath(SECRET, 'url')).map(({ metric, source }) => ({
    name: metric,
    namespace,
    source,
  }));
  return [
    ...metricsServerManifests({
      lab,
      namespace,
      port: POD_PORT,
      pods: POD_SELECTOR,
      caBundle: made.caBundle,
      identity: { kind: 'ServiceAccount', name: SERVICE, namespace },
      apis: ['external'],
    }),
    ...metricsServerPodManifests({
      lab,
      namespace,
      image: made.image,
      serviceAccount: SERVICE,
      serving: made.serving,
      secrets: [SECRET],
      metrics,
    }),
  ];
}

/** Everything that `up` applies to a cluster that runs pods as containers, each object once. */
export function allPodObjects(spec: LabSpec, made: MadeParts): readonly KubeObject[] {
  const all = [
    ...queueObjects(spec, made),
    ...metricsServerObjects(spec, made),
    ...workloadManifests(spec, made.secrets, { as: 'containers', image: made.image }),
    hpaManifest(spec),
  ];
  const byName = new Map(all.map((object) => [`${object.kind}/${object.metadata.name}`, object]));
  return [...byName.values()];
}
