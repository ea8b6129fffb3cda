import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../../src/cli/scenario/scenario-file.ts';
import { LabError } from '../../../src/errors/lab-error.ts';
import { scenarioJsonSchema } from '../../../src/scenario/schema.ts';
import { Arrivals } from '../../../src/simulate/load/arrivals.ts';
import { seededRandom } from '../../../src/simulate/random.ts';

const HEAD = 'apiVersion: metricslab.dev/v1\nkind: Scenario\nmetadata: {name: x}\n';
const SHIPPED = new URL('../../../scenarios/', import.meta.url).pathname;

function problems(text: string): string[] {
  try {
    parseScenario(text, 's.yaml');
  } catch (error) {
    if (error instanceof LabError && error.id === 'ML-SCENARIO-INVALID') return error.why.split('\n');
    throw error;
  }
  return [];
}

function times(text: string): number[] {
  const { load, seed } = parseScenario(text, 's.yaml');
  const arrivals = new Arrivals(load, seededRandom(seed, 'arrivals'));
  const all: number[] = [];
  for (; arrivals.next !== Number.POSITIVE_INFINITY; arrivals.advance()) all.push(arrivals.next);
  return all;
}

describe('scenario file', () => {
  it.each(readdirSync(SHIPPED))('%s is valid, is called as its file, and says what it teaches', (name) => {
    const text = readFileSync(`${SHIPPED}${name}`, 'utf8');
    const scenario = parseScenario(text, name);
    expect(`${scenario.name}.yaml`).toBe(name);
    expect(scenario.expectations.length).toBeGreaterThan(1);
    expect(text).toMatch(/what it teaches[\s\S]+# Expected: /);
  });

  it('is described by its published schema, the two kinds of stages too', () => {
    const { properties } = scenarioJsonSchema() as {
      properties: { load: { properties: { stages: { items: unknown } } } };
    };
    expect(properties.load.properties.stages.items).toMatchObject({
      anyOf: [{ required: ['publish'] }, { required: ['rate', 'duration'] }],
    });
  });

  it('publishes at once, exactly as many, between the other stages', () => {
    const text = `${HEAD}load:\n  stages:\n    - {publish: 7, duration: 5s}\n    - {rate: 1/s, duration: 3s}\n    - {publish: 100}\n`;
    const all = times(text);
    expect(all.filter((at) => at < 0.01)).toHaveLength(7);
    expect(all.filter((at) => at > 4.9 && at <= 8)).toHaveLength(3);
    expect(all).toHaveLength(110);
  });

  it.each([
    ['constant', '2/s', 20],
    ['ramp', '0→4/s', 20],
    ['step', '1→3/s', 20],
    ['sine', '0→4/s', 20],
    ['spike', '1→4/s, width: 5s', 25],
  ])('shape %s', (shape, rate, items) => {
    const text = `${HEAD}load:\n  stages:\n    - {shape: ${shape}, duration: 10s, rate: ${rate}}\n`;
    expect(Math.abs(times(text).length - items)).toBeLessThan(2);
  });

  it('runs as long as it says, else to the last moment that counts and a little more', () => {
    const load = 'load:\n  stages:\n    - {rate: 1/s, duration: 10s}\n';
    expect(parseScenario(`${HEAD}for: 2m\n${load}`, 's').seconds).toBe(120);
    expect(parseScenario(`${HEAD}${load}`, 's').seconds).toBe(40);
    expect(parseScenario(`${HEAD}${load}expect: [desired >= 2 within 60s]\n`, 's').seconds).toBe(90);
  });

  it('tells every mistake of the form at once, each with its place', () => {
    const text = `${HEAD.replace('Scenario', 'Scenari')}lod: 1\nload:\n  stages:\n    - {publish: 0}\n    - {rate: 5/s, duration: 1m, shape: round}\n`;
    expect(problems(text)).toEqual([
      's.yaml:2:1 kind: expected Scenario',
      's.yaml:4:1 unknown key "lod"',
      expect.stringMatching(/^s\.yaml:7:8 load\.stages\.0\.publish: expected a whole number/),
      expect.stringMatching(/^s\.yaml:8:33 load\.stages\.1\.shape: expected one of constant/),
    ]);
  });

  it('tells every mistake of the texts at once, each with its place', () => {
    const text = `${HEAD}for: 1s\nload:\n  stages:\n    - {rate: 5/x, duration: 10s}\n    - {rate: 5/s, duration: soon}\n    - {rate: 1/s, duration: 20s}\nexpect:\n  - desird > 5\nthresholds:\n  - p95(wait) < 30\n`;
    expect(problems(text)).toEqual([
      expect.stringMatching(/^s\.yaml:4:1 expected at least the 20s of the load, got 1s/),
      expect.stringMatching(/^s\.yaml:7:8 .*"x" is not a unit of rates/),
      expect.stringMatching(/^s\.yaml:8:19 expected a duration with its unit.*"soon"/),
      expect.stringMatching(/^s\.yaml:11:5 .*there is no field "desird"/),
      expect.stringMatching(/^s\.yaml:13:5 .*"30" is not a duration/),
    ]);
  });

  it.each([
    ['not YAML', 'a: [', /^s\.yaml:1:\d+ /],
    ['empty', '', /^s\.yaml:1:1 /],
    ['too large', 'x'.repeat(300_000), /larger than/],
    ['a bomb', `a: &a [1]\nb: &b [${'*a,'.repeat(50)}]\nc: [${'*b,'.repeat(50)}]\n`, /too many aliases/],
  ])('%s', (_, text, expected) => {
    expect(problems(text)[0]).toMatch(expected);
  });
});
