import type { KubeObject } from '../../contracts/kube-client.ts';
import { keyed, list, struct, text, time } from '../schema/type.ts';
import { object } from '../types/meta.ts';
import { forbidden } from '../api/failure.ts';
import { fieldAt, without, withMeta } from '../api/objects.ts';
import { AGE, NAME } from '../api/table.ts';
import type { Kind } from './kind.ts';

const NAME_LABEL = 'kubernetes.io/metadata.name';
/** admission plugin NamespaceLifecycle. */
const IMMORTAL = ['default', 'kube-system', 'kube-public'];

/**
 * A deletion only marks: the namespace controller empties it and takes the finalizer `kubernetes` away with `/finalize`
 * (registry/core/namespace/storage).
 */
export const namespace: Kind = {
  group: '',
  kind: 'Namespace',
  plural: 'namespaces',
  singular: 'namespace',
  shortNames: ['ns'],
  namespaced: false,
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  names: 'label',
  subresources: { status: true },
  versions: [
    {
      version: 'v1',
      type: object('v1.Namespace', {
        spec: struct('v1.NamespaceSpec', { finalizers: list(text) }),
        status: struct('v1.NamespaceStatus', {
          phase: text,
          conditions: keyed(
            struct('v1.NamespaceCondition', {
              type: text,
              status: text,
              lastTransitionTime: time,
              reason: text,
              message: text,
            }),
            'type',
          ),
        }),
      }),
    },
  ],
  default: named,
  prepareCreate: (created) => {
    const given = (fieldAt(created, ['spec', 'finalizers']) ?? []) as readonly string[];
    const finalizers = given.includes('kubernetes') ? given : [...given, 'kubernetes'];
    return { ...without(created, 'spec'), spec: { finalizers }, status: { phase: 'Active' } };
  },
  prepareUpdate: (updated, old) => ({ ...updated, spec: old['spec'], status: old['status'] }),
  checkDelete: ({ metadata }) => {
    if (IMMORTAL.includes(metadata.name)) {
      throw forbidden({ group: '', plural: 'namespaces' }, metadata.name, 'this namespace may not be deleted');
    }
  },
  mark: (marked, now) => {
    if (isEmptyOfFinalizers(marked)) return undefined;
    const deletionTimestamp = marked.metadata.deletionTimestamp ?? now;
    const status = { ...(marked['status'] as object), phase: 'Terminating' };
    return { ...withMeta(marked, { deletionTimestamp }), status };
  },
  columns: [
    NAME,
    {
      name: 'Status',
      type: 'string',
      description: 'The status of the namespace',
      cell: (shown) => String(fieldAt(shown, ['status', 'phase']) ?? ''),
    },
    AGE,
  ],
  fields: { 'status.phase': (shown) => String(fieldAt(shown, ['status', 'phase']) ?? '') },
};

export function isEmptyOfFinalizers(object_: KubeObject): boolean {
  return ((fieldAt(object_, ['spec', 'finalizers']) ?? []) as readonly string[]).length === 0;
}

function named(created: KubeObject): KubeObject {
  const labels = { ...created.metadata.labels, [NAME_LABEL]: created.metadata.name };
  return { ...withMeta(created, { labels }), spec: created['spec'] ?? {}, status: created['status'] ?? {} };
}
