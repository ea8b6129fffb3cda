import { expect, test } from 'vitest';
import { fixRequests } from '../../../src/drill/fix-requests.ts';

test('the commands of a fix as what kubectl asks for', () => {
  const patch = `kubectl patch hpa web -n shop --type merge -p '{"spec":{"maxReplicas":40}}'`;
  expect(fixRequests(`if wanted: ${patch} (or give each replica more capacity)`)).toEqual([
    {
      command: patch,
      path: '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers/web',
      body: { spec: { maxReplicas: 40 } },
    },
  ]);
  const scale = 'kubectl scale deployment web -n shop --replicas=1';
  expect(fixRequests(`start it with a flag; for now: ${scale}`)).toEqual([
    { command: scale, path: '/apis/apps/v1/namespaces/shop/deployments/web/scale', body: { spec: { replicas: 1 } } },
  ]);
  expect(fixRequests('use a target in the unit of the metric')).toEqual([]);
});
