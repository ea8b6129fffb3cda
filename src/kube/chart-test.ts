import type { KubeObject } from '../contracts/kube-client.ts';
import { PROGRAM_USER, RESTRICTED_CONTAINER, restrictedPod } from './pod-security.ts';

/** Makes an object one of `helm test`: made anew for each run, removed when the run was good. */
export function testHook(object: KubeObject, weight: number): KubeObject {
  const annotations = {
    'helm.sh/hook': 'test',
    'helm.sh/hook-weight': String(weight),
    'helm.sh/hook-delete-policy': 'before-hook-creation,hook-succeeded',
  };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/** A pod of `helm test` that runs one of our programs once; its exit code is the result. */
export function testPod(
  metadata: KubeObject['metadata'],
  container: {
    readonly image: string;
    readonly pullPolicy: string;
    readonly program: string;
    readonly [field: string]: unknown;
  },
  pod: object,
): KubeObject {
  const { image, pullPolicy, program, ...more } = container;
  return testHook(
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata,
      spec: {
        restartPolicy: 'Never',
        enableServiceLinks: false,
        securityContext: restrictedPod(PROGRAM_USER),
        ...pod,
        containers: [
          {
            name: 'test',
            image,
            imagePullPolicy: pullPolicy,
            args: [program],
            resources: { requests: { cpu: '10m', memory: '48Mi' } },
            securityContext: RESTRICTED_CONTAINER,
            ...more,
          },
        ],
      },
    },
    5,
  );
}
