import type { KubeObject } from '../../src/contracts/kube-client.ts';
import {
  alertRules,
  certificate,
  disruptionBudget,
  injectedCa,
  networkPolicy,
  selfSignedIssuer,
  serviceMonitor,
} from '../../src/metrics-server/cluster-extras.ts';
import { type MetricsApi, metricsServerManifests, SERVICE } from '../../src/metrics-server/manifests.ts';
import { metricsServerPodManifests, POD_PORT, POD_SELECTOR } from '../../src/metrics-server/pod-manifests.ts';
import { metricsTest } from '../../src/metrics-server/test-manifests.ts';
import { byValue, type Part, parts, type Values, when } from './values.ts';

const APIS = [['external'], ['custom'], ['both']] as const;
const MODES = [['self-made', 'existing'], ['cert-manager']] as const;

function apisOf(value: string): readonly MetricsApi[] {
  return (['external', 'custom'] as const).filter((api) => value === 'both' || value === api);
}

/** What charts/metrics-server consists of. */
export function metricsServerParts(values: Values): readonly Part[] {
  const place = { lab: values.release.name, namespace: values.release.namespace };
  const common = {
    ...place,
    port: POD_PORT,
    pods: POD_SELECTOR,
    identity: { kind: 'ServiceAccount', name: SERVICE, namespace: place.namespace },
  } as const;
  const isRegistration = ({ kind }: KubeObject) => kind === 'APIService';
  const access = byValue<string>('apis', APIS, ([apis = '']) =>
    metricsServerManifests({ ...common, apis: apisOf(apis) }).filter((object) => !isRegistration(object)),
  );
  const caBundle = values.madeIfAny('ca-bundle');
  const registrations = (['external', 'custom'] as const).flatMap((api) =>
    byValue<string>('tls.mode', MODES, ([mode]) => {
      const ca = mode === 'cert-manager' ? { annotations: injectedCa(place) } : present({ caBundle });
      return metricsServerManifests({ ...common, apis: [api], ...ca }).filter(isRegistration);
    }).map((part) => ({ ...part, when: [when('apis', api, 'both'), ...part.when] })),
  );
  const image = `${values.text('image.repository')}:${values.text('image.tag')}`;
  const pullPolicy = values.text('image.pullPolicy');
  const servingSecret = values.made('serving-secret');
  const selfMade = {
    cert: values.made('serving-cert'),
    key: values.made('serving-key'),
    ca: values.made('serving-ca'),
  };
  const pods = (serving: { readonly secret: string } | typeof selfMade) =>
    metricsServerPodManifests({
      ...place,
      image,
      pullPolicy,
      serviceAccount: SERVICE,
      serving,
      secrets: values.each('secrets'),
      metrics: values.tree<readonly object[]>('metrics'),
      prometheus: values.tree<readonly object[]>('prometheus'),
      forward: values.tree<readonly object[]>('forward'),
      replicas: values.integer('replicas'),
      resources: values.tree('resources'),
      pod: present({
        imagePullSecrets: values.treeIfAny('imagePullSecrets'),
        nodeSelector: values.treeIfAny('nodeSelector'),
        tolerations: values.treeIfAny('tolerations'),
        affinity: values.treeIfAny('affinity'),
        priorityClassName: values.textIfAny('priorityClassName'),
      }),
    });
  return [
    ...access,
    ...registrations,
    ...parts([], pods({ secret: servingSecret })),
    ...parts(
      [when('tls.mode', 'self-made')],
      pods(selfMade).filter(({ kind }) => kind === 'Secret'),
    ),
    ...parts([when('tls.mode', 'cert-manager'), when('tls.certManager.selfSigned', true)], [selfSignedIssuer(place)]),
    ...parts([when('tls.mode', 'cert-manager')], [certificate(place, values.tree('tls.certManager.issuerRef'))]),
    ...parts([when('podDisruptionBudget.enabled', true)], [disruptionBudget(place)]),
    ...parts(
      [when('networkPolicy.enabled', true)],
      [
        networkPolicy(place, {
          from: values.treeIfAny('networkPolicy.from'),
          egress: values.treeIfAny('networkPolicy.egress'),
        }),
      ],
    ),
    ...parts(
      [when('serviceMonitor.enabled', true)],
      serviceMonitor(place, {
        servingSecret,
        interval: values.text('serviceMonitor.interval'),
        serviceAccount: {
          name: values.text('serviceMonitor.serviceAccount.name'),
          namespace: values.text('serviceMonitor.serviceAccount.namespace'),
        },
      }),
    ),
    ...parts([when('prometheusRule.enabled', true)], [alertRules(place)]),
    ...parts([], metricsTest({ ...place, image, pullPolicy })),
  ];
}

/** Without the fields that are undefined. */
function present(fields: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
