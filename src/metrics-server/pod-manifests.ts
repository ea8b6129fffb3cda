import { stringify } from 'yaml';
import type { KubeObject } from '../contracts/kube-client.ts';
import { PROGRAM_USER, RESTRICTED_CONTAINER, restrictedPod } from '../kube/pod-security.ts';
import { labLabels, SERVICE } from './manifests.ts';

export interface MetricsServerPodOptions {
  readonly lab: string;
  readonly namespace: string;
  readonly image: string;
  readonly serviceAccount: string;
  /** The certificate: PEM for the names of `servingHosts`, or the Secret (kubernetes.io/tls) of somebody else that holds it. */
  readonly serving: { readonly cert: string; readonly key: string; readonly ca?: string } | { readonly secret: string };
  /** Secrets that sources read, mounted as `/etc/metrics-lab/<name>/<key>`. */
  readonly secrets: readonly string[];
  /** The configuration but for what the pod itself decides: where it listens, who it is, its certificate. */
  readonly metrics: readonly object[];
  readonly prometheus?: readonly object[];
  readonly forward?: readonly object[];
  /** Default 1; with more the pods spread over the nodes. */
  readonly replicas?: number;
  readonly pullPolicy?: string;
  readonly resources?: object;
  /** More of the pod: `nodeSelector`, `tolerations`, ... */
  readonly pod?: object;
}

/** Where the server listens in its pod. */
export const POD_PORT = 6443;
/** Where its files lie in its pod. */
export const POD_ETC = '/etc/metrics-lab';
const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Path in the pod of a key of one of `secrets`. */
export function secretPath(secret: string, key: string): string {
  return `${POD_ETC}/${secret}/${key}`;
}

/** Labels by which a Service finds the pods. */
export const POD_SELECTOR: Readonly<Record<string, string>> = { 'app.kubernetes.io/name': SERVICE };

/** Name of the Secret with the serving certificate. */
export const SERVING_SECRET: string = `${SERVICE}-serving`;
export const METRICS_SERVER_RESOURCES: object = { requests: { cpu: '10m', memory: '64Mi' } };

const POD_LABELS = { ...POD_SELECTOR, 'app.kubernetes.io/part-of': 'metrics-lab' };

/** The metrics server as a Deployment with its configuration and serving certificate; RBAC and APIService: `metricsServerManifests`. */
export function metricsServerPodManifests(options: MetricsServerPodOptions): readonly KubeObject[] {
  return [
    ...('secret' in options.serving ? [] : [servingSecret(options, options.serving)]),
    {
      ...metricsServerObject(options, 'v1', 'ConfigMap', SERVICE),
      data: { 'config.json': `${JSON.stringify(serverConfig(options), undefined, 2)}\n`, kubeconfig: podKubeconfig() },
    },
    deployment(options),
  ];
}

function servingSecret(
  options: MetricsServerPodOptions,
  { cert, key, ca }: { readonly cert: string; readonly key: string; readonly ca?: string },
): KubeObject {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  return {
    ...metricsServerObject(options, 'v1', 'Secret', SERVING_SECRET),
    type: 'kubernetes.io/tls',
    data: {
      'tls.crt': base64(cert),
      'tls.key': base64(key),
      ...(ca === undefined ? {} : { 'ca.crt': base64(ca) }),
    },
  };
}

/** Endpoints forget a pod that ends within a second or two; who still asks it in the meantime gets an answer. */
const DRAIN_SECONDS = 5;

function serverConfig({ metrics, prometheus, forward }: MetricsServerPodOptions): object {
  return {
    kubeconfigFile: `${POD_ETC}/config/kubeconfig`,
    listen: { host: '0.0.0.0', port: POD_PORT },
    serving: { certFile: `${POD_ETC}/serving/tls.crt`, keyFile: `${POD_ETC}/serving/tls.key` },
    shutdownDelaySeconds: DRAIN_SECONDS,
    metrics,
    ...(prometheus === undefined ? {} : { prometheus }),
    ...(forward === undefined ? {} : { forward }),
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
    {
      name: 'serving',
      secret: { secretName: 'secret' in options.serving ? options.serving.secret : SERVING_SECRET },
    },
    ...options.secrets.map((name) => ({ name, secret: { secretName: name } })),
  ];
  const probe = (path: string, periodSeconds: number) => ({
    httpGet: { path, port: 'https', scheme: 'HTTPS' },
    periodSeconds,
    timeoutSeconds: 5,
  });
  return {
    ...metricsServerObject(options, 'apps/v1', 'Deployment', SERVICE),
    spec: {
      replicas: options.replicas ?? 1,
      // The new pod answers before an old one goes.
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      selector: { matchLabels: POD_SELECTOR },
      template: {
        metadata: { labels: POD_LABELS },
        spec: {
          serviceAccountName: options.serviceAccount,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: DRAIN_SECONDS + 10,
          securityContext: restrictedPod(PROGRAM_USER),
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: 'kubernetes.io/hostname',
              whenUnsatisfiable: 'ScheduleAnyway',
              labelSelector: { matchLabels: POD_SELECTOR },
            },
          ],
          ...options.pod,
          containers: [
            {
              name: 'metrics-server',
              image: options.image,
              imagePullPolicy: options.pullPolicy ?? 'IfNotPresent',
              args: ['metrics-server'],
              env: [{ name: 'METRICS_SERVER_CONFIG', value: `${POD_ETC}/config/config.json` }],
              ports: [{ name: 'https', containerPort: POD_PORT }],
              readinessProbe: probe('/readyz', 2),
              livenessProbe: probe('/livez', 10),
              resources: options.resources ?? METRICS_SERVER_RESOURCES,
              securityContext: RESTRICTED_CONTAINER,
              volumeMounts: volumes.map(({ name }) => ({ name, mountPath: `${POD_ETC}/${name}`, readOnly: true })),
            },
          ],
          volumes,
        },
      },
    },
  };
}

/** Kind, name and the labels that everything beside the metrics server's Deployment has. */
export function metricsServerObject(
  options: { readonly lab: string; readonly namespace: string },
  apiVersion: string,
  kind: string,
  name: string,
): KubeObject {
  const { namespace, lab } = options;
  return { apiVersion, kind, metadata: { name, namespace, labels: { ...labLabels(lab), ...POD_LABELS } } };
}
