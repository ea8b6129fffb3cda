import { stringify } from 'yaml';
import type { ClusterSpec } from '../../contracts/backend.ts';

/** HPAScaleToZero is on by default from this minor version on. */
const ZERO_BY_DEFAULT = 37;
const NODE_IMAGE = 'kindest/node';

/** Name of a lab's cluster; its nodes are called after it. */
export function clusterName(lab: string): string {
  return `metrics-lab-${lab}`;
}

/** The image of the nodes: the one named, else kind's published image of the version, else kind's own default. */
export function nodeImageOf({ nodeImage, kubernetesVersion }: ClusterSpec): string | undefined {
  if (nodeImage !== undefined) return nodeImage;
  return kubernetesVersion === undefined ? undefined : `${NODE_IMAGE}:v${kubernetesVersion.replace(/^v/, '')}`;
}

/** The kind configuration (kind.x-k8s.io/v1alpha4) of a lab's cluster, as YAML. Everything listens on 127.0.0.1. */
export function kindConfig(spec: ClusterSpec): string {
  const image = nodeImageOf(spec);
  const node = (role: string) => ({ role, ...(image === undefined ? {} : { image }) });
  const workers = Math.max((spec.nodes ?? 1) - 1, 0);
  return stringify({
    kind: 'Cluster',
    apiVersion: 'kind.x-k8s.io/v1alpha4',
    networking: { apiServerAddress: '127.0.0.1', ...(spec.apiPort === 0 ? {} : { apiServerPort: spec.apiPort }) },
    ...(needsGate(image) ? { featureGates: { HPAScaleToZero: true } } : {}),
    kubeadmConfigPatches: controllerManagerPatches(spec.syncPeriodSeconds),
    nodes: [node('control-plane'), ...Array.from({ length: workers }, () => node('worker'))],
  });
}

/** A version that cannot be told gets the gate: every version since 1.16 knows it. */
function needsGate(image: string | undefined): boolean {
  const minor = /:v1\.(\d+)\./.exec(image ?? '')?.[1];
  return minor === undefined || Number(minor) < ZERO_BY_DEFAULT;
}

/** kubeadm wrote arguments as a mapping until v1beta3 and writes a list since v1beta4; kind applies the one that fits. */
function controllerManagerPatches(syncPeriodSeconds: number): readonly string[] {
  const name = 'horizontal-pod-autoscaler-sync-period';
  const value = `${syncPeriodSeconds}s`;
  const patch = (version: string, extraArgs: unknown) =>
    stringify({
      kind: 'ClusterConfiguration',
      apiVersion: `kubeadm.k8s.io/${version}`,
      controllerManager: { extraArgs },
    });
  return [patch('v1beta3', { [name]: value }), patch('v1beta4', [{ name, value }])];
}
