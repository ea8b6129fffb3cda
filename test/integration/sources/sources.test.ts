import { createServer } from 'node:net';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import type { QueueKind } from '../../../src/contracts/lab-spec.ts';
import { realClock } from '../../../src/platform/clock.ts';
import { BeanstalkConnection } from '../../../src/sources/beanstalk-connection.ts';
import { RedisConnection } from '../../../src/sources/redis-connection.ts';
import { parseSourceConfig } from '../../../src/sources/config.ts';
import { parseEndpoint } from '../../../src/sources/endpoint.ts';
import { openSource } from '../../../src/sources/open-source.ts';
import { queueMetrics } from '../../../src/workload/queue-metrics.ts';
import { openQueue } from '../../../src/workload/queues/open.ts';
import { haveQueueServers, TestQueueServer } from '../../helpers/queue-servers.ts';

const KINDS: readonly QueueKind[] = ['redis', 'redis-stream', 'beanstalkd'];
const never = new AbortController().signal;

describe.skipIf(!haveQueueServers()).each(KINDS)("metrics of a lab's queue: %s", (kind) => {
  test('length counts what waits and what is worked on; the two parts can be had alone', async () => {
    await using server = await TestQueueServer.start(kind);
    const queue = await openQueue(server.options('jobs'));
    const readFile = (path: string) => (path === 'url-file' ? `${server.url}\n` : undefined);
    const sources = queueMetrics({ kind, name: 'jobs' }, 'url-file').map(
      ({ metric, source }) => [metric, openSource(source, { clock: realClock, readFile })] as const,
    );
    const readAll = async () => {
      const values: Record<string, string> = {};
      for (const [metric, source] of sources) {
        const [sample, ...others] = await source.read(never);
        expect(others).toEqual([]);
        expect(sample?.labels).toEqual({ queue: 'jobs' });
        values[metric] = sample?.value ?? '';
      }
      return values;
    };
    expect(await readAll()).toEqual({ queue_length: '0', queue_waiting: '0', queue_in_flight: '0' });
    await queue.publish(5, { signal: never });
    expect(await readAll()).toEqual({ queue_length: '5', queue_waiting: '5', queue_in_flight: '0' });
    const held = [await queue.claim(1_000, never), await queue.claim(1_000, never)];
    expect(await readAll()).toEqual({ queue_length: '5', queue_waiting: '3', queue_in_flight: '2' });
    await held[0]?.ack();
    await held[1]?.release();
    expect(await readAll()).toEqual({ queue_length: '4', queue_waiting: '4', queue_in_flight: '0' });
    await queue.publish(1_996, { signal: never });
    expect(await readAll()).toMatchObject({ queue_length: '2k' });
    await server.kill();
    await expect(sources[0]?.[1].read(never)).rejects.toMatchObject({
      id: 'ML-SOURCE-READ',
      message: expect.stringMatching(/^(redis|beanstalkd):jobs\/backlog: The queue at \S+ does not answer: /),
    });
    await server.up();
    while ((await readAll())['queue_length'] !== '2k'); // the same source, connected again
    for (const [, source] of sources) await source.close();
    await queue.close();
  });
});

describe.skipIf(!haveQueueServers())('sources on queues that are not of a lab', () => {
  const open = (data: unknown) => openSource(parseSourceConfig(data), { clock: realClock, readFile: () => undefined });
  const valueOf = async (data: unknown) => {
    const source = open(data);
    try {
      return (await source.read(never))[0]?.value;
    } finally {
      await source.close();
    }
  };

  test('a plain list, a plain stream, no such key, the wrong type, the wrong password', async () => {
    await using server = await TestQueueServer.start('redis');
    const redis = await RedisConnection.open(parseEndpoint(server.url, 'redis'));
    await redis.call(['RPUSH', 'list', 'a', 'b', 'c']);
    for (const id of ['1-0', '2-0', '3-0', '4-0']) await redis.call(['XADD', 'stream', id, 'k', 'v']);
    await redis.call(['XGROUP', 'CREATE', 'stream', 'g', '0']);
    await redis.call(['XREADGROUP', 'GROUP', 'g', 'c', 'COUNT', 3, 'STREAMS', 'stream', '>']);
    await redis.call(['XACK', 'stream', 'g', '1-0']);
    const { url } = server;
    expect(await valueOf({ type: 'redis', url, key: 'list' })).toBe('3');
    expect(await valueOf({ type: 'redis', url, key: 'nothing' })).toBe('0');
    const stream = { type: 'redis', url, structure: 'stream', key: 'stream', group: 'g' };
    expect(await valueOf({ ...stream, value: 'length' })).toBe('4');
    expect(await valueOf({ ...stream, value: 'pending' })).toBe('2');
    expect(await valueOf({ ...stream, value: 'lag' })).toBe('1');
    expect(await valueOf(stream)).toBe('3');
    expect(await valueOf({ ...stream, group: 'not-yet' })).toBe('4');
    expect(await valueOf({ ...stream, key: 'nothing' })).toBe('0');
    await expect(valueOf({ type: 'redis', url, key: 'stream' })).rejects.toMatchObject({
      message: expect.stringContaining('WRONGTYPE'),
    });
    const wrong = url.replace(/:[^:@]+@/, ':wrong@');
    await expect(valueOf({ type: 'redis', url: wrong, key: 'list' })).rejects.toMatchObject({
      message: expect.stringMatching(/refused the login/),
    });
    await expect(valueOf({ type: 'redis', url: wrong, key: 'list' })).rejects.not.toMatchObject({
      message: expect.stringContaining('wrong@'),
    });
    redis.destroy();
  });

  test('every count of a tube', async () => {
    await using server = await TestQueueServer.start('beanstalkd');
    const [producer, worker] = await Promise.all(
      [0, 1].map(() => BeanstalkConnection.open(parseEndpoint(server.url, 'beanstalkd'))),
    );
    await producer?.call('use t', ['USING']);
    for (const [count, priority, wait] of [
      [5, 2_000, 0], // ready
      [4, 1_023, 0], // urgent
      [3, 2_000, 600], // delayed
    ] as const)
      for (let left = count; left > 0; left -= 1)
        await producer?.call(`put ${priority} ${wait} 600 1\r\nx`, ['INSERTED']);
    await worker?.call('watch t', ['WATCHING']);
    const ids: (string | undefined)[] = [];
    for (let left = 3; left > 0; left -= 1)
      ids.push((await worker?.call('reserve-with-timeout 0', ['RESERVED']))?.words[1]);
    await worker?.call(`bury ${ids[0]} 2000`, ['BURIED']);
    const values: Record<string, string | undefined> = {};
    for (const value of ['backlog', 'ready', 'urgent', 'delayed', 'reserved', 'buried', 'using', 'watching', 'waiting'])
      values[value] = await valueOf({ type: 'beanstalkd', url: server.url, tube: 't', value });
    // The most urgent went first: of four urgent jobs one is buried, two are held.
    expect(values).toEqual({
      backlog: '8',
      ready: '6',
      urgent: '1',
      delayed: '3',
      reserved: '2',
      buried: '1',
      using: '1',
      watching: '1',
      waiting: '0',
    });
    expect(await valueOf({ type: 'beanstalkd', url: server.url, tube: 'no-such-tube', value: 'ready' })).toBe('0');
    producer?.destroy();
    worker?.destroy();
  });

  test('a server that accepts and says nothing is given up in time, also when it stops talking later', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const source = open({ type: 'redis', url: `redis://127.0.0.1:${port}`, key: 'x', timeoutMs: 100 });
    await expect(source.read(never)).rejects.toMatchObject({
      id: 'ML-SOURCE-READ',
      message: expect.stringContaining('no answer within 0.1 s'),
    });
    const stop = new AbortController();
    const reading = open({ type: 'redis', url: `redis://127.0.0.1:${port}`, key: 'x' }).read(stop.signal);
    stop.abort(new RangeError('enough'));
    await expect(reading).rejects.toThrow('enough');
    await source.close();
    silent.close();
  });

  test('a server that is something else', async () => {
    const other = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const url = `beanstalkd://127.0.0.1:${port}`;
    await expect(valueOf({ type: 'beanstalkd', url, tube: 'jobs' })).rejects.toMatchObject({ id: 'ML-SOURCE-READ' });
    await expect(valueOf({ type: 'redis', url: `redis://127.0.0.1:${port}`, key: 'x' })).rejects.toMatchObject({
      message: expect.stringContaining('makes no sense for redis'),
    });
    other.close();
  });
});
