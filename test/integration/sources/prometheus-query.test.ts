import { createServer, type RequestListener } from 'node:http';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { MetricSample } from '../../../src/contracts/metric-source.ts';
import { realClock } from '../../../src/platform/clock.ts';
import { nodeFiles } from '../../../src/platform/files.ts';
import { parseSourceConfig } from '../../../src/sources/config.ts';
import { openSource } from '../../../src/sources/open-source.ts';
import { havePrograms, TestExporter, TestPrometheus } from '../../helpers/prometheus.ts';

const never = new AbortController().signal;
const open = (more: Readonly<Record<string, unknown>>) =>
  openSource(parseSourceConfig({ type: 'prometheus', ...more }), { clock: realClock, readFile: nodeFiles.readText });

async function readOnce(more: Readonly<Record<string, unknown>>): Promise<readonly MetricSample[]> {
  const source = open(more);
  try {
    return await source.read(never);
  } finally {
    await source.close();
  }
}

/** Until the series of the first scrape are there. */
async function untilFound(more: Readonly<Record<string, unknown>>): Promise<readonly MetricSample[]> {
  for (;;) {
    const found = await readOnce(more);
    if (found.length > 0) return found;
    await delay(100);
  }
}

describe.skipIf(!havePrograms('prometheus'))('the source prometheus on the real Prometheus', () => {
  test('series with their labels, numbers, NaN beside good series, the default, errors in its own words', async () => {
    await using exporter = await TestExporter.start(
      'jobs{queue="a"} 3\njobs{queue="b"} 1.5e+06\njobs{queue="c"} NaN\njobs{queue="d"} +Inf\n',
    );
    await using prometheus = await TestPrometheus.start([{ address: exporter.address, labels: { zone: 'eu' } }]);
    const { url } = prometheus;
    const found = await untilFound({ url, query: 'jobs', labels: { from: 'test' } });
    const instance = exporter.address;
    const labels = (queue: string) => ({ queue, zone: 'eu', job: 'job-0', instance, from: 'test' });
    expect(found.map(({ timestampMs: _, ...rest }) => rest)).toEqual([
      { labels: labels('a'), value: '3' },
      { labels: labels('b'), value: '1500000' },
      { labels: labels('c'), value: '', fault: 'its value is NaN' },
      { labels: labels('d'), value: '', fault: 'its value is +Inf' },
    ]);
    expect(await readOnce({ url, query: 'scalar(sum(jobs{queue="a"})) / 2' })).toMatchObject([
      { labels: {}, value: '1500m' },
    ]);
    expect(await readOnce({ url, query: 'absent_metric' })).toEqual([]);
    expect(await readOnce({ url, query: 'absent_metric', default: 0 })).toMatchObject([{ labels: {}, value: '0' }]);
    await expect(readOnce({ url, query: 'sum(jobs' })).rejects.toMatchObject({
      id: 'ML-SOURCE-PROMETHEUS',
      message: expect.stringMatching(/says: bad_data: .*parse error: unclosed left parenthesis.*\(HTTP 400\)/),
    });
    await expect(readOnce({ url, query: 'jobs[5m]', default: 0 })).rejects.toMatchObject({
      message: expect.stringContaining('the expression gives a matrix'),
    });
    await expect(readOnce({ url, query: '"text"' })).rejects.toMatchObject({
      message: expect.stringContaining('the expression gives a string'),
    });
    const long = `jobs{queue=~"a|${'x'.repeat(6_000)}"}`;
    expect(await readOnce({ url, query: long })).toMatchObject([{ value: '3' }]);
    exporter.text = '';
    while ((await readOnce({ url, query: 'jobs' })).length > 0) await delay(100);
    expect(await readOnce({ url, query: 'jobs', default: '7' })).toMatchObject([{ value: '7' }]);
  });

  test('thousands of series from one query', async () => {
    const lines = Array.from({ length: 8_000 }, (_, index) => `jobs{queue="q${index}"} ${index}\n`);
    await using exporter = await TestExporter.start(lines.join(''));
    await using prometheus = await TestPrometheus.start([{ address: exporter.address }]);
    const found = await untilFound({ url: prometheus.url, query: 'jobs' });
    expect(found).toHaveLength(8_000);
    expect(new Set(found.map(({ labels }) => labels['queue'])).size).toBe(8_000);
    expect(found.every(({ labels, value }) => labels['queue'] === `q${value}`)).toBe(true);
  });

  test('TLS with its own CA and a login; without them it says why', async () => {
    await using prometheus = await TestPrometheus.start([], { secured: true });
    const { url, caFile, dir } = prometheus;
    const passwordFile = join(dir, 'password');
    writeFileSync(passwordFile, `${TestPrometheus.login.password}\n`);
    const { username } = TestPrometheus.login;
    const query = 'vector(4)';
    const login = { url, username, passwordFile, query };
    const good = { ...login, caFile };
    const source = open(good);
    expect(await source.read(never)).toMatchObject([{ value: '4' }]);
    writeFileSync(passwordFile, 'other');
    await expect(source.read(never)).rejects.toMatchObject({ message: expect.stringContaining('HTTP 401') });
    writeFileSync(passwordFile, TestPrometheus.login.password);
    expect(await source.read(never)).toMatchObject([{ value: '4' }]);
    await source.close();
    const inside = url.replace('//', `//${username}:s3cret@`);
    expect(await readOnce({ url: inside, caFile, query })).toMatchObject([{ value: '4' }]);
    await expect(readOnce(login)).rejects.toMatchObject({
      id: 'ML-SOURCE-HTTP',
      message: expect.not.stringContaining('s3cret'),
    });
    await expect(readOnce({ url, caFile, query })).rejects.toMatchObject({ id: 'ML-SOURCE-PROMETHEUS' });
    await expect(readOnce({ ...good, passwordFile: join(dir, 'none') })).rejects.toMatchObject({
      message: expect.stringContaining('there is nothing in'),
    });
  });
});

describe('the source prometheus on servers that are none', () => {
  async function answering(listener: RequestListener): Promise<{ url: string } & AsyncDisposable> {
    const server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return {
      url: `http://127.0.0.1:${port}`,
      [Symbol.asyncDispose]: async () => {
        server.closeAllConnections();
        server.close();
      },
    };
  }

  test('the bearer token and headers reach it; other answers are told in its words', async () => {
    const seen: (string | undefined)[] = [];
    await using other = await answering((request, answer) => {
      seen.push(request.headers.authorization, String(request.headers['x-scope-orgid']));
      answer.writeHead(503).end('try later');
    });
    await expect(
      readOnce({ url: other.url, query: 'x', bearerTokenFile: '/etc/hostname', headers: { 'X-Scope-OrgID': 'a' } }),
    ).rejects.toMatchObject({ message: expect.stringContaining('HTTP 503: try later') });
    expect(seen).toEqual([expect.stringMatching(/^Bearer \S+$/), 'a']);
  });

  test.each([
    ['<html>', 'its answer is not that of a Prometheus'],
    ['{"status":"success","data":{}}', 'its answer is not that of a Prometheus'],
    ['{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,2]}]}}', 'not that of'],
    ['[]', 'its answer is not that of a Prometheus'],
  ])('an answer of %j', async (text, message) => {
    await using other = await answering((_, answer) => answer.end(text));
    await expect(readOnce({ url: other.url, query: 'x' })).rejects.toMatchObject({
      id: 'ML-SOURCE-PROMETHEUS',
      message: expect.stringContaining(message),
    });
  });

  test('an answer without end is given up', async () => {
    await using other = await answering((_, answer) => {
      const chunk = 'x'.repeat(1024 * 1024);
      const more = () => answer.write(chunk, (error) => (error ? undefined : more()));
      more();
    });
    await expect(readOnce({ url: other.url, query: 'x' })).rejects.toMatchObject({
      message: expect.stringContaining('larger than 32 MiB'),
    });
  });

  test('a server that is away, and one that never answers', async () => {
    await expect(readOnce({ url: 'http://127.0.0.1:9', query: 'x' })).rejects.toMatchObject({ id: 'ML-SOURCE-HTTP' });
    await using silent = await answering(() => undefined);
    const stop = new AbortController();
    const reading = open({ url: silent.url, query: 'x' }).read(stop.signal);
    stop.abort(new RangeError('enough'));
    await expect(reading).rejects.toThrow('enough');
  });
});
