import type { KubeObject } from '../../contracts/kube-client.ts';
import { withMeta } from '../api/objects.ts';
import { object } from '../types/meta.ts';
import { podSpec, podStatus } from '../types/pod.ts';
import { type Fields, fieldsOf, listOf, numberOf, textOf } from './fields.ts';
import type { Kind } from './kind.ts';
import { admitPod, qosClass } from './pod-admission.ts';
import { POD_COLUMNS, podRowConditions } from './pod-columns.ts';
import { defaultPod } from './pod-defaults.ts';
import { podSpecErrors, podUpdateErrors } from './pod-validation.ts';

const spec = (pod: KubeObject) => fieldsOf(pod['spec']);
const status = (pod: KubeObject) => fieldsOf(pod['status']);

/** pkg/registry/core/pod/strategy.go. */
export const pod: Kind = {
  group: '',
  kind: 'Pod',
  plural: 'pods',
  singular: 'pod',
  shortNames: ['po'],
  categories: ['all'],
  namespaced: true,
  generation: true,
  returnsDeleted: true,
  subresources: { status: true },
  versions: [{ version: 'v1', type: object('v1.Pod', { spec: podSpec, status: podStatus }) }],
  default: (given) => withStatus(defaultPod(given), status(given)),
  prepareCreate: (created, context) => {
    const admitted = admitPod(defaultPod(created), context, context.suffix(5));
    return { ...admitted, status: { phase: 'Pending', qosClass: qosClass(spec(admitted)) } };
  },
  prepareUpdate: (updated, old) => withStatus(updated, status(old)),
  prepareStatus: (updated, old) => {
    const next = status(updated);
    const metadata = { ownerReferences: old.metadata.ownerReferences };
    return withStatus(withMeta(updated, metadata), { ...next, qosClass: status(old)['qosClass'] });
  },
  validate: (given) => podSpecErrors(spec(given), ['spec']),
  validateUpdate: (now, old) => podUpdateErrors(spec(now), spec(old)),
  columns: POD_COLUMNS,
  rowConditions: podRowConditions,
  fields: {
    'spec.nodeName': (given) => textOf(spec(given)['nodeName']),
    'spec.restartPolicy': (given) => textOf(spec(given)['restartPolicy']),
    'spec.schedulerName': (given) => textOf(spec(given)['schedulerName']),
    'spec.serviceAccountName': (given) => textOf(spec(given)['serviceAccountName']),
    'spec.hostNetwork': (given) => String(spec(given)['hostNetwork'] === true),
    'status.phase': (given) => textOf(status(given)['phase']),
    'status.podIP': (given) => textOf(status(given)['podIP']),
    'status.nominatedNodeName': (given) => textOf(status(given)['nominatedNodeName']),
  },
  graceSeconds: (given) => {
    // A pod that no node has, or that is done, has nothing to end.
    const { phase } = status(given);
    if (textOf(spec(given)['nodeName']) === '' || phase === 'Failed' || phase === 'Succeeded') return 0;
    return numberOf(spec(given)['terminationGracePeriodSeconds'] ?? 30);
  },
};

/** Fields of the status without omitempty. */
function withStatus(given: KubeObject, fields: Fields): KubeObject {
  const lists = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'];
  const statuses = lists.flatMap((name) =>
    fields[name] === undefined ? [] : [[name, listOf(fields[name]).map(containerStatus)] as const],
  );
  const conditions = listOf(fields['conditions']).map((condition) => ({
    lastProbeTime: null,
    lastTransitionTime: null,
    ...condition,
  }));
  return {
    ...given,
    status: {
      ...fields,
      ...Object.fromEntries(statuses),
      ...(fields['conditions'] === undefined ? {} : { conditions }),
    },
  };
}

function containerStatus(given: Fields): Fields {
  const state = (value: unknown) => {
    const { running, terminated, ...rest } = fieldsOf(value);
    return {
      ...rest,
      ...(running === undefined ? {} : { running: { startedAt: null, ...fieldsOf(running) } }),
      ...(terminated === undefined
        ? {}
        : { terminated: { exitCode: 0, startedAt: null, finishedAt: null, ...fieldsOf(terminated) } }),
    };
  };
  return {
    name: '',
    ready: false,
    restartCount: 0,
    image: '',
    imageID: '',
    ...given,
    state: state(given['state']),
    lastState: state(given['lastState']),
  };
}
