import { describe, expect, test } from 'vitest';
import { parseSourceConfig } from '../../../src/sources/config.ts';
import { countQuantity } from '../../../src/sources/count-quantity.ts';
import { maskUrl, parseEndpoint } from '../../../src/sources/endpoint.ts';

describe('configuration of a source', () => {
  test('what is left out', () => {
    expect(parseSourceConfig({ type: 'redis', url: 'redis://h', key: 'jobs' })).toEqual({
      type: 'redis',
      structure: 'list',
      value: 'backlog',
      url: 'redis://h',
      key: 'jobs',
      labels: {},
      timeoutMs: 5_000,
    });
    expect(parseSourceConfig({ type: 'redis', structure: 'stream', urlFile: '/f', key: 'jobs' })).toMatchObject({
      group: 'workers',
      value: 'backlog',
    });
    expect(parseSourceConfig({ type: 'beanstalkd', url: 'beanstalkd://h', tube: 't' })).toMatchObject({
      value: 'backlog',
    });
  });

  test.each([
    [undefined],
    ['redis'],
    [{ type: 'kafka' }],
    [{ type: 'redis', key: 'jobs' }],
    [{ type: 'redis', url: 'x', urlFile: 'y', key: 'jobs' }],
    [{ type: 'redis', url: 'x', key: 'jobs', value: 'pending' }],
    [{ type: 'redis', url: 'x', key: 'jobs', structure: 'set' }],
    [{ type: 'redis', url: 'x', key: 'jobs', typo: 1 }],
    [{ type: 'redis', url: 'x', key: 'jobs', timeoutMs: 1e9 }],
    [{ type: 'beanstalkd', url: 'x', tube: 'a b' }],
    [{ type: 'beanstalkd', url: 'x', tube: 'a', value: 'length' }],
  ])('%j is refused', (data) => {
    expect(() => parseSourceConfig(data)).toThrow(expect.objectContaining({ id: 'ML-SOURCE-CONFIG' }));
  });
});

test.each([
  [0, '0'],
  [7, '7'],
  [999, '999'],
  [1_000, '1k'],
  [1_500, '1500'],
  [20_000, '20k'],
  [3_000_000, '3M'],
])('%d as a quantity', (count, text) => {
  expect(countQuantity(count)).toBe(text);
});

describe('queue URLs', () => {
  test('all their parts', () => {
    expect(parseEndpoint('redis://me:s%40f@[::1]:7000/3', 'redis')).toEqual({
      protocol: 'redis',
      host: '::1',
      port: 7_000,
      tls: false,
      db: 3,
      username: 'me',
      password: 's@f',
      shown: 'redis://[::1]:7000/3',
    });
    expect(parseEndpoint('rediss://h', 'redis')).toMatchObject({ port: 6_379, tls: true, db: 0 });
    expect(parseEndpoint('beanstalkd://h', 'beanstalkd')).toMatchObject({
      port: 11_300,
      shown: 'beanstalkd://h:11300',
    });
  });

  test.each([
    ['nonsense', 'redis'],
    ['http://h', 'redis'],
    ['redis://h/x', 'redis'],
    ['redis://:%zz@h', 'redis'],
    ['redis://', 'redis'],
    ['redis://h', 'beanstalkd'],
    ['beanstalkd://u@h', 'beanstalkd'],
    ['beanstalkd://h/1', 'beanstalkd'],
  ] as const)('%s is no URL for %s', (url, protocol) => {
    expect(() => parseEndpoint(url, protocol)).toThrow(expect.objectContaining({ id: 'ML-QUEUE-URL' }));
  });

  test('a password is never shown', () => {
    expect(maskUrl('redis://u:p@ss@h:1')).toBe('redis://***@h:1');
    expect(() => parseEndpoint('http://u:secret@h', 'redis')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('secret') }),
    );
  });
});
