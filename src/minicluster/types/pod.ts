import {
  bool,
  count,
  count64,
  flag,
  int32,
  int64,
  intOrString,
  keyed,
  list,
  map,
  quantity,
  set,
  struct,
  type StructType,
  text,
  time,
} from '../schema/type.ts';
import { labelSelector, objectMeta } from './meta.ts';
import { volume } from './volume.ts';

const quantities = map(quantity);
const localReference = struct('v1.LocalObjectReference', { name: text }, true);

const keySelector = (go: string) => struct(go, { name: text, key: text, optional: bool }, true);
const envVar = struct('v1.EnvVar', {
  name: text,
  value: text,
  valueFrom: struct('v1.EnvVarSource', {
    fieldRef: struct('v1.ObjectFieldSelector', { apiVersion: text, fieldPath: text }, true),
    resourceFieldRef: struct(
      'v1.ResourceFieldSelector',
      { containerName: text, resource: text, divisor: quantity },
      true,
    ),
    configMapKeyRef: keySelector('v1.ConfigMapKeySelector'),
    secretKeyRef: keySelector('v1.SecretKeySelector'),
    fileKeyRef: struct('v1.FileKeySelector', { volumeName: text, path: text, key: text, optional: bool }, true),
  }),
});
const envFrom = struct('v1.EnvFromSource', {
  prefix: text,
  configMapRef: struct('v1.ConfigMapEnvSource', { name: text, optional: bool }),
  secretRef: struct('v1.SecretEnvSource', { name: text, optional: bool }),
});

const httpGet = struct('v1.HTTPGetAction', {
  path: text,
  port: intOrString,
  host: text,
  scheme: text,
  httpHeaders: list(struct('v1.HTTPHeader', { name: text, value: text })),
});
const exec = struct('v1.ExecAction', { command: list(text) });
const tcpSocket = struct('v1.TCPSocketAction', { port: intOrString, host: text });
const probe = struct('v1.Probe', {
  exec,
  httpGet,
  tcpSocket,
  grpc: struct('v1.GRPCAction', { port: int32, service: text }),
  initialDelaySeconds: count,
  timeoutSeconds: count,
  periodSeconds: count,
  successThreshold: count,
  failureThreshold: count,
  terminationGracePeriodSeconds: int64,
});
const lifecycleHandler = struct('v1.LifecycleHandler', {
  exec,
  httpGet,
  tcpSocket,
  sleep: struct('v1.SleepAction', { seconds: int64 }),
});

const seLinux = struct('v1.SELinuxOptions', { user: text, role: text, type: text, level: text });
const windows = struct('v1.WindowsSecurityContextOptions', {
  gmsaCredentialSpecName: text,
  gmsaCredentialSpec: text,
  runAsUserName: text,
  hostProcess: bool,
});
const profile = (go: string) => struct(go, { type: text, localhostProfile: text });
const securityContext = struct('v1.SecurityContext', {
  capabilities: struct('v1.Capabilities', { add: list(text), drop: list(text) }),
  privileged: bool,
  seLinuxOptions: seLinux,
  windowsOptions: windows,
  runAsUser: int64,
  runAsGroup: int64,
  runAsNonRoot: bool,
  readOnlyRootFilesystem: bool,
  allowPrivilegeEscalation: bool,
  procMount: text,
  seccompProfile: profile('v1.SeccompProfile'),
  appArmorProfile: profile('v1.AppArmorProfile'),
});

export const resources: StructType = struct('v1.ResourceRequirements', {
  limits: quantities,
  requests: quantities,
  claims: keyed(struct('v1.ResourceClaim', { name: text, request: text }), 'name'),
});

const containerFields = {
  name: text,
  image: text,
  command: list(text),
  args: list(text),
  workingDir: text,
  ports: keyed(
    struct('v1.ContainerPort', { name: text, hostPort: count, containerPort: int32, protocol: text, hostIP: text }),
    'containerPort',
    ['containerPort', 'protocol'],
  ),
  envFrom: list(envFrom),
  env: keyed(envVar, 'name'),
  resources,
  resizePolicy: list(struct('v1.ContainerResizePolicy', { resourceName: text, restartPolicy: text })),
  restartPolicy: text,
  restartPolicyRules: list(
    struct('v1.ContainerRestartRule', {
      action: text,
      exitCodes: struct('v1.ContainerRestartRuleOnExitCodes', { operator: text, values: set(int32, false) }),
    }),
  ),
  volumeMounts: keyed(
    struct('v1.VolumeMount', {
      name: text,
      readOnly: flag,
      recursiveReadOnly: text,
      mountPath: text,
      subPath: text,
      mountPropagation: text,
      subPathExpr: text,
    }),
    'mountPath',
  ),
  volumeDevices: keyed(struct('v1.VolumeDevice', { name: text, devicePath: text }), 'devicePath'),
  livenessProbe: probe,
  readinessProbe: probe,
  startupProbe: probe,
  lifecycle: struct('v1.Lifecycle', { postStart: lifecycleHandler, preStop: lifecycleHandler, stopSignal: text }),
  terminationMessagePath: text,
  terminationMessagePolicy: text,
  imagePullPolicy: text,
  securityContext,
  stdin: flag,
  stdinOnce: flag,
  tty: flag,
};
export const container: StructType = struct('v1.Container', containerFields);
const ephemeralContainer = struct('v1.EphemeralContainer', { ...containerFields, targetContainerName: text });

const nodeSelectorTerm = struct(
  'v1.NodeSelectorTerm',
  {
    matchExpressions: list(struct('v1.NodeSelectorRequirement', { key: text, operator: text, values: list(text) })),
    matchFields: list(struct('v1.NodeSelectorRequirement', { key: text, operator: text, values: list(text) })),
  },
  true,
);
const podAffinityTerm = struct('v1.PodAffinityTerm', {
  labelSelector,
  namespaces: list(text),
  topologyKey: text,
  namespaceSelector: labelSelector,
  matchLabelKeys: list(text),
  mismatchLabelKeys: list(text),
});
const podAffinity = (go: string) =>
  struct(go, {
    requiredDuringSchedulingIgnoredDuringExecution: list(podAffinityTerm),
    preferredDuringSchedulingIgnoredDuringExecution: list(
      struct('v1.WeightedPodAffinityTerm', { weight: int32, podAffinityTerm }),
    ),
  });
const affinity = struct('v1.Affinity', {
  nodeAffinity: struct('v1.NodeAffinity', {
    requiredDuringSchedulingIgnoredDuringExecution: struct(
      'v1.NodeSelector',
      { nodeSelectorTerms: list(nodeSelectorTerm) },
      true,
    ),
    preferredDuringSchedulingIgnoredDuringExecution: list(
      struct('v1.PreferredSchedulingTerm', { weight: int32, preference: nodeSelectorTerm }),
    ),
  }),
  podAffinity: podAffinity('v1.PodAffinity'),
  podAntiAffinity: podAffinity('v1.PodAntiAffinity'),
});

const podSecurityContext = struct('v1.PodSecurityContext', {
  seLinuxOptions: seLinux,
  windowsOptions: windows,
  runAsUser: int64,
  runAsGroup: int64,
  runAsNonRoot: bool,
  supplementalGroups: list(int64),
  supplementalGroupsPolicy: text,
  fsGroup: int64,
  sysctls: list(struct('v1.Sysctl', { name: text, value: text })),
  fsGroupChangePolicy: text,
  seccompProfile: profile('v1.SeccompProfile'),
  appArmorProfile: profile('v1.AppArmorProfile'),
  seLinuxChangePolicy: text,
});

/** core/v1 types.go PodSpec. */
export const podSpec: StructType = struct('v1.PodSpec', {
  volumes: { type: keyed(volume, 'name'), retainKeys: true },
  initContainers: keyed(container, 'name'),
  containers: keyed(container, 'name'),
  ephemeralContainers: keyed(ephemeralContainer, 'name'),
  restartPolicy: text,
  terminationGracePeriodSeconds: int64,
  activeDeadlineSeconds: int64,
  dnsPolicy: text,
  nodeSelector: map(text, true),
  serviceAccountName: text,
  serviceAccount: text,
  automountServiceAccountToken: bool,
  nodeName: text,
  hostNetwork: flag,
  hostPID: flag,
  hostIPC: flag,
  shareProcessNamespace: bool,
  securityContext: podSecurityContext,
  imagePullSecrets: keyed(localReference, 'name'),
  hostname: text,
  subdomain: text,
  affinity,
  schedulerName: text,
  tolerations: list(
    struct('v1.Toleration', { key: text, operator: text, value: text, effect: text, tolerationSeconds: int64 }),
  ),
  hostAliases: keyed(struct('v1.HostAlias', { ip: text, hostnames: list(text) }), 'ip'),
  priorityClassName: text,
  priority: int32,
  dnsConfig: struct('v1.PodDNSConfig', {
    nameservers: list(text),
    searches: list(text),
    options: list(struct('v1.PodDNSConfigOption', { name: text, value: text })),
  }),
  readinessGates: list(struct('v1.PodReadinessGate', { conditionType: text })),
  runtimeClassName: text,
  enableServiceLinks: bool,
  preemptionPolicy: text,
  overhead: quantities,
  topologySpreadConstraints: keyed(
    struct('v1.TopologySpreadConstraint', {
      maxSkew: int32,
      topologyKey: text,
      whenUnsatisfiable: text,
      labelSelector,
      minDomains: int32,
      nodeAffinityPolicy: text,
      nodeTaintsPolicy: text,
      matchLabelKeys: list(text),
    }),
    'topologyKey',
    ['topologyKey', 'whenUnsatisfiable'],
  ),
  setHostnameAsFQDN: bool,
  os: struct('v1.PodOS', { name: text }),
  hostUsers: bool,
  schedulingGates: keyed(struct('v1.PodSchedulingGate', { name: text }), 'name'),
  resourceClaims: {
    type: keyed(
      struct('v1.PodResourceClaim', { name: text, resourceClaimName: text, resourceClaimTemplateName: text }),
      'name',
    ),
    retainKeys: true,
  },
  resources,
  hostnameOverride: text,
});

export const podTemplate: StructType = struct('v1.PodTemplateSpec', { metadata: objectMeta, spec: podSpec });

const running = struct('v1.ContainerStateRunning', { startedAt: time });
const terminated = struct('v1.ContainerStateTerminated', {
  exitCode: int32,
  signal: count,
  reason: text,
  message: text,
  startedAt: time,
  finishedAt: time,
  containerID: text,
});
const state = struct('v1.ContainerState', {
  waiting: struct('v1.ContainerStateWaiting', { reason: text, message: text }),
  running,
  terminated,
});
const containerStatus = struct('v1.ContainerStatus', {
  name: text,
  state,
  lastState: state,
  ready: bool,
  restartCount: int32,
  image: text,
  imageID: text,
  containerID: text,
  started: bool,
  allocatedResources: quantities,
  resources,
  volumeMounts: keyed(
    struct('v1.VolumeMountStatus', { name: text, mountPath: text, readOnly: flag, recursiveReadOnly: text }),
    'mountPath',
  ),
  user: struct('v1.ContainerUser', {
    linux: struct('v1.LinuxContainerUser', { uid: int64, gid: int64, supplementalGroups: list(int64) }),
  }),
  stopSignal: text,
});
const podIP = keyed(struct('v1.PodIP', { ip: text }), 'ip');

/** core/v1 types.go PodStatus. */
export const podStatus: StructType = struct('v1.PodStatus', {
  observedGeneration: count64,
  phase: text,
  conditions: keyed(
    struct('v1.PodCondition', {
      type: text,
      observedGeneration: count64,
      status: text,
      lastProbeTime: time,
      lastTransitionTime: time,
      reason: text,
      message: text,
    }),
    'type',
  ),
  message: text,
  reason: text,
  nominatedNodeName: text,
  hostIP: text,
  // Merged by a patch, a whole to server-side apply.
  hostIPs: { is: 'list', of: struct('v1.HostIP', { ip: text }), merge: { patchKey: 'ip' } },
  podIP: text,
  podIPs: podIP,
  startTime: time,
  initContainerStatuses: list(containerStatus),
  containerStatuses: list(containerStatus),
  qosClass: text,
  ephemeralContainerStatuses: list(containerStatus),
  resize: text,
  resourceClaimStatuses: {
    type: keyed(struct('v1.PodResourceClaimStatus', { name: text, resourceClaimName: text }), 'name'),
    retainKeys: true,
  },
});
