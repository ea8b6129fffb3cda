import type { ErrorEntry } from '../entry.ts';

export type MetricsErrorId = 'ML-AUTH-CONFIG' | 'ML-AUTH-CERTIFICATE';

/** Metrics server and sources. */
export const METRICS_ERRORS: Readonly<Record<MetricsErrorId, ErrorEntry>> = {
  'ML-AUTH-CONFIG': {
    exit: 'cluster',
    fault: 'environment',
    title: "The cluster's ConfigMap kube-system/extension-apiserver-authentication cannot be used",
    why: '{reason}',
    actions: ['look at it: kubectl -n kube-system get configmap extension-apiserver-authentication -o yaml'],
    retryable: true,
  },
  'ML-AUTH-CERTIFICATE': {
    exit: 'cluster',
    fault: 'environment',
    title: 'A certificate cannot be read',
    why: '{reason}',
    actions: ['look at it with openssl x509 -text'],
    retryable: false,
  },
};
