import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ContainerLog } from '../../../src/minicluster/node/container-log.ts';
import { parseLogQuery } from '../../../src/minicluster/node/log-query.ts';
import { readContainerLog } from '../../../src/minicluster/node/log-reader.ts';
import { tempDir } from '../../helpers/temp-dir.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';
import { NOW } from './fixture.ts';

describe('the query of kubectl logs', () => {
  const parsed = (text: string) => parseLogQuery(new URLSearchParams(text), NOW);
  const none = { follow: false, previous: false, timestamps: false };
  it.each([
    ['', none],
    ['follow=true&previous=true&timestamps=1', { follow: true, previous: true, timestamps: true }],
    ['follow=false&tailLines=0&limitBytes=5', { ...none, tailLines: 0, limitBytes: 5 }],
    ['sinceSeconds=10', { ...none, since: NOW - 10_000 }],
    ['sinceTime=2026-01-01T00:00:00Z', { ...none, since: NOW }],
  ])('%s', (text, expected) => expect(parsed(text)).toEqual(expected));
  it.each(['tailLines=-1', 'tailLines=x', 'limitBytes=0', 'sinceSeconds=0', 'sinceTime=yesterday'])(
    'refuses %s',
    (text) => expect(parsed(text)).toHaveProperty('problem'),
  );
});

describe('the log of a container', () => {
  function logIn(dir: string, maxBytes = 1e6) {
    const clock = new VirtualClock(NOW);
    const log = new ContainerLog(join(dir, '0.log'), { clock, maxBytes });
    const write = async (text: string, afterMs = 1000) => {
      await clock.sleep(afterMs);
      appendFileSync(log.path, text);
      log.note();
    };
    return { log, write, clock };
  }
  async function read(log: ContainerLog, query: string, signal = new AbortController().signal): Promise<string> {
    const parsed = parseLogQuery(new URLSearchParams(query), NOW + 3000);
    if ('problem' in parsed) throw new Error(parsed.problem);
    let text = '';
    for await (const piece of readContainerLog(log, parsed, signal)) text += piece.toString();
    return text;
  }

  it('is read whole, by tail, by time, by bytes, with times', async () => {
    using dir = tempDir();
    const { log, write } = logIn(dir.path);
    await write('one\ntwo\n');
    await write('three\n');
    await write('four');
    expect(await read(log, '')).toBe('one\ntwo\nthree\nfour');
    expect(await read(log, 'tailLines=2')).toBe('three\nfour');
    expect(await read(log, 'tailLines=99')).toBe('one\ntwo\nthree\nfour');
    expect(await read(log, 'sinceTime=2026-01-01T00:00:02Z')).toBe('three\nfour');
    expect(await read(log, 'sinceTime=2026-01-01T00:00:04Z')).toBe('');
    expect(await read(log, 'sinceTime=2026-01-01T00:00:02Z&tailLines=1')).toBe('four');
    expect(await read(log, 'limitBytes=6')).toBe('one\ntw');
    expect(await read(log, 'timestamps=true')).toBe(
      '2026-01-01T00:00:01.000Z one\n2026-01-01T00:00:01.000Z two\n2026-01-01T00:00:02.000Z three\n2026-01-01T00:00:03.000Z four',
    );
  });

  it('keeps its times over a restart of the node', async () => {
    using dir = tempDir();
    const { log, write, clock } = logIn(dir.path);
    await write('one\n');
    await write('two\n');
    const again = new ContainerLog(log.path, { clock, maxBytes: 1e6 });
    expect(await read(again, 'sinceTime=2026-01-01T00:00:02Z&timestamps=1')).toBe('2026-01-01T00:00:02.000Z two\n');
  });

  it('tails and scans over more than one chunk', async () => {
    using dir = tempDir();
    const { log, write } = logIn(dir.path);
    const lines = Array.from({ length: 20_000 }, (_, n) => `line ${n}`);
    await write(`${lines.join('\n')}\n`);
    expect(await read(log, 'tailLines=15000')).toBe(`${lines.slice(5000).join('\n')}\n`);
    expect((await read(log, 'timestamps=true')).split('\n')).toHaveLength(20_001);
    await write(`${'x'.repeat(100_000)}\n`);
    expect(await read(log, 'tailLines=1&timestamps=true')).toBe(`2026-01-01T00:00:02.000Z ${'x'.repeat(100_000)}\n`);
  });

  it('is followed until it ends', async () => {
    using dir = tempDir();
    const { log, write } = logIn(dir.path);
    await write('one\n');
    const reading = read(log, 'follow=true');
    await write('two\n');
    await write('three\n');
    log.end();
    expect(await reading).toBe('one\ntwo\nthree\n');
  });

  it('ends following when the client goes', async () => {
    using dir = tempDir();
    const { log, write } = logIn(dir.path);
    await write('one\n');
    const gone = new AbortController();
    const reading = read(log, 'follow=true', gone.signal);
    gone.abort();
    expect(await reading).toMatch(/^(one\n)?$/);
  });

  it('begins anew when it is too large, and who follows misses nothing', async () => {
    using dir = tempDir();
    const { log, write } = logIn(dir.path, 100);
    await write('first\n');
    const reading = read(log, 'follow=true');
    const long = `${'y'.repeat(120)}\n`;
    await write(long);
    expect(log.turns).toBe(1);
    expect(log.size).toBe(0);
    await write('after\n');
    log.end();
    expect(await reading).toBe(`first\n${long}after\n`);
    expect(await read(log, '')).toBe('after\n');
  });
});
