import { describe, expect, it } from 'vitest';
import { LabError } from '../../../src/errors/lab-error.ts';
import { parseMetricsServerConfig } from '../../../src/metrics-server/config.ts';
import { metricsServerManifests, servingHosts } from '../../../src/metrics-server/manifests.ts';

function problems(text: string): string {
  try {
    parseMetricsServerConfig(text, 'file.yaml');
  } catch (error) {
    if (error instanceof LabError) return error.why;
    throw error;
  }
  return '';
}

describe('the configuration', () => {
  it("says why prometheus-adapter's resourceRules are not taken", () => {
    expect(problems('standalone: {}\nprometheus:\n  - url: http://p\n    resourceRules: { cpu: {} }\n')).toMatch(
      /^4:\d+ prometheus\.0\.resourceRules: are not served: metrics\.k8s\.io belongs to another server/,
    );
  });

  it('has defaults', () => {
    const config = parseMetricsServerConfig(
      'kubeconfigFile: k\nmetrics:\n  - {name: m, source: {type: memory, series: [{value: 1.50}]}}\n',
      'f',
    );
    expect(config).toEqual({
      listen: { host: '127.0.0.1', port: 0 },
      kubeconfigFile: 'k',
      prometheus: [],
      shutdownDelaySeconds: 0,
      forward: [],
      metrics: [
        {
          name: 'm',
          labels: {},
          source: { type: 'memory', series: [{ labels: {}, value: '1500m' }] },
          pollSeconds: 5,
          maxAgeSeconds: 30,
          timeoutSeconds: 5,
        },
      ],
    });
  });

  it('tells every mistake at once, with line and column', () => {
    const text = [
      'kubeconfigFile: k',
      'lisen: {port: 1}',
      'metrics:',
      '  - name: a/b',
      '    source: {type: memory, series: [{value: NaN}]}',
      '    pollSecond: 1',
      '    labels: {"-x": y}',
    ].join('\n');
    const why = problems(text);
    expect(why).toMatch(/2:1 lisen: unknown key/);
    expect(why).toMatch(/4:5 metrics\.0\.name: a metric is one segment of a path/);
    expect(why).toMatch(/5:\d+ metrics\.0\.source\.series\.0\.value: quantities must match/);
    expect(why).toMatch(/6:5 metrics\.0\.pollSecond: unknown key/);
    expect(why).toMatch(/7:\d+ metrics\.0\.labels\.-x: name part/);
  });

  it.each([
    ['kubeconfigFile: [', /1:\d+/],
    ['', /expected object/i],
    ['metrics: []', /give either kubeconfigFile or standalone/],
    ['kubeconfigFile: k\nstandalone: {}', /give either/],
    [
      'kubeconfigFile: k\nmetrics: [{name: m, namespace: a, namespaces: [b], source: {type: memory}}]',
      /either namespace or namespaces/,
    ],
    ['kubeconfigFile: k\nmetrics: [{name: m, source: {type: sql}}]', /2:\d+ metrics\.0\.source/],
    ['kubeconfigFile: k\nlisten: {port: 99999}', /2:\d+ listen\.port/],
    [
      'kubeconfigFile: k\nforward: [{api: external, metrics: ["a*b"], url: "https://x"}]',
      /2:\d+ forward\.0\.metrics\.0/,
    ],
    [
      'kubeconfigFile: k\nmetrics: [{name: ab, source: {type: memory}}]\nforward: [{api: external, metrics: [a*], url: "https://x"}]',
      /2:\d+ metrics\.0\.name: ab is passed on to another adapter too/,
    ],
  ])('refuses %j', (text, expected) => {
    expect(problems(text)).toMatch(expected);
  });
});

describe('manifests', () => {
  const objects = metricsServerManifests({
    lab: 'x',
    namespace: 'n',
    port: 1234,
    caBundle: 'PEM',
    identity: { kind: 'User', name: 'u' },
    apis: ['external', 'custom'],
  });

  it('carry the label of the lab, all of them', () => {
    for (const object of objects) expect(object.metadata.labels).toEqual({ 'metricslab.dev/lab': 'x' });
  });
  it('register the three versions at the port of the Service, with the CA', () => {
    const services = objects.filter((object) => object.kind === 'APIService');
    expect(services.map((object) => object.metadata.name)).toEqual([
      'v1beta1.external.metrics.k8s.io',
      'v1beta1.custom.metrics.k8s.io',
      'v1beta2.custom.metrics.k8s.io',
    ]);
    const service = { name: 'metrics-lab-metrics-server', namespace: 'n', port: 1234 };
    for (const object of services)
      expect(object['spec']).toMatchObject({ service, caBundle: Buffer.from('PEM').toString('base64') });
    expect(servingHosts('n')).toContain('metrics-lab-metrics-server.n.svc');
  });
  it('leave out what an external-only server does not need', () => {
    const few = metricsServerManifests({
      lab: 'x',
      namespace: 'n',
      port: 1,
      caBundle: '',
      identity: { kind: 'ServiceAccount', name: 's', namespace: 'n' },
      apis: ['external'],
    });
    const text = JSON.stringify(few);
    expect(text).not.toContain('custom.metrics');
    expect(text).not.toContain('object-reader');
    expect(few[0]).toMatchObject({ kind: 'ServiceAccount', metadata: { name: 's', namespace: 'n' } });
  });
});
