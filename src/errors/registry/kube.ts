import type { ErrorEntry } from '../entry.ts';

export type KubeErrorId = 'ML-KUBE-UNREACHABLE' | 'ML-KUBE-STATUS' | 'ML-KUBE-CONFIG' | 'ML-KUBE-SHAPE';

/** Talking to a Kubernetes API. */
export const KUBE_ERRORS: Readonly<Record<KubeErrorId, ErrorEntry>> = {
  'ML-KUBE-UNREACHABLE': {
    exit: 'cluster',
    fault: 'environment',
    title: 'The Kubernetes API at {server} does not answer',
    why: '{reason}',
    actions: ['see what runs with `metrics-lab status`', 'bring the lab back with `metrics-lab up`'],
    retryable: true,
  },
  'ML-KUBE-STATUS': {
    exit: 'cluster',
    fault: 'environment',
    title: 'The Kubernetes API refused {method} {path}: {code} {reason}',
    why: '{message}',
    actions: ['see what runs with `metrics-lab status`'],
    retryable: false,
  },
  'ML-KUBE-CONFIG': {
    exit: 'precondition',
    fault: 'user',
    title: 'The kubeconfig {path} cannot be used',
    why: '{reason}',
    actions: ['name another file with --kubeconfig'],
    retryable: false,
  },
  'ML-KUBE-SHAPE': {
    exit: 'cluster',
    fault: 'environment',
    title: 'The answer of the Kubernetes API to {path} has an unexpected shape',
    why: '{reason}',
    actions: ['check that the server is a Kubernetes API of a supported version'],
    retryable: false,
  },
};
