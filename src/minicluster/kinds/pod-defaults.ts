import type { KubeObject } from '../../contracts/kube-client.ts';
import { type Fields, fieldsOf, listOf, mapped, mapList, textOf } from './fields.ts';

// pkg/apis/core/v1/defaults.go

const FILE_MODE = 0o644;
const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'];

/** A PodSpec with its defaults, as in a pod and in every template. */
export function defaultPodSpec(spec: Fields): Fields {
  const hostNetwork = spec['hostNetwork'] === true;
  const containers = (value: unknown) => mapList(value, (container) => defaultContainer(container, hostNetwork));
  const account = textOf(spec['serviceAccountName']) || textOf(spec['serviceAccount']);
  return {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
    ...spec,
    // `containers` has no omitempty.
    containers: containers(spec['containers']) ?? null,
    ...(spec['initContainers'] === undefined ? {} : { initContainers: containers(spec['initContainers']) }),
    ...(spec['volumes'] === undefined ? {} : { volumes: mapList(spec['volumes'], defaultVolume) }),
    ...(account === '' ? {} : { serviceAccountName: account, serviceAccount: account }),
  };
}

/** A PodTemplateSpec. */
export function defaultTemplate(template: unknown): Fields {
  const { metadata, spec } = fieldsOf(template);
  return { metadata: metadata ?? {}, spec: defaultPodSpec(fieldsOf(spec)) };
}

/** What only a pod itself gets: requests out of limits, service links. */
export function defaultPod(pod: KubeObject): KubeObject {
  const spec = defaultPodSpec(fieldsOf(pod['spec']));
  const withRequests = (container: Fields): Fields => {
    const { limits, requests, ...rest } = fieldsOf(container['resources']);
    if (limits === undefined) return container;
    return { ...container, resources: { ...rest, limits, requests: { ...fieldsOf(limits), ...fieldsOf(requests) } } };
  };
  const containers = mapList(spec['containers'], withRequests) ?? null;
  const initContainers = mapList(spec['initContainers'], withRequests);
  return {
    ...pod,
    spec: {
      enableServiceLinks: true,
      ...spec,
      containers,
      ...(initContainers === undefined ? {} : { initContainers }),
    },
  };
}

function defaultContainer(container: Fields, hostNetwork: boolean): Fields {
  const image = textOf(container['image']);
  const probes = PROBES.filter((name) => container[name] !== undefined);
  const ports = mapList(container['ports'], (port) => ({
    protocol: 'TCP',
    ...port,
    ...(hostNetwork && port['hostPort'] === undefined ? { hostPort: port['containerPort'] } : {}),
  }));
  const env = mapList(container['env'], defaultEnv);
  return {
    name: '',
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: pullsAlways(image) ? 'Always' : 'IfNotPresent',
    ...container,
    ...(ports === undefined ? {} : { ports }),
    ...(env === undefined ? {} : { env }),
    ...Object.fromEntries(probes.map((name) => [name, defaultProbe(fieldsOf(container[name]))])),
    ...(container['lifecycle'] === undefined
      ? {}
      : {
          lifecycle: mapped(fieldsOf(container['lifecycle']), { preStop: defaultHandler, postStart: defaultHandler }),
        }),
  };
}

/** util/parsers ParseImageName: no tag (or digest) is `latest`. */
function pullsAlways(image: string): boolean {
  if (image.includes('@')) return false;
  const tag = /:([^/:]+)$/.exec(image)?.[1];
  return tag === undefined || tag === 'latest';
}

function defaultEnv(variable: Fields): Fields {
  const { fieldRef, resourceFieldRef, ...rest } = fieldsOf(variable['valueFrom']);
  if (fieldRef !== undefined) {
    return { ...variable, valueFrom: { ...rest, fieldRef: { apiVersion: 'v1', ...fieldsOf(fieldRef) } } };
  }
  if (resourceFieldRef === undefined) return variable;
  return { ...variable, valueFrom: { ...rest, resourceFieldRef: { divisor: '0', ...fieldsOf(resourceFieldRef) } } };
}

function defaultProbe(probe: Fields): Fields {
  return {
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
    ...fieldsOf(defaultHandler(probe)),
  };
}

/** httpGet in probes and life cycle handlers; grpc's service is a pointer, '' by default. */
function defaultHandler(handler: unknown): unknown {
  return mapped(fieldsOf(handler), {
    httpGet: (value) => ({ path: '/', scheme: 'HTTP', ...fieldsOf(value) }),
    grpc: (value) => ({ service: '', ...fieldsOf(value) }),
  });
}

function defaultVolume(volume: Fields): Fields {
  if (Object.keys(volume).every((name) => name === 'name')) return { ...volume, emptyDir: {} };
  const mode = (value: unknown) => ({ defaultMode: FILE_MODE, ...fieldsOf(value) });
  return mapped(volume, {
    secret: mode,
    configMap: mode,
    downwardAPI: (value) => mode({ ...fieldsOf(value), ...downwardItems(value) }),
    projected: (value) => mode({ ...fieldsOf(value), sources: mapList(fieldsOf(value)['sources'], defaultSource) }),
    hostPath: (value) => ({ type: '', ...fieldsOf(value) }),
  });
}

function defaultSource(source: Fields): Fields {
  return mapped(source, {
    serviceAccountToken: (value) => ({ expirationSeconds: 3600, ...fieldsOf(value) }),
    downwardAPI: (value) => ({ ...fieldsOf(value), ...downwardItems(value) }),
  });
}

function downwardItems(value: unknown): Fields {
  const items = listOf(fieldsOf(value)['items']);
  if (items.length === 0) return {};
  return {
    items: items.map((item) => mapped(item, { fieldRef: (ref) => ({ apiVersion: 'v1', ...fieldsOf(ref) }) })),
  };
}
