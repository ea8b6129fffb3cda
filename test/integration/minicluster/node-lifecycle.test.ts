import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type ControlledCluster, startControlled } from '../../helpers/embedded-controllers.ts';
import { rfc3339 } from '../../../src/minicluster/node/runtime.ts';
import { eventually } from '../../helpers/lab-client.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

const UNREACHABLE = 'node.kubernetes.io/unreachable';
const LEASES = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
const PODS = '/api/v1/namespaces/default/pods';
const Node = z.object({
  spec: z.object({ taints: z.array(z.object({ key: z.string(), effect: z.string() })).default([]) }),
  status: z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })) }),
});
const Pod = z.object({ metadata: z.object({ deletionTimestamp: z.string().optional() }) });

// Nodes that are only objects: their heartbeats are this test's. Nodes with an agent: test/e2e/nodes.test.ts.
describe('the node lifecycle controller', () => {
  const dir = tempDir();
  const beating = new Set(['a', 'b']);
  let cluster: ControlledCluster;
  let timer: NodeJS.Timeout | undefined;
  const { promise: failed, reject } = Promise.withResolvers<never>();

  const say = (name: string) =>
    cluster.client.patch(`/api/v1/nodes/${name}/status`, 'strategic', {
      status: { conditions: [{ type: 'Ready', status: 'True', lastHeartbeatTime: rfc3339(Date.now()) }] },
    });
  const taints = async (name: string) => {
    const { spec, status } = Node.parse(await cluster.client.json('GET', `/api/v1/nodes/${name}`));
    const ready = status.conditions.find(({ type }) => type === 'Ready')?.status;
    return `${ready} ${spec.taints.map(({ key, effect }) => `${key}:${effect}`).join(' ')}`.trim();
  };
  const becomes = (name: string, expected: string) =>
    Promise.race([
      failed,
      eventually(
        `node ${name}`,
        () => taints(name),
        (text) => text === expected,
        30_000,
      ),
    ]);
  const pod = (name: string, toleration: object) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      nodeName: 'b',
      containers: [{ name: 'main', image: 'i' }],
      tolerations: [{ key: UNREACHABLE, operator: 'Exists', effect: 'NoExecute', ...toleration }],
    },
  });
  const isGoing = async (name: string) =>
    Pod.parse(await cluster.client.json('GET', `${PODS}/${name}`)).metadata.deletionTimestamp !== undefined;

  beforeAll(async () => {
    cluster = await startControlled(dir.path, () => {}, 1, undefined, 2);
    const { client } = cluster;
    for (const name of beating) {
      await client.json('POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name } });
      await client.json('POST', LEASES, {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name },
        spec: {},
      });
      await say(name);
    }
    timer = setInterval(() => {
      const renewTime = new Date().toISOString().replace('Z', '000Z');
      for (const name of beating) client.patch(`${LEASES}/${name}`, 'merge', { spec: { renewTime } }).catch(reject);
    }, 200);
  });
  afterAll(() => {
    clearInterval(timer);
    cluster.stop();
    dir[Symbol.dispose]();
  });

  it('takes the taint of admission from nodes that are ready', async () => {
    await becomes('a', 'True');
    await becomes('b', 'True');
  });

  it('taints a silent node, and evicts what does not tolerate that any longer', async () => {
    // Its account is made by a controller of its own.
    await eventually(
      'the account of pods',
      () => cluster.client.find('/api/v1/namespaces/default/serviceaccounts/default'),
      (found) => found !== undefined,
      30_000,
    );
    await cluster.client.json('POST', PODS, pod('a-second', { tolerationSeconds: 1 }));
    await cluster.client.json('POST', PODS, pod('for-ever', {}));
    beating.delete('b');
    await becomes('b', `Unknown ${UNREACHABLE}:NoSchedule ${UNREACHABLE}:NoExecute`);
    await eventually(
      'the eviction',
      () => isGoing('a-second'),
      (going) => going,
      30_000,
    );
    expect(await isGoing('for-ever')).toBe(false);
  });

  it('evicts nothing while no node is ready: nobody could take it', async () => {
    beating.delete('a');
    await becomes('a', `Unknown ${UNREACHABLE}:NoSchedule`);
    await becomes('b', `Unknown ${UNREACHABLE}:NoSchedule`);
  });

  it('takes the taints away when a node is heard of again', async () => {
    for (const name of ['a', 'b']) {
      beating.add(name);
      await say(name);
    }
    await becomes('a', 'True');
    await becomes('b', 'True');
  });
});
