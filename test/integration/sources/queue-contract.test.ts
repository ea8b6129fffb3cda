import { BeanstalkConnection } from '../../../src/sources/beanstalk-connection.ts';
import { parseEndpoint } from '../../../src/sources/endpoint.ts';
import { RedisConnection, type RedisCommand } from '../../../src/sources/redis-connection.ts';
import { haveQueueServers, TestQueueServer } from '../../helpers/queue-servers.ts';
import { type SourceHarness, sourceContract } from './contract.ts';

const labels = { from: 'contract' };

async function redis(source: object, fill: (count: number) => readonly RedisCommand[]): Promise<SourceHarness> {
  const server = await TestQueueServer.start('redis');
  const { url } = server;
  const at = (address: string) => ({ type: 'redis', labels, timeoutMs: 2_000, url: address, ...source });
  return {
    config: at(url),
    at: (port) => at(`redis://:secret@127.0.0.1:${port}`),
    secret: new URL(url).password,
    set: async (count) => {
      const connection = await RedisConnection.open(parseEndpoint(url, 'redis'));
      await connection.pipeline([['DEL', 'x'], ...fill(count)]);
      connection.destroy();
    },
    kill: () => server.kill(),
    up: () => server.up(),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function tube(): Promise<SourceHarness> {
  const server = await TestQueueServer.start('beanstalkd');
  const { url } = server;
  const at = (address: string) => ({ type: 'beanstalkd', labels, timeoutMs: 2_000, url: address, tube: 'x' });
  const put = async (count: number) => {
    const connection = await BeanstalkConnection.open(parseEndpoint(url, 'beanstalkd'));
    await connection.call('use x', ['USING']);
    for (let ready = true; ready; ) {
      const { words } = await connection.call('peek-ready', ['FOUND', 'NOT_FOUND']);
      ready = words[0] === 'FOUND';
      if (ready) await connection.call(`delete ${words[1]}`, ['DELETED']);
    }
    await connection.pipeline(
      Array.from({ length: count }, () => 'put 0 0 60 1\r\nx'),
      ['INSERTED'],
    );
    connection.destroy();
  };
  return {
    config: at(url),
    at: (port) => at(`beanstalkd://127.0.0.1:${port}`),
    set: put,
    kill: () => server.kill(),
    up: () => server.up(),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const available = haveQueueServers();
const items = (count: number) => Array.from({ length: count }, (_, index) => index);
sourceContract('redis list', available, () =>
  redis({ key: 'x', value: 'length' }, (count) => (count === 0 ? [] : [['RPUSH', 'x', ...items(count)]])),
);
sourceContract('redis stream', available, () =>
  redis({ key: 'x', structure: 'stream' }, (count) => items(count).map(() => ['XADD', 'x', '*', 'k', 'v'])),
);
sourceContract('beanstalkd tube', available, tube);
