import { describe, expect, it } from 'vitest';
import { enqueue, type Platform, rateLimiterDelayMs, rulesOf } from '../../../../src/hpa/index.ts';

const rules = (minor: number, gates: Platform['gates'] = {}) => rulesOf({ minor, arch: 'amd64', gates });
const specChange = { type: 'update', oldGeneration: 1, newGeneration: 2 } as const;
const resync = { type: 'update', oldGeneration: 1, newGeneration: 1 } as const;

describe('the queue', () => {
  it('holds everything back one sync period up to 1.36', () => {
    expect(enqueue({ type: 'add' }, rules(36))).toEqual({ call: 'AddRateLimited', selector: 'ensure' });
    expect(enqueue(specChange, rules(36))).toEqual({ call: 'AddRateLimited', selector: 'ensure' });
  });

  it('takes new HPAs and changed specs at once from 1.37 on', () => {
    expect(enqueue({ type: 'add' }, rules(37)).call).toBe('Add');
    expect(enqueue(specChange, rules(37)).call).toBe('Add');
    expect(enqueue(resync, rules(37))).toEqual({ call: 'AddRateLimited', selector: 'keep' });
    expect(enqueue(specChange, rules(37, { HPAGeneration: false })).call).toBe('AddRateLimited');
  });

  it('forgets a deleted HPA', () => {
    expect(enqueue({ type: 'delete' }, rules(37))).toEqual({ call: 'Forget', selector: 'remove' });
  });

  it('never backs off', () => {
    expect(rateLimiterDelayMs(15)).toBe(15_000);
  });
});

describe('the rules of a platform', () => {
  it('take the gates of the version unless they are given', () => {
    expect(rules(34).configurableTolerance).toBe(false);
    expect(rules(34, { HPAConfigurableTolerance: true }).configurableTolerance).toBe(true);
    expect(rules(35).configurableTolerance).toBe(true);
    // Locked on.
    expect(rules(37, { HPAConfigurableTolerance: false }).configurableTolerance).toBe(true);
    // The API server's gate is of no use to a controller that does not read it.
    expect(rules(35, { HPAScaleToZero: true }).scaleToZero).toBe(false);
    expect(rules(36, { HPAScaleToZero: true }).scaleToZero).toBe(true);
    expect(rules(37).scaleToZero).toBe(true);
  });

  it('saturate on arm64', () => {
    expect(rulesOf({ minor: 36, arch: 'arm64', gates: {} }).saturating).toBe(true);
  });
});
