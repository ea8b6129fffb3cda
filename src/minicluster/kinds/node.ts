import type { KubeObject } from '../../contracts/kube-client.ts';
import { type FieldError, notSupported, required } from '../../hpa/api/field-error.ts';
import { AGE, NAME } from '../api/table.ts';
import { node as type } from '../types/core.ts';
import { type Fields, fieldsOf, listOf, textOf } from './fields.ts';
import type { Column, Kind } from './kind.ts';

const NOT_READY = 'node.kubernetes.io/not-ready';
const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const ROLE = /^node-role\.kubernetes\.io\/(.+)$/;
const INFO = [
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
];

const spec = (node: KubeObject) => fieldsOf(node['spec']);
const status = (node: KubeObject) => fieldsOf(node['status']);
const info = (node: KubeObject, field: string) => textOf(fieldsOf(status(node)['nodeInfo'])[field]);

export const node: Kind = {
  group: '',
  kind: 'Node',
  plural: 'nodes',
  singular: 'node',
  shortNames: ['no'],
  namespaced: false,
  // A registering kubelet writes its status at once; upstream's strategy leaves it alone.
  keepsStatus: true,
  subresources: { status: true },
  versions: [{ version: 'v1', type }],
  default: defaulted,
  // Admission TaintNodesByCondition: a node starts as not ready, whatever it says.
  prepareCreate: (created) => {
    const taints = listOf(spec(created)['taints']);
    const tainted = taints.some(({ key, effect }) => key === NOT_READY && effect === 'NoSchedule');
    const all = tainted ? taints : [...taints, { key: NOT_READY, effect: 'NoSchedule' }];
    return { ...created, spec: { ...spec(created), taints: all } };
  },
  validate: (given) => taintErrors(listOf(spec(given)['taints'])),
  // Upstream's update validates twice.
  validateUpdate: (given) => taintErrors(listOf(spec(given)['taints'])),
  columns: [
    NAME,
    column('Status', 'The status of the node', statusText),
    column('Roles', 'The roles of the node', rolesText),
    AGE,
    column('Version', 'Kubelet Version reported by the node.', (given) => info(given, 'kubeletVersion')),
    column('Internal-IP', 'List of addresses reachable to the node.', (given) => addressOf(given, 'InternalIP'), 1),
    column('External-IP', 'List of addresses reachable to the node.', (given) => addressOf(given, 'ExternalIP'), 1),
    column('OS-Image', 'OS Image reported by the node.', (given) => info(given, 'osImage') || '<unknown>', 1),
    column('Kernel-Version', 'Kernel Version reported by the node.', kernelText, 1),
    column(
      'Container-Runtime',
      'ContainerRuntime Version reported by the node.',
      (given) => info(given, 'containerRuntimeVersion') || '<unknown>',
      1,
    ),
  ],
  fields: { 'spec.unschedulable': (given) => String(spec(given)['unschedulable'] === true) },
};

function column(name: string, description: string, cell: (node: KubeObject) => string, priority = 0): Column {
  return { name, type: 'string', description, cell, ...(priority === 0 ? {} : { priority }) };
}

function taintErrors(taints: readonly Fields[]): readonly FieldError[] {
  return taints.flatMap(({ key, effect }, at) => {
    const path = ['metadata', 'taints', at];
    if (textOf(key) === '') return [required([...path, 'key'], '')];
    if (textOf(effect) === '') return [required([...path, 'effect'], '')];
    return EFFECTS.includes(textOf(effect)) ? [] : [notSupported([...path, 'effect'], textOf(effect), EFFECTS)];
  });
}

function defaulted(given: KubeObject): KubeObject {
  const { capacity, allocatable, conditions, daemonEndpoints, nodeInfo, ...rest } = status(given);
  const { kubeletEndpoint } = fieldsOf(daemonEndpoints);
  const whole = listOf(conditions).map((each) => ({ lastHeartbeatTime: null, lastTransitionTime: null, ...each }));
  const usable = allocatable ?? capacity;
  return {
    ...given,
    spec: withRanges(spec(given)),
    status: {
      ...rest,
      ...(capacity === undefined ? {} : { capacity }),
      ...(usable === undefined ? {} : { allocatable: usable }),
      ...(whole.length === 0 ? {} : { conditions: whole }),
      daemonEndpoints: { kubeletEndpoint: { Port: 0, ...fieldsOf(kubeletEndpoint) } },
      nodeInfo: { ...Object.fromEntries(INFO.map((name) => [name, ''])), ...fieldsOf(nodeInfo) },
    },
  };
}

/** core/v1 conversion.go: the first range stands in both fields. */
function withRanges(given: Fields): Fields {
  const { podCIDR, podCIDRs } = given;
  return podCIDR === undefined || podCIDRs !== undefined ? given : { ...given, podCIDRs: [podCIDR] };
}

function statusText(given: KubeObject): string {
  const ready = listOf(status(given)['conditions']).find((condition) => condition['type'] === 'Ready');
  const text = ready === undefined ? 'Unknown' : ready['status'] === 'True' ? 'Ready' : 'NotReady';
  return spec(given)['unschedulable'] === true ? `${text},SchedulingDisabled` : text;
}

function rolesText({ metadata }: KubeObject): string {
  const labels = Object.entries(metadata.labels ?? {});
  const roles = labels.flatMap(([key, value]) => ROLE.exec(key)?.[1] ?? (key === 'kubernetes.io/role' ? value : []));
  return roles.length === 0 ? '<none>' : [...new Set(roles)].sort().join(',');
}

function addressOf(given: KubeObject, wanted: string): string {
  const found = listOf(status(given)['addresses']).find((address) => address['type'] === wanted);
  return textOf(found?.['address']) || '<none>';
}

/** From 1.36 on with the architecture behind it. */
function kernelText(given: KubeObject): string {
  const kernel = info(given, 'kernelVersion') || '<unknown>';
  const architecture = info(given, 'architecture');
  return architecture === '' ? kernel : `${kernel} (${architecture})`;
}
