import { describe, expect, it } from 'vitest';
import { parseBundle } from '../../../../src/explain/bundle-schema.ts';
import { explainBundle } from '../../../../src/explain/explain.ts';
import { bundle, condition, type Given, idsOf, NOW } from '../../../helpers/evidence-view.ts';

const scaledObject = (active: string, annotations: object = {}, spec: object = {}) => ({
  metadata: { name: 'web', namespace: 'shop', annotations },
  spec: { scaleTargetRef: { name: 'web' }, cooldownPeriod: 120, ...spec },
  status: {
    hpaName: 'web',
    lastActiveTime: '2026-01-01T11:59:00Z',
    conditions: [condition('Active', active, 'Scaler')],
  },
});
const given = (object: object, more: Given = {}): Given => ({ ...more, evidence: { scaledObjects: [object] } });
const atZero: Given = {
  replicas: 0,
  status: {
    currentMetrics: null,
    conditions: [
      condition('AbleToScale', 'True', 'SucceededGetScale'),
      condition('ScalingActive', 'False', 'ScalingDisabled', 'scaling is disabled since the replica count is zero'),
    ],
  },
};

describe('an HPA that KEDA made', () => {
  it('is fine while a trigger is active', () => expect(idsOf(given(scaledObject('True')))).toEqual([]));

  it.each(['autoscaling.keda.sh/paused', 'autoscaling.keda.sh/paused-replicas', 'autoscaling.keda.sh/paused-scale-in'])(
    'is paused by %s',
    (name) => {
      expect(idsOf(given(scaledObject('True', { [name]: '1' })))).toEqual(['keda-paused']);
      expect(idsOf(given(scaledObject('True', { [name]: 'false' })))).toEqual([]);
    },
  );

  it('tells when KEDA scales to zero: the cooldown after the last activity', () => {
    const [hpa] = [...explainBundle(parseBundle(bundle(given(scaledObject('False'))), NOW))];
    expect(hpa?.findings).toMatchObject([
      { id: 'keda-inactive-cooldown', next: expect.stringContaining('at 2026-01-01T12:01:00.000Z') },
    ]);
  });

  it('has no zero to save it from where KEDA keeps one replica', () => {
    expect(idsOf(given(scaledObject('False', {}, { minReplicaCount: 1 })))).toEqual([]);
  });

  it('is not disabled by an accident at zero', () => {
    expect(idsOf(atZero)).toContain('scalingdisabled-at-zero');
    const owned = bundle(given(scaledObject('False'), atZero)) as { evidence: { hpas: [{ metadata: object }] } };
    const [object] = owned.evidence.hpas;
    Object.assign(object.metadata, { ownerReferences: [{ kind: 'ScaledObject', name: 'web' }] });
    const [hpa] = [...explainBundle(parseBundle(owned, 'the bundle'))];
    expect(hpa?.findings.map(({ id }) => id)).toEqual(['keda-inactive-cooldown', 'targets-unknown']);
  });
});
