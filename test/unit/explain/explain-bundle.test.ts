import { describe, expect, it } from 'vitest';
import { readBundle } from '../../../src/explain/bundle.ts';
import { explainBundle } from '../../../src/explain/explain-bundle.ts';
import { bundle, queueAt } from '../../helpers/evidence-view.ts';

describe('explainBundle', () => {
  it('gives chain and findings without a cluster', () => {
    const text = JSON.stringify(bundle({ status: { currentMetrics: [queueAt('9500m')] } }));
    const [hpa] = explainBundle(readBundle(text, 'b.json'));
    expect(hpa).toMatchObject({ namespace: 'shop', name: 'web', target: 'Deployment/web', computed: 4, desired: 4 });
    expect(hpa?.findings.map(({ id }) => id)).toEqual(['milli-units-misread']);
    expect(hpa?.chain.map(({ step }) => step)).toContain('ratio');
  });
  it.each([
    ['{"kubernetesVersion": "1.36', 'cut off'],
    ['{}', 'kubernetesVersion'],
  ])('refuses %s', (text, reason) => {
    expect(() => readBundle(text, 'b.json')).toThrow(expect.objectContaining({ id: 'ML-EXPLAIN-BUNDLE' }));
    try {
      readBundle(text, 'b.json');
    } catch (error) {
      expect(JSON.stringify(error instanceof Error ? { ...error, message: error.message } : {})).toContain(reason);
    }
  });
});
