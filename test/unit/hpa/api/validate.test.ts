import { describe, expect, it } from 'vitest';
import { decodeV2 } from '../../../../src/hpa/api/codec.ts';
import { defaultHpa } from '../../../../src/hpa/api/defaults.ts';
import { errorText, invalidMessage } from '../../../../src/hpa/api/field-error.ts';
import { apiRules } from '../../../../src/hpa/api/gates.ts';
import { prepareForCreate, prepareForUpdate } from '../../../../src/hpa/api/prepare.ts';
import type { HpaV2 } from '../../../../src/hpa/api/types.ts';
import { validateHpa, validateHpaStatus } from '../../../../src/hpa/api/validate.ts';
import type { Gates } from '../../../../src/hpa/rules.ts';

const TARGET = { kind: 'Deployment', name: 'web', apiVersion: 'apps/v1' };
const external = (target: object): object => ({ type: 'External', external: { metric: { name: 'q' }, target } });

function hpaOf(spec: object, minor = 36): HpaV2 {
  const json = {
    metadata: { name: 'web', namespace: 'ns1' },
    spec: { scaleTargetRef: TARGET, maxReplicas: 10, ...spec },
  };
  const { value, problems } = decodeV2(json, apiRules({ minor }).quirks);
  expect(problems).toEqual([]);
  return value;
}
function errors(spec: object, minor = 36, gates: Gates = {}): string[] {
  const rules = apiRules({ minor, gates });
  return validateHpa(prepareForCreate(hpaOf(spec, minor), rules), rules).map((error) => errorText(error, rules.quirks));
}

describe('validateHpa', () => {
  it('points at the field by its path', () => {
    const rules = apiRules({ minor: 36 });
    const hpa = defaultHpa(hpaOf({ metrics: [external({ type: 'Value', value: '-5' })] }));
    expect(validateHpa(hpa, rules)).toEqual([
      {
        path: ['spec', 'metrics', 0, 'external', 'target', 'value'],
        type: 'FieldValueInvalid',
        badValue: { kind: 'quantity', value: '-5' },
        detail: 'must be positive',
      },
    ]);
  });

  it.each([
    [33, 'spec.maxReplicas: Invalid value: 0: must be greater than 0'],
    [36, 'spec.maxReplicas: Required value: must be set and greater than 0'],
    [37, 'spec.maxReplicas: Required value'],
  ])('says in the words of 1.%i that maxReplicas is missing', (minor, text) => {
    expect(errors({ maxReplicas: 0 }, minor)).toContain(text);
  });

  it('of 1.37 puts the errors of declarative validation last', () => {
    const bad = { minReplicas: -1, maxReplicas: -3, scaleTargetRef: { kind: '', name: 'web', apiVersion: 'apps/v1' } };
    expect(errors(bad, 37, { HPAScaleToZero: false })).toEqual([
      'spec.maxReplicas: Invalid value: -3: must be greater than or equal to `minReplicas`',
      'spec.scaleTargetRef.kind: Required value',
      'spec.minReplicas: Invalid value: -1: must be greater than or equal to 1',
      'spec.maxReplicas: Invalid value: -3: must be greater than or equal to 1',
    ]);
  });

  it('prints a quantity as Go printed its struct up to 1.33', () => {
    const bad = { metrics: [external({ type: 'Value', value: '0.0' })] };
    expect(errors(bad, 33)).toEqual([
      'spec.metrics[0].external.target.value: Invalid value: resource.Quantity{i:resource.int64Amount{value:0, scale:-1}, ' +
        'd:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"", Format:"DecimalSI"}: must be positive',
    ]);
    expect(errors(bad, 34)).toEqual(['spec.metrics[0].external.target.value: Invalid value: "0": must be positive']);
  });

  it('escapes a wrong type as JSON does from 1.34 on, as Go before', () => {
    const bad = { metrics: [external({ type: '<b>', value: '1' })] };
    const text = (value: string): string =>
      `spec.metrics[0].external.target.type: Invalid value: ${value}: must be either Utilization, Value, or AverageValue`;
    expect(errors(bad, 33)).toEqual([text('"<b>"')]);
    expect(errors(bad, 34)).toEqual([text('"\\u003cb\\u003e"')]);
  });

  it('lets an update keep what was wrong with the old object', () => {
    const rules = apiRules({ minor: 36 });
    const meta = { resourceVersion: '1' };
    const old = { ...hpaOf({ minReplicas: 0, scaleTargetRef: { ...TARGET, apiVersion: 'v1' } }), ...meta };
    const next = { ...old, spec: { ...old.spec, maxReplicas: 3 } };
    expect(validateHpa(next, rules, old).map((error) => errorText(error, rules.quirks))).toEqual([
      'spec.metrics: Forbidden: must specify at least one Object or External metric to support scaling to zero replicas',
    ]);
  });

  it('counts the generation from 1.37 on and keeps the old status', () => {
    const rules = apiRules({ minor: 37 });
    const old = prepareForCreate(hpaOf({}, 37), rules);
    const next = hpaOf({ maxReplicas: 3 }, 37);
    expect(old.metadata.generation).toBe(1);
    expect(prepareForUpdate(next, old, rules, () => false).metadata.generation).toBe(2);
    expect(prepareForUpdate(next, old, rules, () => true).metadata.generation).toBeUndefined();
  });

  it('refuses a status with negative replicas', () => {
    const hpa = { ...hpaOf({}), status: { currentReplicas: -1, desiredReplicas: 0 } };
    expect(validateHpaStatus(hpa).map(({ path }) => path.join('.'))).toEqual(['status.currentReplicas']);
  });
});

it('a 422 message names each problem once', () => {
  const rules = apiRules({ minor: 36 });
  const found = validateHpa(defaultHpa(hpaOf({ metrics: [{ type: 'Magic' }] })), rules);
  expect(found).toHaveLength(2);
  expect(invalidMessage('web', found, rules.quirks)).toBe(
    'HorizontalPodAutoscaler.autoscaling "web" is invalid: spec.metrics[0].type: Unsupported value: "Magic": ' +
      'supported values: "ContainerResource", "External", "Object", "Pods", "Resource"',
  );
});
