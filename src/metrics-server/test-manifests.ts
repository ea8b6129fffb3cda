import type { KubeObject } from '../contracts/kube-client.ts';
import { testHook, testPod } from '../kube/chart-test.ts';
import { SERVICE } from './manifests.ts';
import { metricsServerObject, POD_ETC } from './pod-manifests.ts';

const RBAC = 'rbac.authorization.k8s.io';

/** `helm test`: asks the cluster for every metric of the configuration, with a service account that may read external metrics only. */
export function metricsTest(options: {
  readonly lab: string;
  readonly namespace: string;
  readonly image: string;
  readonly pullPolicy: string;
}): readonly KubeObject[] {
  const name = `${SERVICE}-test`;
  const object = (apiVersion: string, kind: string) => metricsServerObject(options, apiVersion, kind, name);
  const role = `metrics-lab-${options.lab}-test`;
  const clusterWide = (kind: string): KubeObject => {
    const { namespace: _, ...metadata } = object(`${RBAC}/v1`, kind).metadata;
    return { apiVersion: `${RBAC}/v1`, kind, metadata: { ...metadata, name: role } };
  };
  // The pods of the Service have the label app.kubernetes.io/name of the server; this one must not.
  const metadata = { name, namespace: options.namespace, labels: { 'app.kubernetes.io/part-of': 'metrics-lab' } };
  return [
    testHook(object('v1', 'ServiceAccount'), 0),
    testHook(
      {
        ...clusterWide('ClusterRole'),
        rules: [{ apiGroups: ['external.metrics.k8s.io'], resources: ['*'], verbs: ['list'] }],
      },
      0,
    ),
    testHook(
      {
        ...clusterWide('ClusterRoleBinding'),
        roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: role },
        subjects: [{ kind: 'ServiceAccount', name, namespace: options.namespace }],
      },
      0,
    ),
    testPod(
      metadata,
      {
        image: options.image,
        pullPolicy: options.pullPolicy,
        program: 'chart-test-metrics',
        env: [
          { name: 'METRICS_SERVER_CONFIG', value: `${POD_ETC}/config/config.json` },
          { name: 'NAMESPACE', value: options.namespace },
        ],
        volumeMounts: [{ name: 'config', mountPath: `${POD_ETC}/config`, readOnly: true }],
      },
      { serviceAccountName: name, volumes: [{ name: 'config', configMap: { name: SERVICE } }] },
    ),
  ];
}
