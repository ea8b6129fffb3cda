import type { ClusterSpec } from '../contracts/backend.ts';
import type { LabSpec } from '../contracts/lab-spec.ts';

/** What a backend needs to know of a lab. */
export function clusterSpecOf(spec: LabSpec, labDir: string): ClusterSpec {
  return {
    lab: spec.lab,
    labDir,
    ...(spec.kubernetesVersion === undefined ? {} : { kubernetesVersion: spec.kubernetesVersion }),
    ...(spec.binDir === undefined ? {} : { binDir: spec.binDir }),
    ...(spec.allowedContexts === undefined ? {} : { allowedContexts: spec.allowedContexts }),
    ...(spec.driver === undefined ? {} : { driver: spec.driver }),
    ...(spec.nodeImage === undefined ? {} : { nodeImage: spec.nodeImage }),
    ...(spec.nodes === undefined ? {} : { nodes: spec.nodes }),
    syncPeriodSeconds: spec.syncPeriodSeconds,
    apiPort: spec.apiPort,
    ...(spec.disabledControllers === undefined ? {} : { disabledControllers: spec.disabledControllers }),
    nodeCapacity: spec.node,
  };
}
