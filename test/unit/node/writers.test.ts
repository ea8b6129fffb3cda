import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { calmLog } from '../../../src/minicluster/node/calm-log.ts';
import { parseNodeConfig, type NodeConfig, nodeConfigText } from '../../../src/minicluster/node/config.ts';
import { EventRecorder } from '../../../src/minicluster/node/event-recorder.ts';
import { IpPool } from '../../../src/minicluster/node/ip-pool.ts';
import type { PodStatus } from '../../../src/minicluster/node/pod-status.ts';
import { Records } from '../../../src/minicluster/node/records.ts';
import { StatusWriter } from '../../../src/minicluster/node/status-writer.ts';
import { nodeFiles } from '../../../src/platform/files.ts';
import { tempDir } from '../../helpers/temp-dir.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';
import { FakeApi } from './fake-api.ts';
import { ended, podOf, viewOf } from './fixture.ts';

describe('reporting statuses', () => {
  const statusOf = (phase: string): PodStatus => ({ phase, conditions: [] });
  function writer() {
    const client = new FakeApi();
    const written: string[] = [];
    const log: string[] = [];
    const statuses = new StatusWriter({
      client,
      clock: new VirtualClock(),
      log: (line) => log.push(line),
      onWritten: (uid, { phase }) => written.push(`${uid} ${phase}`),
    });
    return { client, statuses, written, log };
  }

  it('makes one request of many changes, with the newest status and the uid', async () => {
    const { client, statuses } = writer();
    let phase = 'Pending';
    for (const next of ['Pending', 'Running', 'Succeeded']) {
      phase = next;
      statuses.put(podOf(), () => statusOf(phase));
    }
    expect(await statuses.flush(podOf())).toBe('written');
    expect(client.calls).toEqual([
      {
        method: 'PATCH strategic',
        path: '/api/v1/namespaces/default/pods/web/status',
        body: { metadata: { uid: 'u1' }, status: statusOf('Succeeded') },
      },
    ]);
    statuses.put(podOf(), () => statusOf('Succeeded'));
    await statuses.flush(podOf());
    expect(client.calls).toHaveLength(1);
  });

  it('sends a change that comes while one is under way afterwards', async () => {
    const { client, statuses, written } = writer();
    let phase = 'Pending';
    client.answer = () => {
      if (phase === 'Pending') {
        phase = 'Running';
        statuses.put(podOf(), () => statusOf(phase));
      }
      return {};
    };
    statuses.put(podOf(), () => statusOf(phase));
    await statuses.flush(podOf());
    expect(written).toEqual(['u1 Pending', 'u1 Running']);
  });

  it('does not flood the server', async () => {
    const { client, statuses } = writer();
    const pods = Array.from({ length: 50 }, (_, n) => podOf({}, { name: `web-${n}`, uid: `u${n}` }));
    for (const pod of pods) statuses.put(pod, () => statusOf('Running'));
    await Promise.all(pods.map((pod) => statuses.flush(pod)));
    expect(client.calls).toHaveLength(50);
    expect(client.most).toBeLessThanOrEqual(4);
  });

  it('tries again until the server answers, and gives up what is invalid or gone', async () => {
    const { client, statuses, written, log } = writer();
    let refusals = 3;
    client.answer = () => (refusals-- > 0 ? 503 : {});
    statuses.put(podOf(), () => statusOf('Running'));
    expect(await statuses.flush(podOf())).toBe('written');
    expect([client.calls.length, written, log.length]).toEqual([4, ['u1 Running'], 3]);
    client.answer = () => 422;
    statuses.put(podOf(), () => statusOf('Nonsense'));
    expect(await statuses.flush(podOf())).toBe('failed');
    client.answer = () => 409;
    statuses.put(podOf(), () => statusOf('Failed'));
    expect(await statuses.flush(podOf())).toBe('gone');
  });
});

describe('recording events', () => {
  it('makes one object of repetitions and counts them', async () => {
    const client = new FakeApi();
    const clock = new VirtualClock();
    client.answer = ({ method }) => (method === 'POST' ? { metadata: { name: 'web.1' } } : {});
    const events = new EventRecorder({ client, clock, nodeName: 'node-1', log: () => {} });
    const subject = { apiVersion: 'v1', kind: 'Pod', metadata: podOf().metadata };
    const record = (message: string) =>
      events.record({ subject, type: 'Warning', reason: 'Unhealthy', message, component: 'kubelet' });
    const sent = async (count: number) => {
      while (client.calls.length < count) await new Promise((resolve) => setImmediate(resolve));
    };
    record('no');
    record('no');
    await sent(1);
    await clock.sleep(11_000);
    record('no');
    record('other');
    await sent(3);
    expect(client.calls.map(({ method }) => method)).toEqual(['POST', 'PATCH merge', 'POST']);
    expect(client.calls[0]?.body).toMatchObject({
      involvedObject: { kind: 'Pod', name: 'web', uid: 'u1' },
      source: { component: 'kubelet', host: 'node-1' },
      count: 1,
    });
    expect(client.calls[1]?.body).toMatchObject({ count: 2 });
  });
});

describe('records of pods', () => {
  it('come back as they were written, and a damaged one is set aside', () => {
    using dir = tempDir();
    const log: string[] = [];
    const records = new Records(dir.path, nodeFiles, (line) => log.push(line));
    const record = {
      uid: 'u1',
      namespace: 'default',
      name: 'web',
      ip: '10.244.0.2',
      startTime: 1,
      containers: [
        {
          view: viewOf({ state: { kind: 'running', startedAt: 2 }, last: ended(3) }),
          process: { pid: 7, startTime: '8' },
        },
      ],
    };
    records.write(record);
    writeFileSync(join(dir.path, 'pods', 'u2.json'), '{"uid":');
    expect(records.readAll()).toEqual([record]);
    expect(log).toEqual([expect.stringContaining('is damaged')]);
    expect(records.readAll()).toEqual([record]);
    expect(log).toHaveLength(1);
    records.remove('u1');
    expect(records.readAll()).toEqual([]);
  });
});

describe('addresses', () => {
  it('are private, not loopback, and not handed out twice', () => {
    const pool = new IpPool();
    pool.hold('10.244.0.3');
    const taken = Array.from({ length: 300 }, () => pool.take());
    expect(taken.slice(0, 2)).toEqual(['10.244.0.2', '10.244.0.4']);
    expect(taken).toContain('10.244.1.0');
    expect(new Set(taken).size).toBe(300);
    pool.give('10.244.0.2');
    expect(taken).not.toContain(pool.take());
  });
});

describe('the configuration of the node', () => {
  const config: NodeConfig = {
    nodeName: 'node-1',
    kubeconfig: '/k',
    stateDir: '/s',
    logsDir: '/l',
    capacity: { cpu: '2', memory: '1Gi', pods: 10 },
    kubeletPort: 1,
    serving: { certFile: '/c', keyFile: '/k' },
    clientCaFile: '/ca',
    metricsPort: 2,
    images: { 'test/worker': ['node', 'worker.js'] },
    bindPods: true,
    labOwner: '/lab',
  };
  it('is written and read', () => expect(parseNodeConfig(nodeConfigText(config), '/p')).toEqual(config));
  it.each([
    ['{', 'JSON'],
    ['{}', 'nodeName'],
    [nodeConfigText({ ...config, capacity: { cpu: 'two', memory: '1Gi', pods: 1 } }), 'not a Kubernetes quantity'],
    [nodeConfigText({ ...config, images: { x: [] } }), 'images'],
  ])('is refused: %s', (text, why) => {
    let fault: unknown;
    try {
      parseNodeConfig(text, '/p');
    } catch (error) {
      fault = error;
    }
    expect(fault).toMatchObject({ id: 'ML-NODE-CONFIG', why: expect.stringContaining(why) });
  });
});

describe('a calm log', () => {
  it('says the same thing once a minute', async () => {
    const clock = new VirtualClock();
    const lines: string[] = [];
    const log = calmLog((line) => lines.push(line), clock);
    for (let n = 0; n < 7; n += 1) {
      log('away');
      await clock.sleep(20_000);
    }
    expect(lines).toHaveLength(3);
  });
});
