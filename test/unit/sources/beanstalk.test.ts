import { expect, test } from 'vitest';
import { BeanstalkParser, parseStats, statOf } from '../../../src/sources/beanstalk-connection.ts';

const STREAM = 'USING jobs\r\nRESERVED 12 9\r\na\r\nOK 1\r\n\r\nTIMED_OUT\r\nOK 13\r\n---\nkey: "1"\n\r\n';

test('answers are the same in whatever pieces they arrive, bodies may hold anything', () => {
  for (let size = 1; size <= STREAM.length; size += 1) {
    const parser = new BeanstalkParser('beanstalkd://x');
    const replies = [];
    for (let at = 0; at < STREAM.length; at += size)
      replies.push(...parser.push(Buffer.from(STREAM.slice(at, at + size))));
    expect(replies).toEqual([
      { words: ['USING', 'jobs'], body: undefined },
      { words: ['RESERVED', '12', '9'], body: 'a\r\nOK 1\r\n' },
      { words: ['TIMED_OUT'], body: undefined },
      { words: ['OK', '13'], body: '---\nkey: "1"\n' },
    ]);
  }
});

test.each(['HTTP/1.1 200 OK\r\n', '-ERR unknown\r\n', 'RESERVED 1 x\r\n', 'x'.repeat(2_000)])(
  '%j is no answer',
  (text) => {
    expect(() => new BeanstalkParser('x').push(Buffer.from(text))).toThrow(
      expect.objectContaining({ id: 'ML-QUEUE-PROTOCOL' }),
    );
  },
);

test('statistics', () => {
  const stats = parseStats('---\nname: jobs\ncurrent-jobs-ready: 3\nversion: "1.12"\nhostname: a:b\n');
  expect(statOf(stats, 'current-jobs-ready')).toBe(3);
  expect(statOf(stats, 'nothing')).toBe(0);
  expect(stats.get('version')).toBe('1.12');
  expect(parseStats(undefined).size).toBe(0);
});
