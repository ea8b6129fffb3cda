import { expect, it } from 'vitest';
import { checkAllowed, contextBackend } from '../../../src/clusters/context/context-backend.ts';
import type { BackendContext, ClusterSpec } from '../../../src/contracts/backend.ts';
import { MemoryFiles } from '../../helpers/memory-files.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

const SPEC: ClusterSpec = {
  lab: 'x',
  labDir: '/labs/x',
  syncPeriodSeconds: 5,
  apiPort: 0,
  nodeCapacity: { cpu: '1', memory: '1Gi', pods: 10 },
};

it('a server elsewhere must be allowed by the name of its context', () => {
  const access = { server: 'https://prod.example:6443', context: 'prod' };
  expect(() => checkAllowed(access, ['staging'])).toThrow(expect.objectContaining({ id: 'ML-CONTEXT-NOT-ALLOWED' }));
  // A name that only begins like loopback is a name that anybody can register.
  for (const server of ['https://127.0.0.1.example', 'https://localhost.example', 'https://10.0.0.1'])
    expect(() => checkAllowed({ server, context: 'x' }, [])).toThrow();
  checkAllowed(access, ['staging', 'prod']);
  for (const server of ['https://127.0.0.1:6443', 'https://localhost:6443', 'https://[::1]:6443'])
    checkAllowed({ server, context: 'x' }, []);
});

it('a lab stays in the context it was made in', async () => {
  const kubeconfig = JSON.stringify({
    'current-context': 'one',
    clusters: [{ name: 'one', cluster: { server: 'https://127.0.0.1:1' } }],
    contexts: [{ name: 'one', context: { cluster: 'one', user: 'one' } }],
  });
  const backend = contextBackend({
    files: new MemoryFiles({ '/labs/x/kubeconfig': kubeconfig }),
    clock: new VirtualClock(),
    userCluster: () => expect.fail('it is chosen once'),
    typedContext: 'two',
  });
  const context: BackendContext = {
    io: { emit: () => {} },
    components: { ensure: () => expect.fail('no processes here'), remove: () => expect.fail('no processes here') },
    signal: new AbortController().signal,
    step: 'cluster',
  };
  await expect(backend.create(SPEC, context)).rejects.toMatchObject({ id: 'ML-CONTEXT-PINNED', exitCode: 5 });
  await expect(backend.images?.programs(SPEC, undefined, context)).rejects.toMatchObject({ id: 'ML-IMAGE-ABSENT' });
});
