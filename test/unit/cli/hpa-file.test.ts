import { describe, expect, it } from 'vitest';
import { parseHpaFile, parseHpaFiles } from '../../../src/cli/simulate/hpa-file.ts';
import type { LabError } from '../../../src/errors/lab-error.ts';

const V2 = `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: consumer
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: consumer}
  maxReplicas: 20
  metrics:
    - type: External
      external:
        metric: {name: queue}
        target: {type: AverageValue, averageValue: 2}
`;

function problems(text: string): string[] {
  try {
    parseHpaFile(text, 'hpa.yaml', 36);
  } catch (error) {
    expect((error as LabError).id).toBe('ML-SIM-HPA');
    return (error as LabError).why.split('\n');
  }
  return [];
}

describe('the HPA of a file', () => {
  it('is defaulted', () => {
    const { hpa, notes } = parseHpaFile(V2, 'hpa.yaml', 36);
    expect(hpa.spec).toMatchObject({ minReplicas: 1, maxReplicas: 20 });
    expect(hpa.spec.metrics?.[0]?.external?.target).toEqual({ type: 'AverageValue', averageValue: '2' });
    expect(notes).toEqual([]);
  });

  it('nested without end is told in a few lines', () => {
    const told = problems('['.repeat(20_000));
    expect(told[0]).toMatch(/^hpa\.yaml:1:\d+ nested too deeply$/);
    expect(told.length).toBeLessThan(25);
    expect(told.at(-1)).toMatch(/^and \d+ more/);
  });

  it('may have minReplicas 0', () => {
    expect(
      parseHpaFile(V2.replace('maxReplicas: 20', 'maxReplicas: 20\n  minReplicas: 0'), 'x', 36).hpa.spec.minReplicas,
    ).toBe(0);
  });

  it('is found among other documents that are empty, and in a List, and as JSON', () => {
    expect(parseHpaFile(`---\n---\n${V2}---\n`, 'x', 36).hpa.metadata.name).toBe('consumer');
    const list = `apiVersion: v1\nkind: List\nitems:\n- ${V2.trim().replaceAll('\n', '\n  ')}\n`;
    expect(parseHpaFile(list, 'x', 36).hpa.metadata.name).toBe('consumer');
    expect(problems(list.replace('maxReplicas: 20', 'maxReplicas: 0'))[0]).toMatch(
      'hpa.yaml:10:5 spec.maxReplicas: Required value',
    );
  });

  it('of version v1 or v2beta2 is converted, and that is said', () => {
    const v1 =
      'apiVersion: autoscaling/v1\nkind: HorizontalPodAutoscaler\nmetadata: {name: web}\nspec:\n  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}\n  maxReplicas: 3\n  targetCPUUtilizationPercentage: 50\n';
    const { hpa, notes } = parseHpaFile(v1, 'old.yaml', 36);
    expect(hpa.spec.metrics).toEqual([
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
    ]);
    expect(notes).toEqual(['old.yaml is autoscaling/v1; it was converted to autoscaling/v2']);
    expect(parseHpaFile(V2.replace('autoscaling/v2', 'autoscaling/v2beta2'), 'x', 36).notes).toEqual([
      'x is autoscaling/v2beta2; it was converted to autoscaling/v2',
    ]);
  });

  it("tells everything that is wrong with its place, in upstream's words", () => {
    const bad = V2.replace('maxReplicas: 20', 'minReplicas: -1\n  maxReplicas: 0')
      .replace('type: AverageValue', 'type: Average')
      .replace('name: queue', 'name: ""');
    expect(problems(bad)).toEqual([
      'hpa.yaml:7:3 spec.minReplicas: Invalid value: -1: must be greater than or equal to 0',
      expect.stringMatching(/^hpa\.yaml:8:3 spec\.maxReplicas: /),
      expect.stringMatching(/^hpa\.yaml:12:\d+ spec\.metrics\[0\]\.external\.metric\.name: Required value/),
      expect.stringMatching(/^hpa\.yaml:13:\d+ spec\.metrics\[0\]\.external\.target\.type: /),
    ]);
  });

  it('tells wrong types and unknown fields', () => {
    expect(problems(V2.replace('maxReplicas: 20', 'maxReplicas: many\n  maxReplica: 3'))).toEqual([
      'hpa.yaml:7:3 json: cannot unmarshal string into Go struct field HorizontalPodAutoscalerSpec.spec.maxReplicas of type int32',
      'hpa.yaml:8:3 unknown field "spec.maxReplica"',
    ]);
  });

  it.each([
    ['', 'hpa.yaml:1:1 the file is empty'],
    ['kind: Deployment\napiVersion: apps/v1\n', 'hpa.yaml:1:1 kind is "Deployment", not HorizontalPodAutoscaler'],
    ['- 1\n- 2\n', 'hpa.yaml:1:1 an object without kind, not HorizontalPodAutoscaler'],
    ['just text', 'hpa.yaml:1:1 an object without kind, not HorizontalPodAutoscaler'],
    [
      V2.replace('autoscaling/v2', 'autoscaling/v3'),
      'hpa.yaml:1:1 apiVersion "autoscaling/v3" is not one of autoscaling/v2, autoscaling/v1, autoscaling/v2beta2, autoscaling/v2beta1',
    ],
    [V2.replace('  name: consumer\n', '  name: [\n'), expect.stringMatching(/^hpa\.yaml:\d+:\d+ /)],
  ])('%j', (text, expected) => {
    expect(problems(text)[0]).toEqual(expected);
  });

  it('is one where one is wanted: two are refused by their names', () => {
    expect(problems(`${V2}---\n${V2.replace('name: consumer', 'name: other')}`)).toEqual([
      'hpa.yaml holds 2 HPAs (consumer, other); one is wanted here: keep one in the file',
    ]);
  });

  it('may be several, and all that is wrong with any of them is told', () => {
    const read = parseHpaFiles(`${V2}---\n${V2.replace('name: consumer', 'name: other')}`, 'x', 36);
    expect(read.map(({ hpa }) => hpa.metadata.name)).toEqual(['consumer', 'other']);
    const bad = V2.replace('maxReplicas: 20', 'maxReplicas: 0');
    const places = problems(`${bad}---\n${bad}`).map((line) => line.split(' ')[0]);
    expect([...new Set(places)]).toEqual(['hpa.yaml:7:3', 'hpa.yaml:20:3']);
  });

  it('of version v2beta1 is converted as well', () => {
    const beta = `apiVersion: autoscaling/v2beta1
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  maxReplicas: 3
  metrics:
    - type: External
      external: {metricName: queue, targetAverageValue: 2}
`;
    const { hpa, notes } = parseHpaFile(beta, 'old.yaml', 36);
    expect(hpa.spec.metrics).toEqual([
      {
        type: 'External',
        external: { metric: { name: 'queue' }, target: { type: 'AverageValue', averageValue: '2' } },
      },
    ]);
    expect(notes).toEqual(['old.yaml is autoscaling/v2beta1; it was converted to autoscaling/v2']);
  });

  it('does not fall for a billion laughs', () => {
    const laughs = `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghi'].map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[at]}`).join(',')}]`).join('\n')}\n`;
    expect(problems(laughs)[0]).toMatch('too many aliases');
  });
});
