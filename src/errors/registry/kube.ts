import type { ErrorEntry } from '../entry.ts';

export type KubeErrorId =
  | 'ML-KUBE-UNREACHABLE'
  | 'ML-KUBE-AWAY'
  | 'ML-KUBE-STATUS'
  | 'ML-KUBE-CONFIG'
  | 'ML-KUBE-CREDENTIAL'
  | 'ML-KUBE-SHAPE';

/** Talking to a Kubernetes API. */
export const KUBE_ERRORS: Readonly<Record<KubeErrorId, ErrorEntry>> = {
  'ML-KUBE-UNREACHABLE': {
    exit: 'cluster',
    fault: 'environment',
    title: 'The Kubernetes API at {server} does not answer',
    why: '{reason}',
    actions: [
      'a lab: see what runs with `metrics-lab status`, bring it back with `metrics-lab up`',
      'another cluster: check that `kubectl --context NAME version` reaches it, or name another one with --context',
    ],
    retryable: true,
  },
  'ML-KUBE-AWAY': {
    exit: 'cluster',
    fault: 'environment',
    title: 'The Kubernetes API at {server} (context {context}) does not answer',
    why: '{reason}',
    actions: [
      'try the same with `kubectl --context {context} version`; when that fails too, look at the network, VPN or proxy on the way, or start that cluster',
      'name another context with --context (`kubectl config get-contexts` lists them)',
    ],
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
    actions: ['name another context with --context, or another file with --kubeconfig'],
    retryable: false,
  },
  'ML-KUBE-CREDENTIAL': {
    exit: 'precondition',
    fault: 'environment',
    title: 'The credential plugin {command} of the kubeconfig {path} gives no credential',
    why: '{reason}',
    actions: ['{hint}'],
    retryable: true,
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
