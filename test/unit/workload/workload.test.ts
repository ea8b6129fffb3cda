import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fraction } from '../../../src/workload/consumer.ts';
import { Env } from '../../../src/workload/env.ts';
import { MAX_ITEMS, parseItemCount } from '../../../src/workload/item-count.ts';
import { hostCheck } from '../../../src/workload/producer-server.ts';
import {
  embeddedQueueServer,
  findQueueServer,
  queueServer,
  wantsEmbeddedQueue,
} from '../../../src/workload/queue-server.ts';

describe('environment', () => {
  const env = new Env({ A: '1.5s', N: '7', BAD: 'soon', EMPTY: '', S_FILE: '/secret', NONE_FILE: '/none' }, (path) =>
    path === '/secret' ? 'hidden\n' : undefined,
  );
  const problem = expect.objectContaining({ id: 'ML-WORKLOAD-ENV' });

  test('values', () => {
    expect(env.duration('A', '0s')).toBe(1_500);
    expect(env.duration('EMPTY', '250ms')).toBe(250);
    expect(env.number('N', 1, 0, 10)).toBe(7);
    expect(env.number('EMPTY', 3, 0, 10)).toBe(3);
    expect(env.text('EMPTY', 'x')).toBe('x');
    expect(env.secret('S')).toBe('hidden');
  });
  test('what cannot be used', () => {
    expect(() => env.duration('BAD', '1s')).toThrow(problem);
    expect(() => env.number('BAD', 0, 0, 1)).toThrow(problem);
    expect(() => env.number('N', 0, 0, 1)).toThrow(problem);
    expect(() => env.text('EMPTY')).toThrow(problem);
    expect(() => env.secret('NONE')).toThrow(problem);
    expect(() => env.queueKind()).toThrow(problem);
  });
});

describe('number of items', () => {
  test.each(['0', '-1', '1e9', '1000000000', 'ten', '', ' 1', '1.0', '0x10', '٣'])('%j is refused', (text) => {
    expect(() => parseItemCount(text)).toThrow(expect.objectContaining({ id: 'ML-QUEUE-COUNT' }));
  });
  test('up to the limit', () => {
    expect(parseItemCount('1')).toBe(1);
    expect(parseItemCount(String(MAX_ITEMS))).toBe(MAX_ITEMS);
    expect(() => parseItemCount(String(MAX_ITEMS + 1))).toThrow();
  });
});

describe('share of failing items', () => {
  test('the same text gives the same number from 0 to under 1', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const value = fraction(text);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThan(1);
        expect(fraction(text)).toBe(value);
      }),
    );
  });
  test('as many fail as were asked for', () => {
    const failing = Array.from({ length: 10_000 }, (_, i) => fraction(`0/${i}/1`)).filter((value) => value < 0.2);
    expect(failing.length).toBeGreaterThan(1_850);
    expect(failing.length).toBeLessThan(2_150);
  });
});

describe('names under which a producer is served', () => {
  const allowed = hostCheck(['producer']);
  test.each([
    'localhost',
    'LOCALHOST:80',
    '127.0.0.1:8080',
    '[::1]:80',
    'producer',
    'producer.lab.svc',
    'p.l.svc.cluster.local:80',
  ])('%s is one', (host) => {
    expect(allowed(host)).toBe(true);
  });
  test.each([
    undefined,
    '',
    'attacker.example',
    'producer.attacker.example',
    '127.0.0.1.attacker.example',
    'localhost:80:80',
  ])('%s is none', (host) => {
    expect(allowed(host)).toBe(false);
  });
});

describe("the lab's own queue server", () => {
  const options = {
    program: '/bin/s',
    dir: '/lab/queue',
    port: 7_001,
    password: 'pass-word',
    logFile: '/lab/logs/queue.log',
  };

  test('redis: the password is in the file and the URL for clients, nowhere else', () => {
    const { component, url, files } = queueServer('redis-stream', options);
    expect(url).toBe('redis://default:pass-word@127.0.0.1:7001');
    expect(JSON.stringify(component)).not.toContain('pass-word');
    expect(component).toMatchObject({ name: 'queue', url: 'redis://127.0.0.1:7001' });
    expect(component.args.slice(-2)).toEqual(['/bin/s', '/lab/queue/redis.conf']);
    expect(files[0]?.content).toMatch(/^requirepass "pass-word"$/m);
    expect(files[0]?.content).toMatch(/^appendfsync always$/m);
    expect(files[0]?.content).toMatch(/^bind 127\.0\.0\.1$/m);
  });
  test('a changed configuration changes the component, so that the supervisor restarts it', () => {
    const one = queueServer('redis', options).component;
    expect(queueServer('redis', options).component).toEqual(one);
    expect(queueServer('redis', { ...options, password: 'other' }).component).not.toEqual(one);
  });
  test('embedded: our own program on loopback; the password is in a file and the URL for clients', () => {
    const { component, url, files } = embeddedQueueServer(['/bin/node', '/p/embedded-queue.js'], options);
    expect(url).toBe('redis://default:pass-word@127.0.0.1:7001');
    expect(JSON.stringify(component)).not.toContain('pass-word');
    expect(component).toMatchObject({ name: 'queue', command: '/bin/node', url: 'redis://127.0.0.1:7001' });
    expect(files).toEqual([{ path: '/lab/queue/password', content: 'pass-word\n' }]);
  });
  test('embedded is for lists, where there is no redis-server', () => {
    const exists = (path: string) => path === '/opt/b/redis-server';
    expect(wantsEmbeddedQueue('redis', '/opt/a', exists)).toBe(true);
    expect(wantsEmbeddedQueue('redis', '/opt/a:/opt/b', exists)).toBe(false);
    expect(wantsEmbeddedQueue('redis-stream', '/opt/a', exists)).toBe(false);
    expect(wantsEmbeddedQueue('beanstalkd', '/opt/a', exists)).toBe(false);
  });
  test('beanstalkd listens on loopback and keeps a binlog', () => {
    const { component, folders, files } = queueServer('beanstalkd', options);
    expect(component.args.slice(0, 6)).toEqual(['-l', '127.0.0.1', '-p', '7001', '-b', '/lab/queue/binlog']);
    expect(folders).toEqual(['/lab/queue', '/lab/queue/binlog']);
    expect(files).toEqual([]);
  });
  test('is looked for on the search path', () => {
    const exists = (path: string) => path === '/opt/b/redis-server';
    expect(findQueueServer('redis-stream', '/opt/a::/opt/b', exists)).toBe('/opt/b/redis-server');
    expect(() => findQueueServer('redis', '', exists)).toThrow(expect.objectContaining({ id: 'ML-QUEUE-NO-REDIS' }));
    expect(() => findQueueServer('beanstalkd', '/opt/b', exists)).toThrow(
      expect.objectContaining({ id: 'ML-QUEUE-NO-BEANSTALKD' }),
    );
  });
});
