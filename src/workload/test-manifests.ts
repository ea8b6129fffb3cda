import type { KubeObject } from '../contracts/kube-client.ts';
import type { LabSpec } from '../contracts/lab-spec.ts';
import { testPod } from '../kube/chart-test.ts';
import { named, PRODUCER, SECRET } from './manifests.ts';

/** `helm test`: publishes one item and waits until a consumer has processed it. */
export function labTest(
  spec: LabSpec,
  { image, pullPolicy }: { readonly image: string; readonly pullPolicy: string },
): KubeObject {
  const { metadata } = named(spec, 'v1', 'Pod', 'lab-test');
  return testPod(
    metadata,
    {
      image,
      pullPolicy,
      program: 'chart-test-lab',
      env: [
        { name: 'PRODUCER_URL', value: `http://${PRODUCER}.${spec.namespace}.svc` },
        { name: 'TOKEN', valueFrom: { secretKeyRef: { name: SECRET, key: 'token' } } },
      ],
    },
    { automountServiceAccountToken: false },
  );
}
