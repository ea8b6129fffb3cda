/** Controllers of a cluster of local processes, as `--disable-controller` names them; `all` = every one. */
export const CONTROLLER_NAMES: readonly string[] = [
  'all',
  'deployment',
  'endpoints',
  'endpointslice',
  'event-ttl',
  'garbage-collector',
  'hpa',
  'namespace',
  'node-lifecycle',
  'pod-gc',
  'replicaset',
  'root-ca',
  'serviceaccount',
  'statefulset',
];
