import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CliHome } from '../helpers/cli.ts';
import { eventually, kubectl, statusOf } from '../helpers/lab-client.ts';
import { haveMetricsCorpus, METRICS_API, replayCorpus } from '../helpers/metrics-corpus.ts';
import { binDir, haveReal } from '../helpers/real-binaries.ts';

const ACTIVE = 'jsonpath={.status.conditions[?(@.type=="ScalingActive")].message}';

/** The walkthrough of upstream's test adapter, its recorded answers, and faults on demand. */
describe.skipIf(!haveReal('openssl')).each([
  ['native', ['--backend', 'native', '--bin-dir', binDir()]],
  ['embedded', ['--backend', 'embedded']],
])('up --pipeline test on %s', (name, backend) => {
  const home = new CliHome();
  const lab = 'walk';
  const at = ['--lab', lab];
  const metric = 'services/sample-app/test-metric';
  const cli = async (...args: readonly string[]) => (await home.ok([...args, ...at])).stdout;
  const hpa = (path: string) => kubectl(home, lab, 'get', 'hpa', 'sample-app', '-o', path);
  const condition = (text: string | RegExp) =>
    eventually(
      `the condition ${text}`,
      () => hpa(ACTIVE),
      (message) => (typeof text === 'string' ? message.includes(text) : text.test(message)),
      60_000,
    );
  const replay = async (...how: readonly string[]) => {
    const { metricsServer } = await statusOf(home, lab);
    const token = readFileSync(metricsServer.writeTokenFile ?? '', 'utf8').trim();
    const write = ['--write', metricsServer.writeUrl ?? '', '--write-token', token];
    return await replayCorpus([...how, ...write, '--identities', join(home.dir, 'identities')]);
  };

  beforeAll(async () => {
    await home.ok(['up', ...at, '--pipeline', 'test', ...backend, '--sync-period', '2s']);
  });
  afterAll(async () => {
    await home.run(['teardown', ...at, '--force']);
    expect(home.leftovers()).toEqual([]);
    home[Symbol.dispose]();
  });

  it('is up with an HPA of type Value at its target; a written value scales it', async () => {
    const status = await statusOf(home, lab);
    expect(status).toMatchObject({ ready: true, problems: [], pipeline: 'test', queue: null, ledger: null });
    expect(status.hpas).toMatchObject([
      { name: 'sample-app', desired: 1, metrics: [{ current: '300m', target: '300m' }] },
    ]);
    expect((await home.run(['publish', '3', ...at])).stderr).toContain('ML-LAB-PIPELINE');
    await cli('metric', 'set', metric, '900m');
    await home.ok(['watch', 'hpa', ...at, '--until', 'desired>=3', '--for', '60s']);
    expect(await cli('metric', 'get', metric)).toMatch(/^900m +Service\/sample-app/m);
    await cli('metric', 'set', metric, '300m');
  });

  // What the metrics server does is the same under both.
  if (name === 'native') {
    it('says who asked what, from the value to the HPA', async () => {
      const text = await eventually(
        'a question of the controller',
        () => cli('metric', 'queries', metric),
        (lines) =>
          /horizontal-pod-autoscaler services\/sample-app\/test-metric .*200 300m → hpa\/sample-app/.test(lines),
        30_000,
      );
      expect(text).toMatch(/ ms$/m);
      const { queries } = JSON.parse(await cli('metric', 'queries', '--tail', '2', '-o', 'json')) as {
        queries: unknown[];
      };
      expect(queries).toHaveLength(2);
    });

    it.each([
      [['--status', '503'], 'fault on demand: status 503'],
      [['--status', '429', '--delay', '1s'], 'fault on demand: status 429'],
      [['--empty'], 'the server could not find the metric test-metric for services sample-app'],
      [['--text', 'NaN'], 'quantities must match the regular expression'],
      [['--text', '1e30'], /able to successfully calculate|must match/],
      [['--flap', '4s'], 'fault on demand: status 503'],
    ])('the controller meets %j, and is well again afterwards', async (flags, message) => {
      await cli('metric', 'fault', 'test-metric', ...flags);
      await condition(message);
      const { metricsServer } = await statusOf(home, lab);
      expect(metricsServer.faults).toMatchObject([{ metric: 'test-metric' }]);
      expect(await cli('status')).toContain('FAULT ON DEMAND  test-metric: ');
      await cli('metric', 'fault', 'test-metric', '--off');
      await condition('able to successfully calculate');
      expect((await statusOf(home, lab)).metricsServer.faults).toEqual([]);
    });

    it('the controller does not look at the time of a value: one of ten minutes ago scales like a fresh one', async () => {
      await cli('metric', 'fault', 'test-metric', '--stale', '10m', '--for', '1m');
      const stale = await cli('metric', 'get', metric, '-o', 'json');
      const [value] = (JSON.parse(stale) as { values: { timestamp: string }[] }).values;
      expect(Date.now() - Date.parse(value?.timestamp ?? '')).toBeGreaterThan(590_000);
      await cli('metric', 'queries', metric);
      await condition('able to successfully calculate');
      await cli('metric', 'fault', 'test-metric', '--off');
    });

    it('a fault of an unknown metric, a wrong name and a contradiction are refused', async () => {
      const refused = async (...args: readonly string[]) => {
        const { code, stderr } = await home.run(['metric', ...args, ...at]);
        return `${code} ${/ML-[A-Z-]+/.exec(stderr)?.[0]}`;
      };
      expect(await refused('fault', 'nope', '--empty')).toBe('4 ML-METRIC-NOT-FOUND');
      expect(await refused('fault', 'test-metric')).toBe('2 ML-USAGE-ARGUMENT');
      expect(await refused('fault', 'test-metric', '--empty', '--text', 'x')).toBe('2 ML-USAGE-ARGUMENT');
      expect(await refused('set', 'a/b', '1')).toBe('2 ML-USAGE-VALUE');
      expect(await refused('set', metric, 'much')).toBe('7 ML-METRIC-WRITE');
      expect(await refused('get', 'services/none/test-metric')).toBe('7 ML-METRIC-NO-VALUE');
    });
  }

  describe.runIf(haveMetricsCorpus())('the recorded answers of upstream’s test adapter', () => {
    beforeAll(async () => {
      const { kubeconfig, pki } = await statusOf(home, lab);
      const identities = join(home.dir, 'identities');
      mkdirSync(identities);
      for (const name of ['setup.sh', 'fixtures.json']) copyFileSync(join(METRICS_API, name), join(home.dir, name));
      const files = [pki?.caCert, pki?.caKey, pki?.frontProxyCert, pki?.frontProxyKey].map(String);
      execFileSync('sh', [join(home.dir, 'setup.sh'), String(kubeconfig), ...files, identities], {
        env: { ...process.env, PATH: `${binDir()}:${process.env['PATH']}`, KUBECACHEDIR: join(home.dir, 'kubectl') },
        stdio: ['ignore', 'ignore', 'inherit'],
      });
    });

    it('are ours, asked directly', async () => {
      const { metricsServer } = await statusOf(home, lab);
      const result = await replay('--target', metricsServer.url ?? '');
      expect([result.mismatches, result.failed]).toEqual(['', 0]);
      expect(result.passed).toBeGreaterThan(600);
    });

    it('are ours, asked through the aggregator', async () => {
      const result = await replay('--kubeconfig', join(home.dir, 'identities', 'kubeconfig.json'));
      expect([result.mismatches, result.failed]).toEqual(['', 0]);
      expect(result.passed).toBeGreaterThan(500);
    });
  });
});
