import { invalid, numeric } from '../../hpa/api/field-error.ts';
import { AGE, NAME } from '../api/table.ts';
import { lease as type } from '../types/core.ts';
import { fieldsOf, nonNegative, numberOf, textOf } from './fields.ts';
import type { Kind } from './kind.ts';

export const lease: Kind = {
  group: 'coordination.k8s.io',
  kind: 'Lease',
  plural: 'leases',
  singular: 'lease',
  namespaced: true,
  needsVersion: true,
  versions: [{ version: 'v1', type }],
  default: (given) => ({ ...given, spec: given['spec'] ?? {} }),
  validate: (given) => {
    const { leaseDurationSeconds, leaseTransitions } = fieldsOf(given['spec']);
    const seconds = numberOf(leaseDurationSeconds);
    return [
      ...(leaseDurationSeconds !== undefined && seconds <= 0
        ? [invalid(['spec', 'leaseDurationSeconds'], numeric(seconds), 'must be greater than 0')]
        : []),
      ...nonNegative(['spec', 'leaseTransitions'], leaseTransitions),
    ];
  },
  columns: [
    NAME,
    {
      name: 'Holder',
      type: 'string',
      description: 'holderIdentity contains the identity of the holder of a current lease.',
      cell: (given) => textOf(fieldsOf(given['spec'])['holderIdentity']),
    },
    AGE,
  ],
};
