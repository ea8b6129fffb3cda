import { describe, expect, it } from 'vitest';
import { SimulationDocument } from '../../../src/cli/simulate/document-schema.ts';
import { runCli } from './run-cli.ts';

const HPA = `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: consumer}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: consumer}
  maxReplicas: 10
  metrics:
    - type: External
      external:
        metric: {name: queue}
        target: {type: AverageValue, averageValue: 2}
`;
const FILES = {
  '/proj/hpa.yaml': HPA,
  '/proj/five.yaml': HPA.replace('averageValue: 2', 'averageValue: 5'),
  '/proj/old.yaml': HPA.replace('autoscaling/v2', 'autoscaling/v2beta2'),
  '/proj/two.yaml': `${HPA}---\n${HPA.replaceAll('name: consumer', 'name: mailer').replace('averageValue: 2', 'averageValue: 4')}`,
  '/proj/same.yaml': `${HPA}---\n${HPA.replace('{name: consumer}', '{name: twin}')}`,
  '/proj/load.csv': 'time,value\n0,2\n60,16\n120,0\n',
  '/proj/rate.csv': 'time,rate\n0,1\n60,2\n',
};

const simulate = (args: readonly string[], stdin?: string) =>
  runCli(['simulate', ...args], { files: FILES, ...(stdin === undefined ? {} : { stdin }) });

describe('metrics-lab simulate', () => {
  it('prints decisions, a plot and a summary', async () => {
    const { code, stdout, stderr } = await simulate(['-f', 'hpa.yaml', '--trace', 'load.csv', '--for', '10m']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "TIME   METRIC  READY  REPLICAS  WHY
      1m     16      1      1 → 4     metric 16 / target 2 asks 8; twice the current count, at least 4, allows only 4; max 10 → 4
      1m15s  16      4      4 → 8     metric 16 / target 2 asks 8; twice the current count, at least 4, allows 8; max 10 → 8
      7m     0       8      8 → 1     metric 0 / target 2 asks 0; min 1 → 1

      metric   ▂▂▂▂█████▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁  max 16
      desired  ▂▂▂▂▅████████████████████████▂▂▂▂▂▂▂▂▂▂▂▂  max 8
      ready    ▁▂▂▂▂▅████████████████████████▂▂▂▂▂▂▂▂▂▂▂  max 8
               0                                     10m

      replicas        1 to 8, at the end 1 (ready 1)
      replica-seconds 3060
      scaled          2 up, 1 down, 1 flaps
      first reaction  after 0s
      at max          0s
      "
    `);
  });

  it('prints one document with one timeline entry per sync', async () => {
    const { code, stdout } = await simulate(['-f', 'hpa.yaml', '--trace', 'load.csv', '--for', '2m', '-o', 'json']);
    expect(code).toBe(0);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({
      apiVersion: 'metricslab.dev/v1',
      kind: 'Simulation',
      kubernetesVersion: '1.36',
      arch: 'amd64',
      seed: 1,
      min: 1,
      max: 10,
    });
    expect(
      document.timeline.map(({ time, metric, current, desired, ready }: Record<string, unknown>) => [
        time,
        metric,
        current,
        desired,
        ready,
      ]),
    ).toEqual([
      [0, 2, 1, 1, 0],
      [15, 2, 1, 1, 1],
      [30, 2, 1, 1, 1],
      [45, 2, 1, 1, 1],
      [60, 16, 1, 4, 1],
      [75, 16, 4, 8, 4],
      [90, 16, 8, 8, 8],
      [105, 16, 8, 8, 8],
      [120, 0, 8, 8, 8],
    ]);
    expect(document.summary).toMatchObject({ syncs: 9, scaleUps: 2, wait: null, ledger: null });
    expect(document.timeline[4].record.steps.length).toBeGreaterThan(3);
  });

  it.each([
    ['a load', ['--load', 'poisson(3/s, 5m)', '--compare', 'five.yaml', '--expect', 'lost == 0']],
    ['a trace with gaps', ['--trace', 'load.csv', '--metric-error', '1m-2m', '--expect', 'p95(wait) < 1s']],
  ])('prints what its published schema says: %s', async (_, args) => {
    const { stdout } = await simulate(['-f', 'hpa.yaml', ...args, '-o', 'json']);
    const document: unknown = JSON.parse(stdout);
    // What the schema does not know would be missing here.
    expect(SimulationDocument.parse(document)).toEqual(document);
  });

  it('prints a line per sync as ndjson and csv', async () => {
    const args = ['-f', 'hpa.yaml', '--load', 'constant(4/s, 30s)', '--for', '1m', '-o'];
    const lines = (await simulate([...args, 'ndjson'])).stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).time)).toEqual([0, 15, 30, 45, 60]);
    const csv = (await simulate([...args, 'csv'])).stdout.trimEnd().split('\n');
    expect(csv[0]).toBe('time,metric,current,desired,ready,waiting,oldestWait,reason');
    expect(csv).toHaveLength(6);
  });

  it('gives the same for the same seed, and something else for another', async () => {
    const args = ['-f', 'hpa.yaml', '--load', 'poisson(3/s, 5m)', '-o', 'json'];
    const first = await simulate(args);
    expect(await simulate(args)).toEqual(first);
    expect((await simulate([...args, '--seed', '2'])).stdout).not.toBe(first.stdout);
  });

  it('ends with 99 when an expectation fails, after it has printed everything', async () => {
    const args = ['-f', 'hpa.yaml', '--load', 'constant(8/s, 5m)'];
    const { code, stdout } = await simulate([...args, '--expect', 'p95(wait) < 1s', '--expect', 'lost == 0']);
    expect(code).toBe(99);
    expect(stdout).toMatch(/✗ p95\(wait\) < 1s: it was .*s\n✓ lost == 0: it was 0\n$/);
    expect(
      (await simulate([...args, '--expect', 'max(desired) <= 10', '--expect', 'desired >= 4 within 60s'])).code,
    ).toBe(0);
  });

  it('compares as many as are named', async () => {
    const args = ['-f', 'hpa.yaml', '--compare', 'five.yaml', '--compare', 'old.yaml', '--load', 'poisson(3/s, 5m)'];
    const { stdout } = await simulate(args);
    expect(stdout).toMatch(/^ +hpa\.yaml +five\.yaml +old\.yaml$/m);
    const { comparisons } = JSON.parse((await simulate([...args, '-o', 'json'])).stdout);
    expect(comparisons.map(({ file }: { file: string }) => file)).toEqual(['five.yaml', 'old.yaml']);
  });

  it('compares two HPAs on the same load', async () => {
    const args = ['-f', 'hpa.yaml', '--compare', 'five.yaml', '--load', 'poisson(3/s, 5m)'];
    const text = await simulate(args);
    expect(text.code).toBe(0);
    expect(text.stdout).toMatch(/\n +hpa\.yaml +five\.yaml\n/);
    const { summary, compare } = JSON.parse((await simulate([...args, '-o', 'json'])).stdout);
    expect(compare.file).toBe('five.yaml');
    expect(compare.summary.ledger.published).toBe(summary.ledger.published);
    expect(compare.summary.replicaSeconds).toBeLessThan(summary.replicaSeconds);
  });

  it('reads the HPA from stdin, rates from a trace, and says that it converted', async () => {
    const { code, stdout } = await simulate(['-f', '-', '--trace', 'rate.csv', '-o', 'json'], HPA);
    expect(code).toBe(0);
    // A minute at 1/s, a minute at 2/s, then nothing.
    expect(JSON.parse(stdout).summary.ledger).toMatchObject({ published: 180, processed: 180 });
    expect((await simulate(['-f', 'old.yaml', '--load', '1/s'])).stderr).toBe(
      'old.yaml is autoscaling/v2beta2; it was converted to autoscaling/v2\n',
    );
  });

  it.each([
    [[], 'ML-SIM-FLAGS', 'there is no HPA'],
    [['-f', 'hpa.yaml'], 'ML-SIM-FLAGS', 'there is no load'],
    [['-f', 'hpa.yaml', '--load', '1/s', '--trace', 'load.csv'], 'ML-SIM-FLAGS', '--load and --trace are both given'],
    [
      ['-f', 'hpa.yaml', '--trace', 'load.csv', '--service-time', '2s'],
      'ML-SIM-FLAGS',
      '--service-time would change nothing',
    ],
    [['-f', 'nothing.yaml', '--load', '1/s'], 'ML-SIM-FILE', 'there is no such file'],
    [['-f', 'load.csv', '--load', '1/s'], 'ML-SIM-HPA', 'load.csv:1:1'],
    [['-f', 'hpa.yaml', '--load', '1'], 'ML-SIM-LOAD', 'the unit is missing'],
    [['-f', 'hpa.yaml', '--trace', 'hpa.yaml'], 'ML-SIM-TRACE', 'there is no column "time"'],
    [['-f', 'hpa.yaml', '--load', '1/s', '--service-time', '-1s'], 'ML-SIM-SERVICE', 'not a duration'],
    [['-f', 'hpa.yaml', '--load', '1/s', '--expect', 'joy > 1'], 'ML-SIM-EXPECT', 'there is no field "joy"'],
    [['-f', 'hpa.yaml', '--load', '1000000/s', '--for', '100000h'], 'ML-SIM', 'at most'],
    [['-f', 'hpa.yaml', '--load', '1/s', '--kubernetes-version', '1.12'], 'ML-USAGE-VALUE', '1.26 to 1.37'],
    [['-f', 'hpa.yaml', '--load', '1/s', '--metric-error', '7m-5m'], 'ML-USAGE-VALUE', 'two rising times'],
    [['-f', '-', '--compare', '-', '--load', '1/s'], 'ML-SIM-FLAGS', '- is given twice'],
  ])('%j is refused with exit code 2', async (args, id, reason) => {
    const { code, stdout, stderr } = await simulate(args, HPA);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(id);
    expect(stderr).toMatch(reason);
  });

  it('runs several HPAs, each with its own pods and queue, under one load', async () => {
    const args = ['--load', 'constant(2/s, 5m)', '--for', '10m', '--expect', 'lost == 0'];
    const both = await simulate(['-f', 'two.yaml', ...args, '-o', 'json']);
    expect(both.code).toBe(0);
    const document = JSON.parse(both.stdout);
    expect(SimulationDocument.safeParse(document).success).toBe(true);
    expect(document.hpas.map(({ name }: { name: string }) => name)).toEqual(['consumer', 'mailer']);
    const alone = JSON.parse((await simulate(['-f', 'hpa.yaml', ...args, '-o', 'json'])).stdout);
    expect(document.timeline).toEqual(alone.timeline);
    expect(document.hpas[0].timeline).toEqual(alone.timeline);
    expect(document.hpas[1].summary.desired.max).toBeLessThan(document.hpas[0].summary.desired.max);

    const text = (await simulate(['-f', 'hpa.yaml', '-f', 'two.yaml', ...args])).stderr;
    expect(text).toMatch('two HPAs are named consumer');
    expect((await simulate(['-f', 'two.yaml', ...args])).stdout).toMatch(
      /^HPA consumer \(two\.yaml\)\n[^]*\nHPA mailer /,
    );
    expect((await simulate(['-f', 'two.yaml', ...args, '-o', 'csv'])).stdout).toMatch(/^hpa,time,[^]*\nmailer,0,/);
  });

  it('refuses two HPAs of one target, and several to compare', async () => {
    const shared = await simulate(['-f', 'same.yaml', '--trace', 'load.csv']);
    expect(shared).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('consumer and twin both scale Deployment consumer'),
    });
    const compared = await simulate(['-f', 'two.yaml', '--compare', 'five.yaml', '--trace', 'load.csv']);
    expect(compared).toMatchObject({ code: 2, stderr: expect.stringContaining('keep one in each file') });
  });

  it('--pods says what single flags say', async () => {
    const args = ['-f', 'hpa.yaml', '--load', 'constant(2/s, 5m)', '-o', 'json'];
    const short = await simulate([...args, '--pods', 'service=uniform(1s, 3s), start=4s,ready=5s,drain=6s,crash=1/h']);
    const long = await simulate([
      ...args,
      '--service-time',
      'uniform(1s, 3s)',
      '--startup',
      '4s',
      '--ready-delay',
      '5s',
      '--grace',
      '6s',
      '--crash-rate',
      '1/h',
    ]);
    expect(short.code).toBe(0);
    expect(short.stdout).toBe(long.stdout);
    expect(short.stdout).not.toBe((await simulate(args)).stdout);
  });

  it.each([
    ['begin=3s', 'begin=3s'],
    ['start', 'start'],
    ['start=soon', 'soon'],
    ['start=1s,start=2s', 'start once'],
    ['service=often(1s)', 'often'],
    ['', '--pods'],
  ])('--pods %j is refused', async (pods, told) => {
    const { code, stderr } = await simulate(['-f', 'hpa.yaml', '--load', '1/s', '--pods', pods]);
    expect({ code, told: stderr.includes(told) }).toEqual({ code: 2, told: true });
  });
});
