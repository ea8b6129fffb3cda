import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pipeRenderer } from '../../../src/cli/watch/pipe-renderer.ts';
import { watchSession } from '../../../src/cli/watch/session.ts';
import { parseUntil } from '../../../src/cli/watch/until.ts';
import { LabError } from '../../../src/errors/lab-error.ts';
import { applyObject } from '../../../src/kube/apply.ts';
import { realClock } from '../../../src/platform/clock.ts';
import { FakeOut } from '../../helpers/fake-streams.ts';
import { ControlPlane, haveControlPlane } from './control-plane.ts';
import { ExternalMetric } from './external-metric.ts';

const labels = { app: 'consumer' };
const DEPLOYMENT = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'consumer', namespace: 'default' },
  spec: {
    replicas: 1,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'none' }] } },
  },
};
const HPA = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'consumer', namespace: 'default' },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'consumer' },
    minReplicas: 1,
    maxReplicas: 10,
    metrics: [
      {
        type: 'External',
        external: {
          metric: { name: 'queue_length', selector: { matchLabels: { queue: 'jobs' } } },
          target: { type: 'AverageValue', averageValue: '2' },
        },
      },
    ],
  },
};

describe.runIf(haveControlPlane())('watching an HPA of a real controller', () => {
  const plane = new ControlPlane();
  let metric: ExternalMetric;

  beforeAll(async () => {
    await plane.start();
    metric = new ExternalMetric(plane.certificate);
    await metric.start(plane.client);
    await applyObject(plane.client, DEPLOYMENT, 'test');
    await applyObject(plane.client, HPA, 'test');
    await plane.startControllers();
  });
  afterAll(async () => {
    metric?.close();
    await plane.close();
  });

  /** The lines of a watch until the condition holds; its own limit is far beyond what it takes. */
  async function watch(until: string, meanwhile?: () => Promise<void>, name = 'consumer') {
    const [stdout, stderr] = [new FakeOut(), new FakeOut()];
    const watching = watchSession({
      client: plane.client,
      namespace: 'default',
      name,
      clock: realClock,
      signal: new AbortController().signal,
      once: false,
      until: parseUntil(until),
      forMs: 60_000,
      renderer: async () => pipeRenderer({ stdout, stderr, format: 'json', utc: true, quiet: false }),
    });
    const begun = async () => {
      await expect.poll(() => stdout.text, { timeout: 30_000 }).not.toBe('');
      await meanwhile?.();
    };
    const [end] = await Promise.all([watching, meanwhile === undefined ? undefined : begun()]);
    return {
      end,
      lines: stdout.text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    };
  }

  it('tells when the controller has scaled, with the value that it asked for', async () => {
    const { end, lines } = await watch('desired==4', async () => {
      metric.value = '8';
    });
    expect(end).toBe('quit');
    expect(lines.at(-1)).toMatchObject({ name: 'consumer', desired: 4, max: 10 });
    expect(metric.asked.some((path) => path.includes('/namespaces/default/queue_length'))).toBe(true);
  });

  it('goes on after the API server was away, from where things are then', async () => {
    const { lines } = await watch('desired==7', async () => {
      await plane.stopApiServer();
      metric.value = '14';
      await plane.startApiServer();
    });
    expect(lines.at(-1)).toMatchObject({ desired: 7 });
  });

  it('says which HPAs there are when the one asked for is not among them', async () => {
    const error = await watch('desired==1', undefined, 'producer').catch((fault: unknown) => fault);
    expect(error).toBeInstanceOf(LabError);
    expect(error).toMatchObject({ id: 'ML-WATCH-NO-HPA', why: expect.stringContaining('consumer') });
  });
});
