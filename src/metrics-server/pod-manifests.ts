import { stringify } from 'yaml';
import type { KubeObject } from '../contracts/kube-client.ts';
import { PROGRAM_USER, RESTRICTED_CONTAINER, restrictedPod } from '../kube/pod-security.ts';
import { labLabels, SERVICE } from './manifests.ts';

export interface MetricsServerPodOptions {
  readonly lab: string;
  readonly namespace: string;
  readonly image: string;
  readonly serviceAccount: string;
  /** PEM, for the names of `servingHosts`. */
  readonly serving: { readonly cert: string; readonly key: string };
  /** Secrets that sources read, mounted as `/etc/metrics-lab/<name>/<key>`. */
  readonly secrets: readonly string[];
  /** The configuration but for what the pod itself decides: where it listens, who it is, its certificate. */
  readonly metrics: readonly object[];
}

/** Where the server listens in its pod. */
export const POD_PORT = 6443;
const ETC = '/etc/metrics-lab';
const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Path in the pod of a key of one of `secrets`. */
export function secretPath(secret: string, key: string): string {
  return `${ETC}/${secret}/${key}`;
}

/** Labels by which a Service finds the pods. */
export const POD_SELECTOR: Readonly<Record<string, string>> = { 'app.kubernetes.io/name': SERVICE };

const POD_LABELS = { ...POD_SELECTOR, 'app.kubernetes.io/part-of': 'metrics-lab' };

/** The metrics server as a Deployment with its configuration and serving certificate; RBAC and APIService: `metricsServerManifests`. */
export function metricsServerPodManifests(options: MetricsServerPodOptions): readonly KubeObject[] {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const { cert, key } = options.serving;
  return [
    {
      ...named(options, 'v1', 'Secret', `${SERVICE}-serving`),
      type: 'kubernetes.io/tls',
      data: { 'tls.crt': base64(cert), 'tls.key': base64(key) },
    },
    {
      ...named(options, 'v1', 'ConfigMap', SERVICE),
      data: { 'config.json': `${JSON.stringify(serverConfig(options), undefined, 2)}\n`, kubeconfig: podKubeconfig() },
    },
    deployment(options),
  ];
}

function serverConfig({ metrics }: MetricsServerPodOptions): object {
  return {
    kubeconfigFile: `${ETC}/config/kubeconfig`,
    listen: { host: '0.0.0.0', port: POD_PORT },
    serving: { certFile: `${ETC}/serving/tls.crt`, keyFile: `${ETC}/serving/tls.key` },
    metrics,
  };
}

/** The service account as a kubeconfig. */
function podKubeconfig(): string {
  const name = 'pod';
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [
      { name, cluster: { server: 'https://kubernetes.default.svc', 'certificate-authority': `${ACCOUNT}/ca.crt` } },
    ],
    users: [{ name, user: { tokenFile: `${ACCOUNT}/token` } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  });
}

function deployment(options: MetricsServerPodOptions): KubeObject {
  const volumes = [
    { name: 'config', configMap: { name: SERVICE } },
    { name: 'serving', secret: { secretName: `${SERVICE}-serving` } },
    ...options.secrets.map((name) => ({ name, secret: { secretName: name } })),
  ];
  const probe = (path: string, periodSeconds: number) => ({
    httpGet: { path, port: 'https', scheme: 'HTTPS' },
    periodSeconds,
    timeoutSeconds: 5,
  });
  return {
    ...named(options, 'apps/v1', 'Deployment', SERVICE),
    spec: {
      replicas: 1,
      selector: { matchLabels: POD_SELECTOR },
      template: {
        metadata: { labels: POD_LABELS },
        spec: {
          serviceAccountName: options.serviceAccount,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: 10,
          securityContext: restrictedPod(PROGRAM_USER),
          containers: [
            {
              name: 'metrics-server',
              image: options.image,
              imagePullPolicy: 'IfNotPresent',
              args: ['metrics-server'],
              env: [{ name: 'METRICS_SERVER_CONFIG', value: `${ETC}/config/config.json` }],
              ports: [{ name: 'https', containerPort: POD_PORT }],
              readinessProbe: probe('/readyz', 2),
              livenessProbe: probe('/livez', 10),
              resources: { requests: { cpu: '10m', memory: '64Mi' } },
              securityContext: RESTRICTED_CONTAINER,
              volumeMounts: volumes.map(({ name }) => ({ name, mountPath: `${ETC}/${name}`, readOnly: true })),
            },
          ],
          volumes,
        },
      },
    },
  };
}

function named(options: MetricsServerPodOptions, apiVersion: string, kind: string, name: string): KubeObject {
  const { namespace, lab } = options;
  return { apiVersion, kind, metadata: { name, namespace, labels: { ...labLabels(lab), ...POD_LABELS } } };
}
