import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CliHome } from '../helpers/cli.ts';
import { eventually, kubectl, statusOf } from '../helpers/lab-client.ts';
import { haveReal } from '../helpers/real-binaries.ts';
import { story } from '../helpers/story.ts';

const BACKEND = ['--backend', 'embedded'];
const UP = [...BACKEND, '--sync-period', '2s', '--scale-down-window', '5s'];

describe.skipIf(!haveReal('redis-server'))('embedded', () => {
  story('redis', BACKEND);

  describe('with the real kubectl', () => {
    const home = new CliHome();
    const lab = 'tools';
    const k = (...args: readonly string[]) => kubectl(home, lab, ...args);
    const pods = (app: string) => k('get', 'pods', '-l', `app=${app}`, '-o', 'name');
    const none = (text: string) => text.trim() === '';

    beforeAll(async () => {
      await home.ok(['up', '--lab', lab, ...UP]);
    });
    afterAll(async () => {
      await home.run(['teardown', '--lab', lab, '--force']);
      home[Symbol.dispose]();
    });

    it('rolls out, undoes and scales a deployment of its own', async () => {
      const image = 'metrics-lab/consumer';
      const json = await k('get', 'deploy', 'consumer', '-o', 'json');
      const { spec } = JSON.parse(json) as { readonly spec: { readonly template: { readonly spec: object } } };
      const file = join(home.dir, 'copy.json');
      const labels = { app: 'copy' };
      const template = { metadata: { labels }, spec: spec.template.spec };
      const copy = {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'copy' },
        spec: { replicas: 2, selector: { matchLabels: labels }, template },
      };
      writeFileSync(file, JSON.stringify(copy));
      expect(await k('apply', '-f', file)).toContain('created');
      expect(await k('rollout', 'status', 'deploy/copy', '--timeout=60s')).toContain('successfully rolled out');
      await k('set', 'env', 'deploy/copy', 'LETTER=b');
      expect(await k('rollout', 'status', 'deploy/copy', '--timeout=60s')).toContain('successfully rolled out');
      expect(await k('rollout', 'history', 'deploy/copy')).toMatch(/^2 /m);
      await k('rollout', 'undo', 'deploy/copy');
      expect(await k('rollout', 'status', 'deploy/copy', '--timeout=60s')).toContain('successfully rolled out');
      expect(await k('get', 'deploy', 'copy', '-o', 'jsonpath={.spec.template.spec.containers[0]}')).not.toContain(
        'LETTER',
      );
      await k('scale', 'deploy/copy', '--replicas=3');
      expect(await k('rollout', 'status', 'deploy/copy', '--timeout=60s')).toContain('successfully rolled out');
      expect((await pods('copy')).trim().split('\n')).toHaveLength(3);
      const described = await k('describe', 'deploy', 'copy');
      expect(described).toContain('NewReplicaSetAvailable');
      expect(described).toContain('ScalingReplicaSet');
      expect(described).toContain(image);
    });

    it('deletes with every cascade', async () => {
      await k('delete', 'deploy', 'copy', '--cascade=orphan');
      const [set] = (await k('get', 'rs', '-l', 'app=copy', '-o', 'name')).trim().split('\n');
      expect(set).toContain('replicaset.apps/copy-');
      await k('delete', 'rs', '-l', 'app=copy', '--cascade=foreground', '--timeout=60s');
      expect(none(await pods('copy'))).toBe(true);
    });

    it('goes on where it was after a kill -9, with all that it was told before', async () => {
      await k('create', 'configmap', 'kept', '--from-literal=a=b');
      const before = await k('get', 'pods', '-o', 'name');
      const { components } = await statusOf(home, lab);
      const pid = components.find(({ name }) => name === 'embedded')?.pid ?? 0;
      expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).toContain('embedded-apiserver');
      process.kill(pid, 'SIGKILL');
      const data = await eventually(
        'the API again',
        () => k('get', 'configmap', 'kept', '-o', 'jsonpath={.data.a}'),
        (text) => text === 'b',
        30_000,
      );
      expect(data).toBe('b');
      expect(await k('get', 'pods', '-o', 'name')).toBe(before);
      await home.ok(['publish', '20', '--lab', lab]);
      await home.ok(['watch', 'hpa', '--lab', lab, '--until', 'desired>=3', '--for', '60s']);
      await eventually(
        'all done',
        () => statusOf(home, lab),
        ({ ledger }) => ledger?.processed === 20,
        90_000,
      );
      expect((await statusOf(home, lab)).ledger).toMatchObject({ published: 20, lost: 0, dead: 0 });
    });
  });

  it('needs Node and nothing else; a lab stays with the queue server that it was made with', async () => {
    using home = new CliHome();
    const at = ['--lab', 'alone'];
    const nothing = { env: { PATH: '/nowhere' } };
    try {
      const up = await home.ok(['up', ...at, ...UP, '--min', '0'], nothing);
      expect(up.stderr).toContain('embedded queue server');
      await home.ok(['publish', '10', ...at], nothing);
      await eventually(
        'all done',
        () => statusOf(home, 'alone'),
        ({ ledger }) => ledger?.processed === 10,
        60_000,
      );
      const { components } = await statusOf(home, 'alone');
      process.kill(components.find(({ name }) => name === 'queue')?.pid ?? -1, 'SIGKILL');
      // With redis-server on PATH it would take that for a new lab.
      expect((await home.ok(['up', ...at])).stderr).not.toContain('redis-server at');
      const { ledger } = await eventually(
        'the queue again',
        () => statusOf(home, 'alone'),
        (status) => status.ledger !== null,
        30_000,
      );
      expect(ledger).toMatchObject({ published: 10, processed: 10, lost: 0 });
    } finally {
      await home.run(['teardown', ...at, '--force']);
    }
    expect(home.leftovers()).toEqual([]);
  });

  it('--bare makes the cluster alone, --disable-controller leaves its work undone', async () => {
    using home = new CliHome();
    const at = ['--lab', 'bare'];
    try {
      await home.ok([
        'up',
        ...at,
        ...BACKEND,
        '--bare',
        '--disable-controller',
        'deployment',
        '--disable-controller',
        'hpa',
      ]);
      const status = await statusOf(home, 'bare');
      expect(status.components.map(({ name }) => name)).toEqual(['embedded']);
      expect([status.ready, status.problems]).toEqual([true, []]);
      await kubectl(home, 'bare', '-n', 'default', 'create', 'deployment', 'web', '--image=web');
      await kubectl(home, 'bare', 'create', 'namespace', 'other');
      const account = () => kubectl(home, 'bare', '-n', 'other', 'get', 'serviceaccount', '-o', 'name');
      await eventually('the account of a namespace', account, (text) => text.includes('default'), 15_000);
      expect(await kubectl(home, 'bare', '-n', 'default', 'get', 'rs', '-o', 'name')).toBe('');
      const again = await home.ok(['up', ...at]);
      expect(again.stdout).toContain('already up');
    } finally {
      await home.run(['teardown', ...at, '--force']);
    }
    expect(home.leftovers()).toEqual([]);
  });
});
