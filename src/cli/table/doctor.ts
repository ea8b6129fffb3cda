import { type CommandSpec, RECORD_FORMATS } from './types.ts';

/** `metrics-lab doctor`. */
export const DOCTOR: CommandSpec = {
  path: ['doctor'],
  summary: 'look at every link between this machine and a metric that an HPA can use, and name the broken one',
  details: [
    'In this order: tools, container engine, disk, ports and leftovers of labs; the kubeconfig; then of the lab or, with --context or --kubeconfig, of any other cluster: APIServices, service, endpoints, TLS, request-header CA, rights of the HPA controller, discovery, the question that the controller asks, age of the answer, TLS of kubelets, the gate for scaling to zero. Writes nothing; what may not be read is unknown and never broken.',
    'Ends with 3 when the first broken link is on this machine, with 7 when it is in the cluster.',
  ],
  flags: [{ name: 'rbac', help: 'print the ClusterRole under which explain, inspect and doctor see everything' }],
  formats: RECORD_FORMATS,
  config: true,
  anyCluster: true,
  examples: ['metrics-lab doctor', 'metrics-lab doctor --context staging', 'metrics-lab doctor --rbac'],
};
