/**
 * The parts of a pod that the Pod Security Standard `restricted` asks for
 * (kubernetes.io/docs/concepts/security/pod-security-standards), and a read-only root file system on top.
 */
export const RESTRICTED_NAMESPACE_LABELS: Readonly<Record<string, string>> = {
  'pod-security.kubernetes.io/enforce': 'restricted',
};

/** `user`: numeric, above 0; volumes belong to the group of the same number. */
export function restrictedPod(user: number): object {
  return {
    runAsNonRoot: true,
    runAsUser: user,
    runAsGroup: user,
    fsGroup: user,
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

export const RESTRICTED_CONTAINER: object = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

/** The user of the image with the lab's programs (`node` of node:24-slim). */
export const PROGRAM_USER = 1000;
