import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LabStatus } from '../../src/lab/status.ts';
import { CliHome } from '../helpers/cli.ts';
import { eventually, kubectl, statusOf } from '../helpers/lab-client.ts';
import { binDir, haveReal } from '../helpers/real-binaries.ts';

const ITEMS = 80;

/** Two nodes on a process backend: on native the real scheduler, node lifecycle and taint eviction controllers, on embedded ours. `thorough`: what does not depend on the control plane, too. */
function twoNodes(backend: string, thorough: boolean, ...flags: readonly string[]): void {
  describe.skipIf(!haveReal('redis-server'))(`several nodes on ${backend}`, () => {
    const home = new CliHome();
    const lab = `nodes-${backend}`;
    const [first, second] = [lab, `${lab}-2`];
    const up = (nodes: number) =>
      home.ok([
        'up',
        '--lab',
        lab,
        '--backend',
        backend,
        ...flags,
        '--nodes',
        String(nodes),
        '--sync-period',
        '2s',
        '--min',
        '4',
        '--service-time',
        '500ms',
      ]);
    const consumers = async () =>
      (
        await kubectl(
          home,
          lab,
          'get',
          'pods',
          '-l',
          'app.kubernetes.io/name=consumer',
          '--field-selector=status.phase=Running',
          '-o',
          'jsonpath={range .items[*]}{.metadata.deletionTimestamp}/{.spec.nodeName}/{.status.podIP}/{.metadata.name} {end}',
        )
      )
        .split(' ')
        .filter((line) => line.startsWith('/'))
        .map((line) => line.split('/').slice(1));
    const agent = ({ components }: LabStatus, name: string) =>
      components.find((each) => each.name === name)?.pid ?? null;

    beforeAll(async () => {
      await up(1);
    });
    afterAll(async () => {
      await home.run(['teardown', '--lab', lab, '--force']);
      home[Symbol.dispose]();
    });

    it('`up --nodes 2` adds one to a running lab, and new consumers spread over both', async () => {
      const before = agent(await statusOf(home, lab), 'node');
      await up(2);
      const status = await statusOf(home, lab);
      expect(status.problems).toEqual([]);
      expect(status.nodes?.map(({ name, ready }) => [name, ready])).toEqual([
        [first, true],
        [second, true],
      ]);
      expect(agent(status, 'node')).toBe(before);
      await kubectl(home, lab, 'rollout', 'restart', 'deployment/consumer');
      // Spreading is a wish to the scheduler, and pods of before the restart count in it: how many are where is its choice.
      const spread = await eventually(
        'consumers on both nodes',
        consumers,
        (all) => all.length === 4 && [first, second].every((node) => all.some(([name]) => name === node)),
        60_000,
      );
      expect(new Set(spread.map(([, ip]) => ip)).size).toBe(4);
      for (const [node, ip] of spread) expect(ip).toMatch(node === first ? /^10\.244\./ : /^10\.245\./);
      expect((await home.ok(['status', '--lab', lab])).stdout).toMatch(new RegExp(`${second} +Ready +\\d`));
    });

    if (thorough)
      it('logs, measures and Services reach pods of both', async () => {
        const pod = `pod/${(await consumers()).find(([node]) => node === second)?.[2]}`;
        expect(await kubectl(home, lab, 'logs', pod)).toContain('is ready');
        await kubectl(home, lab, 'label', pod, 'only=this');
        await kubectl(
          home,
          lab,
          'expose',
          pod,
          '--name=one',
          '--selector=only=this',
          '--port=80',
          '--target-port=http',
        );
        const where = [
          'get',
          'service',
          'one',
          '-o',
          'jsonpath={.metadata.annotations.metricslab\\.dev/local-address}',
        ];
        const answer = await eventually(
          'its Service answers',
          async () => (await fetch(`http://${await kubectl(home, lab, ...where)}/readyz`)).status,
          (status) => status === 200,
          30_000,
        );
        expect(answer).toBe(200);
        await eventually(
          'kubectl top shows both nodes',
          () => kubectl(home, lab, 'top', 'nodes'),
          (text) => text.includes(`${first} `) && text.includes(`${second} `),
          60_000,
        );
      });

    it('a node that is killed and stays away: its consumers come back on the other, nothing is lost', async () => {
      await home.ok(['publish', String(ITEMS), '--lab', lab]);
      await eventually(
        'some work done',
        () => statusOf(home, lab),
        ({ ledger }) => (ledger?.processed ?? 0) > 0,
        30_000,
      );
      // With a damaged configuration the supervisor's next tries end at once: the node stays away.
      const config = join(home.dir, 'labs', lab, 'node-2.json');
      const kept = readFileSync(config, 'utf8');
      writeFileSync(config, 'away');
      const pid = agent(await statusOf(home, lab), 'node-2');
      if (pid === null) throw new Error('node-2 has no pid');
      process.kill(pid, 'SIGKILL');
      await eventually(
        'the node is not Ready',
        () => kubectl(home, lab, 'get', 'nodes'),
        (text) => new RegExp(`${second} +NotReady`).test(text),
        60_000,
      );
      await eventually(
        'consumers on the node that is left',
        consumers,
        (all) => all.length >= 4 && all.every(([node]) => node === first),
        60_000,
      );
      const { ledger, problems } = await eventually(
        'everything processed',
        () => statusOf(home, lab),
        (status) => status.ledger?.processed === ITEMS,
        90_000,
      );
      expect(ledger).toMatchObject({ published: ITEMS, lost: 0, dead: 0, waiting: 0 });
      expect(problems.join()).toContain(`node ${second} is not Ready: Kubelet stopped posting node status.`);
      if (thorough) {
        writeFileSync(config, kept);
        await eventually(
          'the node is back',
          () => statusOf(home, lab),
          ({ ready }) => ready,
          60_000,
        );
      } else {
        // Or it never comes back, and is given up.
        await up(1);
        expect((await statusOf(home, lab)).nodes?.map(({ name }) => name)).toEqual([first]);
      }
    });

    if (thorough)
      it('kubectl drain empties a node; `up --nodes 1` removes it; nothing is lost', async () => {
        await home.ok(['publish', '20', '--lab', lab]);
        await kubectl(home, lab, 'drain', second, '--timeout=60s', '--force');
        expect((await consumers()).filter(([node]) => node === second)).toEqual([]);
        const { stderr } = await up(1);
        expect(stderr).toContain(`removed ${second}`);
        expect((await statusOf(home, lab)).nodes?.map(({ name }) => name)).toEqual([first]);
        const { ledger } = await eventually(
          'everything processed',
          () => statusOf(home, lab),
          (status) => status.ledger?.processed === ITEMS + 20,
          60_000,
        );
        expect(ledger).toMatchObject({ lost: 0, dead: 0 });
        await home.ok(['teardown', '--lab', lab]);
        expect(home.leftovers()).toEqual([]);
      });
  });
}

twoNodes('native', true, '--bin-dir', binDir());
twoNodes('embedded', false);
