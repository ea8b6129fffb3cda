import { afterAll, describe, expect, test } from 'vitest';
import { labParts, labSpec } from '../../../scripts/charts/lab.ts';
import { LabValuesSchema } from '../../../scripts/charts/lab-values.ts';
import { metricsServerParts } from '../../../scripts/charts/metrics-server.ts';
import { MetricsServerValuesSchema } from '../../../scripts/charts/metrics-server-values.ts';
import type { Part } from '../../../scripts/charts/values.ts';
import type { KubeObject } from '../../../src/contracts/kube-client.ts';
import { queuePodUrl } from '../../../src/workload/queue-manifests.ts';
import { GivenValues } from '../../helpers/given-values.ts';
import { chartDir, haveHelm, Helm } from '../../helpers/helm.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

const RELEASE = { name: 'one', namespace: 'somewhere' };
const PEM = '-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n';

const METRICS_SERVER: Readonly<Record<string, object>> = {
  defaults: {},
  everything: {
    image: { repository: 'registry.example:5000/lab', tag: 'v1', pullPolicy: 'Always' },
    apis: 'both',
    secrets: ['redis', 'http-login'],
    metrics: [
      {
        name: 'queue_length',
        namespace: 'shop',
        labels: { queue: 'jobs' },
        source: { type: 'redis', key: 'jobs', urlFile: '/etc/metrics-lab/redis/url' },
        default: '0',
      },
      {
        name: 'asked',
        source: {
          type: 'prometheus',
          url: 'http://prometheus:9090',
          query: 'sum by (a) (x{b="<quoted> {{ no template }}"})',
        },
      },
    ],
    prometheus: [
      {
        url: 'http://prometheus:9090',
        rules: [
          {
            seriesQuery: '{__name__=~"^queue_.*"}',
            resources: { template: 'kube_<<.Resource>>' },
            metricsQuery: 'sum(<<.Series>>{<<.LabelMatchers>>}) by (<<.GroupBy>>)',
          },
        ],
      },
    ],
    forward: [{ api: 'custom', metrics: ['other_*'], url: 'https://adapter.other.svc' }],
    replicas: 3,
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
    networkPolicy: {
      enabled: true,
      from: [{ ipBlock: { cidr: '10.0.0.0/8' } }],
      egress: [{ ports: [{ port: 6379 }] }],
    },
    serviceMonitor: { enabled: true, interval: '30s', serviceAccount: { name: 'prom', namespace: 'mon' } },
    prometheusRule: { enabled: true },
    imagePullSecrets: [{ name: 'pull' }],
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    tolerations: [{ operator: 'Exists' }],
    affinity: { nodeAffinity: {} },
    priorityClassName: 'system-cluster-critical',
  },
  'cert-manager': { tls: { mode: 'cert-manager' }, apis: 'custom' },
  'cert-manager with an issuer': {
    tls: {
      mode: 'cert-manager',
      certManager: { selfSigned: false, issuerRef: { name: 'ours', kind: 'ClusterIssuer' } },
    },
  },
  'a certificate of somebody else': {
    tls: { mode: 'existing', secretName: 'ours', caBundle: PEM },
    podDisruptionBudget: { enabled: false },
    networkPolicy: { enabled: false },
  },
};

const LAB: Readonly<Record<string, object>> = {
  defaults: {},
  'stream with values of its own': {
    queue: { kind: 'redis-stream', name: '123', password: 'pass-word_1' },
    producer: { token: 'a-token' },
    consumer: {
      serviceTimeMs: 1_500_000,
      startDelayMs: 20,
      failureRate: 0.25,
      maxAttempts: 9,
      terminationGracePeriodSeconds: 1600,
    },
    hpa: { min: 0, max: 40, target: '1500m', scaleDownWindowSeconds: 0 },
  },
  beanstalkd: { queue: { kind: 'beanstalkd' }, hpa: { enabled: false } },
  'a queue that is there': { queue: { url: 'redis://:secret@redis.shop:6379' } },
  'all of monitoring': {
    prometheus: { enabled: true, image: 'registry.example/prometheus:v3' },
    serviceMonitor: { enabled: true },
    prometheusRule: { enabled: true },
    dashboard: { enabled: true },
    ingress: {
      enabled: true,
      host: 'lab.example',
      className: 'nginx',
      annotations: { 'example.com/size': '1' },
      tls: [{ hosts: ['lab.example'], secretName: 'tls' }],
    },
  },
  'beanstalkd by way of Prometheus': { queue: { kind: 'beanstalkd' }, prometheus: { enabled: true } },
};

describe.skipIf(!haveHelm())('charts', () => {
  const dir = tempDir();
  const helm = new Helm(dir.path);
  afterAll(() => dir[Symbol.dispose]());

  test.each(['lab', 'metrics-server'] as const)('helm lint finds nothing in charts/%s', async (name) => {
    expect(await helm.helm('lint', '--strict', chartDir(name))).toContain('0 chart(s) failed');
  });

  test.each(Object.entries(METRICS_SERVER))(
    'charts/metrics-server gives what the builders give: %s',
    async (name, given) => {
      const rendered = await helm.template(chartDir('metrics-server'), RELEASE, ...helm.values(name, given));
      const values = MetricsServerValuesSchema.parse(given);
      const serving = secretTexts(rendered, 'metrics-lab-metrics-server-serving');
      const own = serving['ca.crt'] ?? '';
      const tls = (given as { readonly tls?: { readonly mode: string } }).tls?.mode ?? 'self-made';
      const caBundle = { 'self-made': own, existing: PEM }[tls];
      const made = {
        'serving-cert': serving['tls.crt'] ?? '',
        'serving-key': serving['tls.key'] ?? '',
        'serving-ca': own,
        'serving-secret': tls === 'existing' ? 'ours' : 'metrics-lab-metrics-server-serving',
        ...(caBundle === undefined ? {} : { 'ca-bundle': caBundle }),
      };
      if (tls === 'self-made') expect(own).toContain('BEGIN CERTIFICATE');
      const builders = new GivenValues(values, RELEASE, made, rawMetrics(given));
      expect(byName(rendered)).toEqual(byName(chosen(metricsServerParts(builders), builders)));
    },
  );

  test.each(Object.entries(LAB))('charts/lab gives what the builders give: %s', async (name, given) => {
    const rendered = await helm.template(chartDir('lab'), RELEASE, ...helm.values(name, given));
    const values = LabValuesSchema.parse(given) as { readonly queue: { readonly kind: 'redis'; readonly url: string } };
    const { url = '', token = '' } = secretTexts(rendered, 'queue');
    const password = /:([^:@/]+)@/.exec(url)?.[1] ?? '';
    const builders = new GivenValues(values, RELEASE, { 'queue-url': url, token, password });
    expect(url).toBe(
      values.queue.url === '' ? queuePodUrl(labSpec(builders, values.queue.kind), password) : values.queue.url,
    );
    expect(token).not.toBe('');
    expect(byName(rendered)).toEqual(byName(chosen(labParts(builders), builders)));
  });

  test('every container keeps to the Pod Security Standard restricted', async () => {
    const all = [...(await allRendered('metrics-server', METRICS_SERVER)), ...(await allRendered('lab', LAB))];
    const pods = all.flatMap(podSpecs);
    expect(pods.length).toBeGreaterThan(20);
    for (const pod of pods) {
      expect(pod).toMatchObject({
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      });
      for (const container of pod.containers)
        expect(container).toMatchObject({
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
        });
    }
  });

  test('nothing secret stands in a ConfigMap, an argument or a variable', async () => {
    const given = {
      queue: { password: 'secret-one' },
      producer: { token: 'secret-two' },
      prometheus: { enabled: true },
    };
    const lab = await helm.template(chartDir('lab'), RELEASE, ...helm.values('secrets', given));
    const server = await helm.template(chartDir('metrics-server'), RELEASE);
    const { 'tls.key': key = '' } = secretTexts(server, 'metrics-lab-metrics-server-serving');
    const { url = '' } = secretTexts(lab, 'queue');
    expect([url, key]).toEqual([expect.stringContaining('secret-one'), expect.stringContaining('PRIVATE KEY')]);
    const others = JSON.stringify([...lab, ...server].filter(({ kind }) => kind !== 'Secret'));
    for (const secret of ['secret-one', 'secret-two', 'PRIVATE KEY']) {
      expect(others).not.toContain(secret);
      expect(others).not.toContain(Buffer.from(secret).toString('base64').replaceAll('=', ''));
    }
  });

  const source = (more: object) => ({ metrics: [{ name: 'a', source: { type: 'redis', key: 'a', ...more } }] });
  test.each<[string, 'lab' | 'metrics-server', object, RegExp]>([
    ['an unknown key', 'metrics-server', { replica: 2 }, /additional properties 'replica' not allowed/],
    ['a number that is too small', 'metrics-server', { replicas: 0 }, /replicas.*minimum: got 0, want 1/s],
    ['a word that is none of the choices', 'metrics-server', { apis: 'all' }, /apis.*'external', 'custom', 'both'/s],
    [
      'a source of an unknown type',
      'metrics-server',
      { metrics: [{ name: 'a', source: { type: 'x' } }] },
      /metrics\/0\/source/,
    ],
    [
      'no Secret for a certificate that exists',
      'metrics-server',
      { tls: { mode: 'existing' } },
      /say in tls.secretName/,
    ],
    [
      'a password in a URL',
      'metrics-server',
      source({ url: 'redis://:pw@h:1' }),
      /a URL in metrics.* holds a password/,
    ],
    [
      'a queue of an unknown kind',
      'lab',
      { queue: { kind: 'kafka' } },
      /queue\/kind.*'redis', 'redis-stream', 'beanstalkd'/s,
    ],
    ['a target that is no quantity', 'lab', { hpa: { target: 'two' } }, /hpa\/target.*'two' does not match pattern/s],
    ['a text for a number', 'lab', { hpa: { max: 'ten' } }, /hpa\/max.*got string, want integer/s],
  ])('refuses %s', async (_name, chart, given, message) => {
    await expect(helm.template(chartDir(chart), RELEASE, ...helm.values('bad', given))).rejects.toThrow(message);
  });

  async function allRendered(
    chart: 'lab' | 'metrics-server',
    all: Readonly<Record<string, object>>,
  ): Promise<KubeObject[]> {
    const found: KubeObject[] = [];
    for (const [name, given] of Object.entries(all))
      found.push(...(await helm.template(chartDir(chart), RELEASE, ...helm.values(name, given))));
    return found;
  }
});

/** The chart hands these on as they are given, without defaults. */
function rawMetrics(given: object): object {
  return { metrics: [], prometheus: [], forward: [], ...pick(given, ['metrics', 'prometheus', 'forward']) };
}

function pick(from: object, keys: readonly string[]): object {
  return Object.fromEntries(Object.entries(from).filter(([key]) => keys.includes(key)));
}

function chosen(all: readonly Part[], values: GivenValues): readonly KubeObject[] {
  return all.filter(({ when }) => values.holds(when)).map(({ object }) => object);
}

/** Each object under its name, JSON files of ConfigMaps parsed: how they are indented does not matter. */
function byName(objects: readonly KubeObject[]): Readonly<Record<string, unknown>> {
  const named = objects.map((object) => {
    const data = Object.entries((object['data'] ?? {}) as Readonly<Record<string, string>>).map(([key, text]) => [
      key,
      key === 'config.json' ? (JSON.parse(text) as unknown) : text,
    ]);
    return [
      `${object.kind}/${object.metadata.name}`,
      { ...object, ...(data.length > 0 ? { data: Object.fromEntries(data) } : {}) },
    ] as const;
  });
  expect(new Set(named.map(([name]) => name)).size).toBe(named.length);
  return Object.fromEntries(named);
}

function secretTexts(objects: readonly KubeObject[], name: string): Readonly<Record<string, string>> {
  const secret = objects.find(({ kind, metadata }) => kind === 'Secret' && metadata.name === name);
  return Object.fromEntries(
    Object.entries((secret?.['data'] ?? {}) as Readonly<Record<string, string>>).map(([key, text]) => [
      key,
      Buffer.from(text, 'base64').toString('utf8'),
    ]),
  );
}

interface PodSpec {
  readonly containers: readonly object[];
}
function podSpecs(object: KubeObject): readonly PodSpec[] {
  const spec = object['spec'] as (PodSpec & { readonly template?: { readonly spec: PodSpec } }) | undefined;
  if (object.kind === 'Pod' && spec !== undefined) return [spec];
  return spec?.template === undefined ? [] : [spec.template.spec];
}
