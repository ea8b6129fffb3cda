import { bool, keyed, list, struct, text } from '../schema/type.ts';
import { object } from '../types/meta.ts';
import { AGE, NAME } from '../api/table.ts';
import type { Kind } from './kind.ts';
import { objectReference } from '../types/reference.ts';

export const serviceAccount: Kind = {
  group: '',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  singular: 'serviceaccount',
  shortNames: ['sa'],
  namespaced: true,
  returnsDeleted: true,
  versions: [
    {
      version: 'v1',
      type: object('v1.ServiceAccount', {
        secrets: keyed(objectReference, 'name'),
        imagePullSecrets: list(struct('v1.LocalObjectReference', { name: text }, true)),
        automountServiceAccountToken: bool,
      }),
    },
  ],
  columns: [NAME, AGE],
};
