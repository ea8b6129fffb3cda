import {
  bool,
  count,
  flag,
  int32,
  intOrString,
  keyed,
  list,
  map,
  microTime,
  quantity,
  set,
  struct,
  type StructType,
  text,
  texts,
  time,
} from '../schema/type.ts';
import { condition, object } from './meta.ts';
import { objectReference } from './reference.ts';

const servicePort = struct('v1.ServicePort', {
  name: text,
  protocol: text,
  appProtocol: text,
  port: int32,
  targetPort: intOrString,
  nodePort: count,
});

/** core/v1 types.go Service. */
export const service: StructType = object('v1.Service', {
  spec: struct('v1.ServiceSpec', {
    ports: keyed(servicePort, 'port', ['port', 'protocol']),
    selector: map(text, true),
    clusterIP: text,
    clusterIPs: list(text),
    type: text,
    externalIPs: list(text),
    sessionAffinity: text,
    loadBalancerIP: text,
    loadBalancerSourceRanges: list(text),
    externalName: text,
    externalTrafficPolicy: text,
    healthCheckNodePort: count,
    publishNotReadyAddresses: flag,
    sessionAffinityConfig: struct('v1.SessionAffinityConfig', {
      clientIP: struct('v1.ClientIPConfig', { timeoutSeconds: int32 }),
    }),
    ipFamilies: list(text),
    ipFamilyPolicy: text,
    allocateLoadBalancerNodePorts: bool,
    loadBalancerClass: text,
    internalTrafficPolicy: text,
    trafficDistribution: text,
  }),
  status: struct('v1.ServiceStatus', {
    loadBalancer: struct('v1.LoadBalancerStatus', {
      ingress: list(
        struct('v1.LoadBalancerIngress', {
          ip: text,
          hostname: text,
          ipMode: text,
          ports: list(struct('v1.PortStatus', { port: int32, protocol: text, error: text })),
        }),
      ),
    }),
    conditions: keyed(condition, 'type'),
  }),
});

const endpointAddress = struct(
  'v1.EndpointAddress',
  { ip: text, hostname: text, nodeName: text, targetRef: objectReference },
  true,
);

export const endpoints: StructType = object('v1.Endpoints', {
  subsets: list(
    struct('v1.EndpointSubset', {
      addresses: list(endpointAddress),
      notReadyAddresses: list(endpointAddress),
      ports: list(struct('v1.EndpointPort', { name: text, port: int32, protocol: text, appProtocol: text }, true)),
    }),
  ),
});

/** discovery/v1 types.go. */
export const endpointSlice: StructType = object('v1.EndpointSlice', {
  addressType: text,
  endpoints: list(
    struct('v1.Endpoint', {
      addresses: set(text, false),
      conditions: struct('v1.EndpointConditions', { ready: bool, serving: bool, terminating: bool }),
      hostname: text,
      targetRef: objectReference,
      deprecatedTopology: texts,
      nodeName: text,
      zone: text,
      hints: struct('v1.EndpointHints', {
        forZones: list(struct('v1.ForZone', { name: text })),
        forNodes: list(struct('v1.ForNode', { name: text })),
      }),
    }),
  ),
  // `name` is a pointer: '' stays.
  ports: list(
    struct(
      'v1.EndpointPort',
      { name: { is: 'string', keep: true }, protocol: text, port: int32, appProtocol: text },
      true,
    ),
  ),
});

const eventSource = struct('v1.EventSource', { component: text, host: text });

export const coreEvent: StructType = object('v1.Event', {
  involvedObject: objectReference,
  reason: text,
  message: text,
  source: eventSource,
  firstTimestamp: time,
  lastTimestamp: time,
  count,
  type: text,
  eventTime: microTime,
  series: struct('v1.EventSeries', { count, lastObservedTime: microTime }),
  action: text,
  related: objectReference,
  reportingComponent: text,
  reportingInstance: text,
});

/** events/v1 types.go. */
export const event: StructType = object('v1.Event', {
  eventTime: microTime,
  series: struct('v1.EventSeries', { count: int32, lastObservedTime: microTime }),
  reportingController: text,
  reportingInstance: text,
  action: text,
  reason: text,
  regarding: objectReference,
  related: objectReference,
  note: text,
  type: text,
  deprecatedSource: eventSource,
  deprecatedFirstTimestamp: time,
  deprecatedLastTimestamp: time,
  deprecatedCount: count,
});

/** coordination/v1 types.go. */
export const lease: StructType = object('v1.Lease', {
  spec: struct('v1.LeaseSpec', {
    holderIdentity: text,
    leaseDurationSeconds: int32,
    acquireTime: microTime,
    renewTime: microTime,
    leaseTransitions: int32,
    strategy: text,
    preferredHolder: text,
  }),
});

const configMapSource = struct('v1.ConfigMapNodeConfigSource', {
  namespace: text,
  name: text,
  uid: text,
  resourceVersion: text,
  kubeletConfigKey: text,
});

export const node: StructType = object('v1.Node', {
  spec: struct('v1.NodeSpec', {
    podCIDR: text,
    podCIDRs: { is: 'list', of: text, merge: { patchKey: '', applyKeys: [] } },
    providerID: text,
    unschedulable: flag,
    taints: list(struct('v1.Taint', { key: text, value: text, effect: text, timeAdded: time })),
    configSource: struct('v1.NodeConfigSource', { configMap: configMapSource }),
    externalID: text,
  }),
  status: struct('v1.NodeStatus', {
    capacity: map(quantity),
    allocatable: map(quantity),
    phase: text,
    conditions: keyed(
      struct('v1.NodeCondition', {
        type: text,
        status: text,
        lastHeartbeatTime: time,
        lastTransitionTime: time,
        reason: text,
        message: text,
      }),
      'type',
    ),
    addresses: keyed(struct('v1.NodeAddress', { type: text, address: text }), 'type'),
    daemonEndpoints: struct('v1.NodeDaemonEndpoints', {
      kubeletEndpoint: struct('v1.DaemonEndpoint', { Port: int32 }),
    }),
    nodeInfo: struct(
      'v1.NodeSystemInfo',
      Object.fromEntries(
        [
          'machineID',
          'systemUUID',
          'bootID',
          'kernelVersion',
          'osImage',
          'containerRuntimeVersion',
          'kubeletVersion',
          'kubeProxyVersion',
          'operatingSystem',
          'architecture',
        ].map((name) => [name, text]),
      ),
    ),
    images: list(struct('v1.ContainerImage', { names: list(text), sizeBytes: int32 })),
    volumesInUse: list(text),
    features: struct('v1.NodeFeatures', { supplementalGroupsPolicy: bool }),
    runtimeHandlers: list(
      struct('v1.NodeRuntimeHandler', {
        name: text,
        features: struct('v1.NodeRuntimeHandlerFeatures', { recursiveReadOnlyMounts: bool, userNamespaces: bool }),
      }),
    ),
  }),
});
