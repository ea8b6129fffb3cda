import { describe, expect, it } from 'vitest';
import { workloadManifests } from '../../../src/workload/manifests.ts';
import { queueManifests } from '../../../src/workload/queue-manifests.ts';
import { SPEC } from '../lab/lab-spec.ts';

const SECRETS = { queueUrl: 'redis://127.0.0.1:1', token: 't', ledgerFile: '/l' };
const CONTROL_PLANE = { 'node-role.kubernetes.io/control-plane': '' };

interface Deployment {
  readonly spec: { readonly template: { readonly spec: Readonly<Record<string, unknown>> } };
}
const podOf = (objects: readonly object[], name: string) =>
  (
    objects.find((each) =>
      JSON.stringify(each).includes(`"kind":"Deployment","metadata":{"name":"${name}"`),
    ) as Deployment
  ).spec.template.spec;

describe('where pods go', () => {
  it('one node: nothing is said', () => {
    const consumer = podOf(workloadManifests(SPEC, SECRETS), 'consumer');
    expect(Object.keys(consumer)).not.toContain('tolerations');
    expect(Object.keys(consumer)).not.toContain('topologySpreadConstraints');
  });

  it('several nodes: consumers spread, and leave a lost node after 5 s', () => {
    const consumer = podOf(workloadManifests({ ...SPEC, nodes: 2 }, SECRETS), 'consumer');
    expect(consumer).toMatchObject({
      topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'kubernetes.io/hostname' }],
      tolerations: [
        { key: 'node.kubernetes.io/not-ready', tolerationSeconds: 5 },
        { key: 'node.kubernetes.io/unreachable', tolerationSeconds: 5 },
      ],
    });
  });

  it('kind with workers: what holds data (queue, ledger of beanstalkd) stays on the control plane', () => {
    const spec = { ...SPEC, backend: 'kind', nodes: 3, queue: { kind: 'beanstalkd', name: 'jobs' } } as const;
    const objects = workloadManifests(spec, SECRETS, { as: 'containers', image: 'i' });
    expect(podOf(queueManifests(spec, 'p'), 'queue')).toMatchObject({ nodeSelector: CONTROL_PLANE });
    expect(podOf(objects, 'producer')).toMatchObject({ nodeSelector: CONTROL_PLANE });
    expect(podOf(objects, 'consumer')).not.toHaveProperty('nodeSelector');
    expect(podOf(queueManifests({ ...spec, nodes: 1 }, 'p'), 'queue')).not.toHaveProperty('nodeSelector');
  });
});
