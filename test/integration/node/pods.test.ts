import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { haveReal } from '../../helpers/real-binaries.ts';
import { eventually, NodeCluster } from './cluster.ts';
import { deployment } from './objects.ts';

describe.runIf(haveReal())('pods of the process node on a real control plane', () => {
  const cluster = new NodeCluster();
  beforeAll(() => cluster.start());
  afterAll(() => cluster.close());

  it('runs a Deployment, with its log and a Ready node', async () => {
    await cluster.apply(deployment('web', { replicas: 2 }));
    await cluster.kubectl('rollout', 'status', 'deployment/web', '--timeout=30s');
    const pods = await cluster.kubectl('get', 'pods', '-l', 'app=web', '-o', 'wide');
    expect(pods.match(/1\/1 +Running +0 /g)).toHaveLength(2);
    expect(pods).toContain('10.244.0.');
    expect(await cluster.kubectl('get', 'nodes')).toMatch(/node-1 +Ready/);
    const logs = await eventually('the log', async () => {
      const text = await cluster.kubectl('logs', 'deployment/web');
      return text.includes('listening') && text;
    });
    expect(logs).toMatch(/^hello from web-/);
  });
});
