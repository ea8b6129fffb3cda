import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CliHome } from './cli.ts';
import { eventually, kubectl, statusOf } from './lab-client.ts';

const EXTERNAL = '/apis/external.metrics.k8s.io/v1beta1/namespaces/metrics-lab/queue_length?labelSelector=queue%3Djobs';
const SETTINGS = ['--min', '0', '--sync-period', '5s', '--scale-down-window', '10s'];

/**
 * The story of the README on one backend: 0 → N → 0, seen with our commands and with the real kubectl beside them. `backend`:
 * flags of `up` that choose it. `top`: whether the cluster measures its pods (metrics.k8s.io).
 */
export function story(queue: string, backend: readonly string[], top = true): void {
  describe(`queue ${queue}`, () => {
    const home = new CliHome();
    const lab = `story-${queue}`;
    const UP = [...SETTINGS, ...backend, '--queue', queue];
    const at = ['--lab', lab];

    beforeAll(async () => {
      await home.ok(['up', ...at, ...UP]);
    });
    afterAll(async () => {
      await home.run(['teardown', ...at, '--force']);
      home[Symbol.dispose]();
    });

    it('is up: ready, at zero, and `up` again changes nothing', async () => {
      const status = await statusOf(home, lab);
      expect(status.problems).toEqual([]);
      expect(status.ready).toBe(true);
      expect(status.hpas).toMatchObject([{ name: 'consumer', desired: 0 }]);
      const again = await home.ok(['up', ...at, ...UP]);
      expect(again.stdout).toContain('already up');
    });

    it('shows the zero-replica value as an artefact, never as a value', async () => {
      await home.ok(['publish', '1', ...at]);
      // One item at zero replicas: the controller divides by zero in the sync that scales up.
      const seen = await eventually(
        'the artefact in the HPA',
        () =>
          kubectl(
            home,
            lab,
            'get',
            'hpa',
            'consumer',
            '-o',
            'jsonpath={.status.currentMetrics[0].external.current.averageValue}',
          ),
        (text) => text === '-9223372036854775808m',
        30_000,
      ).catch(() => 'a later sync was faster');
      if (seen === '-9223372036854775808m') {
        const { stdout } = await home.ok(['watch', 'hpa', '--once', ...at]);
        if (stdout.includes('-9223372036854775808m')) expect(stdout).toContain('0 replicas: average undefined');
      }
      await eventually(
        'the one item done',
        () => statusOf(home, lab),
        ({ ledger }) => ledger?.processed === 1,
        60_000,
      );
    });

    it('scales 0 → N within two syncs, drains the queue and comes back to 0', async () => {
      // The first step is 4 pods: they must not be done with it before the second one, 15 s later, on a fast machine either.
      await home.ok(['publish', '120', ...at]);
      const watched = await home.ok(['watch', 'hpa', ...at, '--until', 'desired>=5', '--for', '40s']);
      expect(watched.stdout).toContain('queue_length');
      const value: unknown = JSON.parse(await kubectl(home, lab, 'get', '--raw', EXTERNAL));
      expect(value).toMatchObject({ kind: 'ExternalMetricValueList', items: [{ metricName: 'queue_length' }] });
      expect(await kubectl(home, lab, 'get', 'hpa,deploy,pods')).toContain(
        'horizontalpodautoscaler.autoscaling/consumer',
      );
      const pods = await eventually(
        'a running consumer',
        () =>
          kubectl(
            home,
            lab,
            'get',
            'pods',
            '-l',
            'app.kubernetes.io/name=consumer',
            '--field-selector=status.phase=Running',
            '-o',
            'name',
          ),
        (text) => text.includes('pod/'),
        60_000,
      );
      const pod = pods.split('\n')[0] ?? '';
      await eventually(
        'logs of a consumer',
        () => kubectl(home, lab, 'logs', pod),
        (text) => text.includes('is ready'),
        30_000,
      );
      if (top)
        await eventually(
          'kubectl top pods',
          () => kubectl(home, lab, 'top', 'pods'),
          (text) => text.includes('producer'),
          60_000,
        );
      await home.ok(['watch', 'hpa', ...at, '--until', 'current==0', '--for', '3m']);
      const { ledger } = await eventually(
        'an empty queue',
        () => statusOf(home, lab),
        (status) => status.ledger?.waiting === 0 && status.ledger.inFlight === 0,
        60_000,
      );
      expect(ledger).toMatchObject({ published: 121, processed: 121, lost: 0, dead: 0 });
    });

    it('teardown prints the ledger and leaves nothing', async () => {
      const { stdout } = await home.ok(['teardown', ...at]);
      expect(stdout).toContain('published 121');
      expect(home.leftovers()).toEqual([]);
      const again = await home.ok(['teardown', ...at]);
      expect(again.stdout + again.stderr).toContain('nothing to remove');
    });
  });
}
