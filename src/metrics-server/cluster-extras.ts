import { warningAlert } from '../kube/alert.ts';
import type { KubeObject } from '../contracts/kube-client.ts';
import { labLabels, SERVICE, servingHosts } from './manifests.ts';
import { metricsServerObject, POD_SELECTOR, SERVING_SECRET } from './pod-manifests.ts';

/** Whose metrics server, and where. */
export interface Place {
  readonly lab: string;
  readonly namespace: string;
}

const RBAC = 'rbac.authorization.k8s.io';

/** A drain of nodes leaves at least one pod that answers. */
export function disruptionBudget(place: Place): KubeObject {
  return {
    ...metricsServerObject(place, 'policy/v1', 'PodDisruptionBudget', SERVICE),
    spec: { maxUnavailable: 1, selector: { matchLabels: POD_SELECTOR } },
  };
}

/**
 * Only the API's port is reached, by everybody or by `from`: the API server is no pod, and which address its connections have
 * depends on the network. `egress`: rules that then say all that the server may reach.
 */
export function networkPolicy(
  place: Place,
  { from, egress }: { readonly from: object | undefined; readonly egress: object | undefined },
): KubeObject {
  const ports = [{ port: 'https', protocol: 'TCP' }];
  return {
    ...metricsServerObject(place, 'networking.k8s.io/v1', 'NetworkPolicy', SERVICE),
    spec: {
      podSelector: { matchLabels: POD_SELECTOR },
      ingress: [{ ports, ...(from === undefined ? {} : { from }) }],
      ...(egress === undefined ? {} : { egress }),
    },
  };
}

export interface Scraping {
  readonly servingSecret: string;
  readonly interval: string;
  /** Of the Prometheus that scrapes. */
  readonly serviceAccount: { readonly name: string; readonly namespace: string };
}

/** For the Prometheus operator, with the right to scrape for Prometheus' service account. */
export function serviceMonitor(
  place: Place,
  { servingSecret, interval, serviceAccount }: Scraping,
): readonly KubeObject[] {
  const endpoint = {
    port: 'https',
    scheme: 'https',
    path: '/metrics',
    interval,
    bearerTokenFile: '/var/run/secrets/kubernetes.io/serviceaccount/token',
    tlsConfig: {
      ca: { secret: { name: servingSecret, key: 'ca.crt' } },
      serverName: servingHosts(place.namespace).at(-1),
    },
  };
  const role = `metrics-lab-${place.lab}-metrics-scraper`;
  const clusterWide = (kind: string) => ({
    apiVersion: `${RBAC}/v1`,
    kind,
    metadata: { name: role, labels: labLabels(place.lab) },
  });
  return [
    {
      ...metricsServerObject(place, 'monitoring.coreos.com/v1', 'ServiceMonitor', SERVICE),
      spec: { selector: { matchLabels: labLabels(place.lab) }, endpoints: [endpoint] },
    },
    { ...clusterWide('ClusterRole'), rules: [{ nonResourceURLs: ['/metrics'], verbs: ['get'] }] },
    {
      ...clusterWide('ClusterRoleBinding'),
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: role },
      subjects: [{ kind: 'ServiceAccount', ...serviceAccount }],
    },
  ];
}

/** Alerts over the server's own metrics. */
export function alertRules(place: Place): KubeObject {
  return {
    ...metricsServerObject(place, 'monitoring.coreos.com/v1', 'PrometheusRule', SERVICE),
    spec: {
      groups: [
        {
          name: SERVICE,
          rules: [
            warningAlert(
              'MetricSourceDown',
              'metrics_lab_source_up == 0',
              '2m',
              'A metric source does not answer; its HPAs keep their replicas',
            ),
            warningAlert(
              'MetricValueOld',
              'metrics_lab_source_age_seconds > 60',
              '2m',
              'The newest value of a metric source is over a minute old',
            ),
            warningAlert(
              'MetricsConfigRefused',
              'metrics_lab_config_current == 0',
              '1m',
              'The changed configuration has a mistake; the metrics server goes on with the one before',
            ),
          ],
        },
      ],
    },
  };
}

/** Name of the Issuer that the Certificate names when no other is given. */
export const SELF_SIGNED: string = `${SERVICE}-selfsigned`;

/** A cert-manager Issuer that needs nothing, for clusters that have no other. */
export function selfSignedIssuer(place: Place): KubeObject {
  return { ...metricsServerObject(place, 'cert-manager.io/v1', 'Issuer', SELF_SIGNED), spec: { selfSigned: {} } };
}

/** The serving certificate, made and renewed by cert-manager. */
export function certificate(place: Place, issuerRef: object): KubeObject {
  return {
    ...metricsServerObject(place, 'cert-manager.io/v1', 'Certificate', SERVICE),
    spec: {
      secretName: SERVING_SECRET,
      dnsNames: servingHosts(place.namespace).filter((host) => host !== '127.0.0.1'),
      usages: ['server auth'],
      privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
      issuerRef,
    },
  };
}

/** The annotation by which cert-manager puts the certificate's CA into an APIService. */
export function injectedCa({ namespace }: Place): Readonly<Record<string, string>> {
  return { 'cert-manager.io/inject-ca-from': `${namespace}/${SERVICE}` };
}
