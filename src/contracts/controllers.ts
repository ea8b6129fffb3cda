/** Who binds pods: the node itself on `embedded`, and on `native` where there is no kube-scheduler. */
const SCHEDULER = 'scheduler';

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
  SCHEDULER,
  'serviceaccount',
  'statefulset',
];

/** Whether `--disable-controller` takes this one away. */
export function isDisabled(name: string, disabled: readonly string[] = []): boolean {
  return disabled.includes(name) || disabled.includes('all');
}

/** Whether pods wait for a scheduler that somebody else starts. */
export function isSchedulerDisabled(disabled: readonly string[] | undefined): boolean {
  return isDisabled(SCHEDULER, disabled);
}
