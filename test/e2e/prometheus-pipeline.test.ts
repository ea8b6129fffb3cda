import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CliHome } from '../helpers/cli.ts';
import { eventually, kubectl, statusOf } from '../helpers/lab-client.ts';
import { havePrograms } from '../helpers/prometheus.ts';
import { binDir, haveReal } from '../helpers/real-binaries.ts';

const VALUE = '/apis/custom.metrics.k8s.io/v1beta2/namespaces/metrics-lab/services/exporter/queue_length';
const SETTINGS = ['--pipeline', 'prometheus', '--min', '0', '--sync-period', '2s', '--scale-down-window', '5s'];

describe.skipIf(!haveReal() || !havePrograms('prometheus', 'redis-server', 'beanstalkd')).each([
  ['embedded', 'redis', ['--backend', 'embedded']],
  ['native', 'beanstalkd', ['--backend', 'native', '--bin-dir', binDir()]],
] as const)('queue, exporter, Prometheus, Object metric on %s with %s', (backend, queue, flags) => {
  const home = new CliHome();
  const lab = `prom-${backend}`;
  const at = ['--lab', lab];

  beforeAll(async () => {
    await home.ok(['up', ...at, ...SETTINGS, ...flags, '--queue', queue]);
  });
  afterAll(async () => {
    await home.run(['teardown', ...at, '--force']);
    home[Symbol.dispose]();
  });

  it('is up with the real Prometheus, and `up` again changes nothing', async () => {
    const status = await statusOf(home, lab);
    expect(status.problems).toEqual([]);
    expect(status.ready).toBe(true);
    expect(status.components.map(({ name }) => name)).toContain('prometheus');
    expect((await home.ok(['up', ...at])).stdout).toContain('already up');
  });

  it('scales 0 → N → 0 on what Prometheus says, and loses nothing', async () => {
    await home.ok(['publish', '30', ...at]);
    await home.ok(['watch', 'hpa', ...at, '--until', 'desired>=4', '--for', '60s']);
    expect(await kubectl(home, lab, 'get', 'hpa', 'consumer', '-o', 'jsonpath={.spec.metrics[0].object}')).toContain(
      '"describedObject":{"apiVersion":"v1","kind":"Service","name":"exporter"}',
    );
    const value: unknown = JSON.parse(await kubectl(home, lab, 'get', '--raw', VALUE));
    expect(value).toMatchObject({
      kind: 'MetricValueList',
      items: [{ describedObject: { kind: 'Service', name: 'exporter', namespace: 'metrics-lab' } }],
    });
    const { ledger } = await eventually(
      'everything done',
      () => statusOf(home, lab),
      (status) => status.ledger?.processed === 30,
      60_000,
    );
    expect(ledger).toMatchObject({ published: 30, processed: 30, lost: 0, dead: 0 });
    // Now there are consumers: the way back is a real one.
    await home.ok(['watch', 'hpa', ...at, '--until', 'current==0', '--for', '90s']);
  });

  it('teardown leaves nothing', async () => {
    await home.ok(['teardown', ...at]);
    expect(home.leftovers()).toEqual([]);
  });
});

describe('without prometheus on the machine', () => {
  it('says so with the fix, before anything is made', async () => {
    using home = new CliHome();
    const bin = join(home.dir, 'bin');
    mkdirSync(bin);
    symlinkSync(process.execPath, join(bin, 'node'));
    const { code, stderr } = await home.run(['up', '--pipeline', 'prometheus', '--backend', 'embedded'], {
      env: { PATH: bin },
    });
    expect(code).toBe(3);
    expect(stderr).toContain('ML-LAB-NO-PROMETHEUS');
    expect(stderr).toContain('apt-get install prometheus');
    expect(existsSync(join(home.dir, 'labs', 'lab'))).toBe(false);
  });
});
