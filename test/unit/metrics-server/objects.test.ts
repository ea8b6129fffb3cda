import { describe, expect, it } from 'vitest';
import { EVERYTHING, parseSelector } from '../../../src/kube/label-selector.ts';
import { staticDirectory } from '../../../src/metrics-server/objects/static-directory.ts';

const pod = (namespace: string, name: string, labels: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, labels },
});

describe('resources', () => {
  const directory = staticDirectory({ items: [pod('a', 'q', { app: 'x' }), pod('a', 'p'), pod('b', 'r')] });

  it.each([
    ['pods', 'Pod', ''],
    ['pod', 'Pod', ''],
    ['Pods', 'Pod', ''],
    ['pods.', 'Pod', ''],
    ['deployments.apps', 'Deployment', 'apps'],
    ['deployments', 'Deployment', 'apps'],
    ['deployments.', 'Deployment', 'apps'],
    ['ingresses.networking.k8s.io', 'Ingress', 'networking.k8s.io'],
    ['ingresses.networking', 'Ingress', 'networking.k8s.io'],
  ])('%s is %s', async (text, kind, group) => {
    expect(await directory.resolve(text)).toMatchObject({ kind, group });
  });
  it.each(['po', 'zonks', 'deployments.extensions', 'pods.v1.', 'deployments.v1.apps'])(
    '%s is unknown',
    async (text) => {
      expect(await directory.resolve(text)).toBeUndefined();
    },
  );

  it('have objects, by namespace and labels, sorted', async () => {
    const kind = await directory.resolve('pods');
    if (kind === undefined) throw new Error('no pods');
    expect(await directory.names(kind, 'a', EVERYTHING)).toEqual(['p', 'q']);
    const selector = parseSelector('app=x');
    if (typeof selector === 'string') throw new Error(selector);
    expect(await directory.names(kind, 'a', selector)).toEqual(['q']);
    expect(await directory.names(kind, 'c', EVERYTHING)).toEqual([]);
  });
});
