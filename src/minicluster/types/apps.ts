import {
  count,
  count64,
  flag,
  int32,
  intOrString,
  keyed,
  list,
  struct,
  type StructType,
  text,
  time,
} from '../schema/type.ts';
import { labelSelector, object, objectMeta } from './meta.ts';
import { podTemplate, resources } from './pod.ts';

const condition = (go: string, withUpdate = false) =>
  keyed(
    struct(go, {
      type: text,
      status: text,
      ...(withUpdate ? { lastUpdateTime: time } : {}),
      lastTransitionTime: time,
      reason: text,
      message: text,
    }),
    'type',
  );

/** apps/v1 types.go. */
export const deployment: StructType = object('v1.Deployment', {
  spec: struct('v1.DeploymentSpec', {
    replicas: int32,
    selector: labelSelector,
    template: podTemplate,
    strategy: {
      type: struct('v1.DeploymentStrategy', {
        type: text,
        rollingUpdate: struct('v1.RollingUpdateDeployment', { maxUnavailable: intOrString, maxSurge: intOrString }),
      }),
      retainKeys: true,
    },
    minReadySeconds: count,
    revisionHistoryLimit: int32,
    paused: flag,
    progressDeadlineSeconds: int32,
  }),
  status: struct('v1.DeploymentStatus', {
    observedGeneration: count64,
    replicas: count,
    updatedReplicas: count,
    readyReplicas: count,
    availableReplicas: count,
    unavailableReplicas: count,
    terminatingReplicas: int32,
    conditions: condition('v1.DeploymentCondition', true),
    collisionCount: int32,
  }),
});

export const replicaSet: StructType = object('v1.ReplicaSet', {
  spec: struct('v1.ReplicaSetSpec', {
    replicas: int32,
    minReadySeconds: count,
    selector: labelSelector,
    template: podTemplate,
  }),
  status: struct('v1.ReplicaSetStatus', {
    replicas: int32,
    fullyLabeledReplicas: count,
    readyReplicas: count,
    availableReplicas: count,
    terminatingReplicas: int32,
    observedGeneration: count64,
    conditions: condition('v1.ReplicaSetCondition'),
  }),
});

const claim = object('v1.PersistentVolumeClaim', {
  spec: struct('v1.PersistentVolumeClaimSpec', {
    accessModes: list(text),
    selector: labelSelector,
    resources,
    volumeName: text,
    storageClassName: text,
    volumeMode: text,
    volumeAttributesClassName: text,
  }),
  status: struct('v1.PersistentVolumeClaimStatus', { phase: text }),
});

export const statefulSet: StructType = object('v1.StatefulSet', {
  spec: struct('v1.StatefulSetSpec', {
    replicas: int32,
    selector: labelSelector,
    template: podTemplate,
    volumeClaimTemplates: list(claim),
    serviceName: text,
    podManagementPolicy: text,
    updateStrategy: struct('v1.StatefulSetUpdateStrategy', {
      type: text,
      rollingUpdate: struct('v1.RollingUpdateStatefulSetStrategy', { partition: int32, maxUnavailable: intOrString }),
    }),
    revisionHistoryLimit: int32,
    minReadySeconds: count,
    persistentVolumeClaimRetentionPolicy: struct('v1.StatefulSetPersistentVolumeClaimRetentionPolicy', {
      whenDeleted: text,
      whenScaled: text,
    }),
    ordinals: struct('v1.StatefulSetOrdinals', { start: count }),
  }),
  status: struct('v1.StatefulSetStatus', {
    observedGeneration: count64,
    replicas: int32,
    readyReplicas: count,
    currentReplicas: count,
    updatedReplicas: count,
    currentRevision: text,
    updateRevision: text,
    collisionCount: int32,
    conditions: condition('v1.StatefulSetCondition'),
    availableReplicas: int32,
  }),
});

/** autoscaling/v1 Scale, of the subresource `scale`. */
export const scaleType: StructType = struct('v1.Scale', {
  apiVersion: text,
  kind: text,
  metadata: objectMeta,
  spec: struct('v1.ScaleSpec', { replicas: count }),
  status: struct('v1.ScaleStatus', { replicas: int32, selector: text }),
});
