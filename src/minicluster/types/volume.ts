import { bool, flag, int32, int64, list, quantity, struct, type StructType, text, texts } from '../schema/type.ts';
import { labelSelector, objectMeta } from './meta.ts';

const items = list(struct('v1.KeyToPath', { key: text, path: text, mode: int32 }));
const secretRef = struct('v1.LocalObjectReference', { name: text }, true);
const fieldRef = struct('v1.ObjectFieldSelector', { apiVersion: text, fieldPath: text }, true);
const resourceFieldRef = struct(
  'v1.ResourceFieldSelector',
  { containerName: text, resource: text, divisor: quantity },
  true,
);
const downwardItems = list(struct('v1.DownwardAPIVolumeFile', { path: text, fieldRef, resourceFieldRef, mode: int32 }));

const claimSpec = struct('v1.PersistentVolumeClaimSpec', {
  accessModes: list(text),
  selector: labelSelector,
  resources: struct('v1.VolumeResourceRequirements', {
    limits: { is: 'map', of: quantity },
    requests: { is: 'map', of: quantity },
  }),
  volumeName: text,
  storageClassName: text,
  volumeMode: text,
  dataSource: struct('v1.TypedLocalObjectReference', { apiGroup: text, kind: text, name: text }, true),
  dataSourceRef: struct('v1.TypedObjectReference', { apiGroup: text, kind: text, name: text, namespace: text }),
  volumeAttributesClassName: text,
});

const projection = struct('v1.VolumeProjection', {
  secret: struct('v1.SecretProjection', { name: text, items, optional: bool }),
  downwardAPI: struct('v1.DownwardAPIProjection', { items: downwardItems }),
  configMap: struct('v1.ConfigMapProjection', { name: text, items, optional: bool }),
  serviceAccountToken: struct('v1.ServiceAccountTokenProjection', {
    audience: text,
    expirationSeconds: int64,
    path: text,
  }),
  clusterTrustBundle: struct('v1.ClusterTrustBundleProjection', {
    name: text,
    signerName: text,
    labelSelector,
    optional: bool,
    path: text,
  }),
});

/** core/v1 types.go Volume, with the sources that people still write; others are unknown fields (docs/embedded-differences.md). */
export const volume: StructType = struct('v1.Volume', {
  name: text,
  hostPath: struct('v1.HostPathVolumeSource', { path: text, type: text }),
  emptyDir: struct('v1.EmptyDirVolumeSource', { medium: text, sizeLimit: quantity }),
  secret: struct('v1.SecretVolumeSource', { secretName: text, items, defaultMode: int32, optional: bool }),
  nfs: struct('v1.NFSVolumeSource', { server: text, path: text, readOnly: flag }),
  persistentVolumeClaim: struct('v1.PersistentVolumeClaimVolumeSource', { claimName: text, readOnly: flag }),
  downwardAPI: struct('v1.DownwardAPIVolumeSource', { items: downwardItems, defaultMode: int32 }),
  configMap: struct('v1.ConfigMapVolumeSource', { name: text, items, defaultMode: int32, optional: bool }),
  projected: struct('v1.ProjectedVolumeSource', { sources: list(projection), defaultMode: int32 }),
  csi: struct('v1.CSIVolumeSource', {
    driver: text,
    readOnly: bool,
    fsType: text,
    volumeAttributes: texts,
    nodePublishSecretRef: secretRef,
  }),
  ephemeral: struct('v1.EphemeralVolumeSource', {
    volumeClaimTemplate: struct('v1.PersistentVolumeClaimTemplate', { metadata: objectMeta, spec: claimSpec }),
  }),
  image: struct('v1.ImageVolumeSource', { reference: text, pullPolicy: text }),
});
