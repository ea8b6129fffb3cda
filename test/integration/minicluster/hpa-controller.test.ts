import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubeResponse } from '../../../src/contracts/kube-client.ts';
import type { MetricsClient } from '../../../src/minicluster/controllers/hpa/fetch-metrics.ts';
import { type ControlledCluster, startControlled } from '../../helpers/embedded-controllers.ts';
import { eventually } from '../../helpers/lab-client.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

const APPS = '/apis/apps/v1/namespaces/default';
const HPAS = '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers';
const WITHIN_MS = 15_000;
const HELP = 'http://the.metrics/are/asked/for';

interface Hpa {
  readonly status: {
    readonly currentReplicas?: number;
    readonly desiredReplicas?: number;
    readonly conditions?: readonly { readonly type: string; readonly reason: string; readonly message: string }[];
  };
}

/** The metrics APIs as they answer at the moment. */
class Metrics implements MetricsClient {
  answer: { readonly status: number; readonly body: string } = { status: 503, body: 'service unavailable' };
  readonly asked: string[] = [];
  onAsked: () => Promise<void> = () => Promise.resolve();

  async request(
    _method: string,
    path: string,
    _body: unknown,
    options: { query?: object } = {},
  ): Promise<KubeResponse> {
    const query = new URLSearchParams(options.query as Record<string, string>);
    this.asked.push(`${new URL(path, HELP).pathname}?${query.toString()}`);
    const { status, body } = this.answer;
    await this.onAsked();
    return { status, text: body, headers: {} };
  }

  value(value: string): void {
    const items = [{ metricName: 'q', metricLabels: {}, timestamp: '2026-01-01T00:00:00Z', value }];
    this.answer = { status: 200, body: JSON.stringify({ kind: 'ExternalMetricValueList', items }) };
  }
}

describe('HPA controller', () => {
  const dir = tempDir();
  const metrics = new Metrics();
  let cluster: ControlledCluster;

  beforeAll(async () => {
    cluster = await startControlled(dir.path, () => {}, 1, metrics);
    const labels = { app: 'web' };
    await cluster.client.json('POST', `${APPS}/deployments`, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'lab/app:1' }] } },
      },
    });
    const target = { type: 'AverageValue', averageValue: '2' };
    const selector = { matchLabels: { queue: 'jobs' } };
    await cluster.client.json('POST', HPAS, {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'web' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        maxReplicas: 5,
        metrics: [{ type: 'External', external: { metric: { name: 'q', selector }, target } }],
      },
    });
  });
  afterAll(() => {
    cluster.stop();
    dir[Symbol.dispose]();
  });

  const hpa = async () => (await cluster.client.json('GET', `${HPAS}/web`)) as Hpa;
  const active = ({ status }: Hpa) => status.conditions?.find(({ type }) => type === 'ScalingActive');
  const replicas = async () => {
    const scale = (await cluster.client.json('GET', `${APPS}/deployments/web/scale`)) as {
      spec: { replicas?: number };
    };
    return scale.spec.replicas ?? 0;
  };
  const events = async (reason: string) => {
    const path = `/api/v1/namespaces/default/events?fieldSelector=reason%3D${reason}`;
    return ((await cluster.client.json('GET', path)) as { items: readonly { message: string; count: number }[] }).items;
  };

  it('says in the words of client-go that the metrics API does not answer, and counts the repetition', async () => {
    const found = await eventually('the condition', hpa, (each) => active(each) !== undefined, WITHIN_MS);
    expect(active(found)).toMatchObject({
      reason: 'FailedGetExternalMetric',
      message: expect.stringContaining(
        'unable to fetch metrics from external metrics API: the server is currently unable to handle the request (get q.external.metrics.k8s.io)',
      ),
    });
    const [event] = await eventually(
      'a repetition',
      () => events('FailedGetExternalMetric'),
      (all) => (all[0]?.count ?? 0) > 1,
      WITHIN_MS,
    );
    expect(event?.message).toContain('unable to get external metric default/q/');
    expect(await events('FailedGetExternalMetric')).toHaveLength(1);
  });

  it('scales as the metric says, through the scale of the target', async () => {
    metrics.value('8');
    await eventually('four replicas', replicas, (count) => count === 4, WITHIN_MS);
    const found = await eventually('the status', hpa, ({ status }) => status.desiredReplicas === 4, WITHIN_MS);
    expect(active(found)).toMatchObject({ reason: 'ValidMetricFound' });
    expect(metrics.asked).toContain(
      '/apis/external.metrics.k8s.io/v1beta1/namespaces/default/q?labelSelector=queue%3Djobs',
    );
    const [event] = await events('SuccessfulRescale');
    expect(event?.message).toMatch(/^New size: 4; reason: external metric q\(/);
  });

  it('keeps what it decided, with every step', () => {
    const last = cluster.controllers.decisions().filter(({ record }) => record?.desired === 4);
    expect(last.length).toBeGreaterThan(0);
    expect(last[0]).toMatchObject({ namespace: 'default', name: 'web', error: null });
  });

  it('goes on when the HPA changes while its metrics are fetched', async () => {
    let changed = false;
    metrics.onAsked = async () => {
      if (changed) return;
      changed = true;
      await cluster.client.patch(`${HPAS}/web`, 'merge', { spec: { maxReplicas: 3 } });
    };
    await eventually('the new limit', replicas, (count) => count === 3, WITHIN_MS);
    expect(
      (await eventually('its status', hpa, ({ status }) => status.desiredReplicas === 3, WITHIN_MS)).status,
    ).toMatchObject({ desiredReplicas: 3 });
  });

  it('forgets an HPA that is deleted', async () => {
    metrics.onAsked = () => Promise.resolve();
    await cluster.client.json('DELETE', `${HPAS}/web`);
    metrics.value('2');
    const before = metrics.asked.length;
    // Two sync periods, told by another HPA's looks.
    await cluster.client.json('POST', HPAS, {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'other' },
      spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'none' }, maxReplicas: 3 },
    });
    const looks = () => Promise.resolve(cluster.controllers.decisions().filter(({ name }) => name === 'other').length);
    await eventually('two looks at another one', looks, (count) => count >= 3, WITHIN_MS);
    expect(metrics.asked.length).toBe(before);
    expect(await replicas()).toBe(3);
  });
});
