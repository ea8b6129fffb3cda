import { describe, expect, it } from 'vitest';
import { TuningSchema } from '../../../src/cli/simulate/document-schema.ts';
import { type Ran, RunningCli } from './run-cli.ts';

const HPA = `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: consumer}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: consumer}
  maxReplicas: 4
  metrics:
    - type: External
      external: {metric: {name: queue}, target: {type: AverageValue, averageValue: 2}}
`;
const LOAD = ['--load', 'constant(3/s, 10m)', '--budget', '60'];
/** The command hands control back after every run; somebody must let the time go on. */
async function tune(...more: string[]): Promise<Ran> {
  const cli = new RunningCli(['tune', '-f', '/hpa.yaml', ...LOAD, ...more], { files: { '/hpa.yaml': HPA } });
  let ran: Ran | undefined;
  void cli.done.then((result) => (ran = result));
  while (ran === undefined) {
    await cli.clock.advance(1);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return ran;
}

describe('metrics-lab tune', () => {
  it('prints what it found as a document, the cheapest one as a patch', async () => {
    const { code, stdout } = await tune('--expect', 'p95(wait) < 20s', '-o', 'json');
    expect(code).toBe(0);
    const { apiVersion: _, kind, ...data } = JSON.parse(stdout) as Record<string, unknown>;
    expect(kind).toBe('Tuning');
    expect(TuningSchema.parse(data)).toEqual(data);
    const { given, pareto, patch, runs } = data;
    expect(runs).toBeLessThanOrEqual(60);
    expect(given).toMatchObject({ target: '2', min: 1, max: 4 });
    expect((pareto as unknown[])[0]).toMatchObject({ failedExpectations: 0 });
    expect(patch).toMatchObject({ spec: { maxReplicas: expect.any(Number) } });
  });

  it('ends with 99 when nothing meets the expectations, with 2 when there are none', async () => {
    expect((await tune('--expect', 'max(desired) < 0')).code).toBe(99);
    const { code, stderr } = await tune();
    expect(code).toBe(2);
    expect(stderr).toContain('ML-SIM-FLAGS');
  });
});
