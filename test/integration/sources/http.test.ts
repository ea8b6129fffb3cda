import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { MetricSample } from '../../../src/contracts/metric-source.ts';
import { LabError } from '../../../src/errors/lab-error.ts';
import { realClock } from '../../../src/platform/clock.ts';
import { nodeFiles } from '../../../src/platform/files.ts';
import { parseSourceConfig } from '../../../src/sources/config.ts';
import { openSource } from '../../../src/sources/open-source.ts';
import { type EndpointOptions, TestEndpoint } from '../../helpers/http-endpoint.ts';
import { sourceContract } from './contract.ts';

const never = new AbortController().signal;
const place = { value: '$.data.jobs[0]' };

async function readOnce(config: object, signal: AbortSignal = never): Promise<readonly MetricSample[]> {
  const source = openSource(parseSourceConfig({ type: 'http', ...config }), {
    clock: realClock,
    readFile: nodeFiles.readText,
  });
  try {
    return await source.read(signal);
  } finally {
    await source.close();
  }
}

async function put(server: TestEndpoint, value: string, access: object = {}): Promise<void> {
  const url = `${server.url}/set?value=${encodeURIComponent(value)}`;
  // The setter answers with nothing, which is no value: only that is the expected error.
  await expect(readOnce({ url, format: 'text', ...access })).rejects.toMatchObject({ id: 'ML-SOURCE-ANSWER' });
}

function contract(name: string, options: EndpointOptions, accessOf: (server: TestEndpoint) => object): void {
  sourceContract(name, true, async () => {
    const server = await TestEndpoint.start(options);
    const access = accessOf(server);
    const at = (url: string) => ({ type: 'http', labels: { from: 'contract' }, ...place, ...access, url });
    return {
      config: at(`${server.url}/jobs?key=s3cret`),
      at: (port) => at(server.url.replace(/\d+$/, String(port))),
      secret: 's3cret',
      set: (value) => put(server, String(value), access),
      kill: () => server.kill(),
      up: () => server.up(),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  });
}

contract('http', {}, () => ({}));
contract('http with a bearer token', { authorization: 'Bearer s3cret' }, ({ dir }) => {
  const bearerTokenFile = join(dir, 'token');
  writeFileSync(bearerTokenFile, 's3cret\n');
  return { bearerTokenFile };
});
contract(
  'https with a login and a client certificate',
  { secured: true, authorization: `Basic ${Buffer.from('me:s3cret').toString('base64')}` },
  ({ dir }) => {
    const passwordFile = join(dir, 'password');
    writeFileSync(passwordFile, 's3cret');
    return { ...mutual(dir), username: 'me', passwordFile };
  },
);

function mutual(dir: string): object {
  return { caFile: join(dir, 'ca.crt'), certFile: join(dir, 'client.crt'), keyFile: join(dir, 'client.key') };
}

describe('the source http', () => {
  test('many series of one answer; one that is no number costs the others nothing', async () => {
    await using server = await TestEndpoint.start();
    await put(
      server,
      '{"ns":"a","n":3},{"ns":"b","n":"300m"},{"ns":"c","n":"NaN"},{"n":1},{"ns":"d"},{"ns":"e","n":-1}',
    );
    const places = { items: '$.data.jobs[*]', value: '$.n', seriesLabels: { namespace: '$.ns' } };
    expect(await readOnce({ url: server.url, ...places })).toMatchObject([
      { labels: { namespace: 'a' }, value: '3' },
      { labels: { namespace: 'b' }, value: '300m' },
      { labels: { namespace: 'c' }, fault: 'its value is NaN' },
      { labels: { namespace: 'd' }, fault: 'nothing is not a number' },
      { labels: { namespace: 'e' }, fault: '-1 is negative' },
    ]);
    await put(server, '');
    expect(await readOnce({ url: server.url, ...places })).toEqual([]);
    expect(await readOnce({ url: server.url, value: '$.data.jobs[0]' })).toMatchObject([
      { fault: 'nothing is not a number' },
    ]);
    await put(server, '1,2');
    expect(await readOnce({ url: server.url, value: '$.data.jobs[*]' })).toMatchObject([
      { fault: 'there are 2 values in its place' },
    ]);
  });

  test('an item says when it was true: the time to come is now, what is no time is told', async () => {
    await using server = await TestEndpoint.start();
    const at = (text: string) => `{"n":1,"t":${JSON.stringify(text)}}`;
    await put(
      server,
      [at('2026-01-02T03:04:05.678Z'), at('2999-01-01T00:00:00+01:00'), at('yesterday'), '{"n":1}'].join(),
    );
    const begun = Date.now();
    const read = await readOnce({ url: server.url, items: '$.data.jobs[*]', value: '$.n', timestamp: '$.t' });
    expect(read.map(({ fault, value }) => fault ?? value)).toEqual([
      '1',
      '1',
      'its timestamp is not one of RFC 3339',
      'its timestamp is not one of RFC 3339',
    ]);
    expect(read[0]?.timestampMs).toBe(Date.UTC(2026, 0, 2, 3, 4, 5, 678));
    expect(read[1]?.timestampMs).toBeGreaterThanOrEqual(begun);
    expect(read[1]?.timestampMs).toBeLessThanOrEqual(Date.now());
  });

  test('headers, the query and the client certificate arrive', async () => {
    await using server = await TestEndpoint.start({ secured: true });
    const url = `${server.url}/seen?key=5`;
    const access = { ...mutual(server.dir), headers: { 'X-Number': '4' } };
    expect(await readOnce({ url, ...access, value: '$.header' })).toMatchObject([{ value: '4' }]);
    const labelled = { url, ...access, value: '$.key', seriesLabels: { peer: '$.peer' } };
    expect(await readOnce(labelled)).toMatchObject([{ value: '5', labels: { peer: 'reader' } }]);
    const { caFile } = { caFile: join(server.dir, 'ca.crt') };
    await expect(readOnce({ url, caFile, value: '$.key' })).rejects.toMatchObject({ id: 'ML-SOURCE-HTTP' });
    await expect(readOnce({ url, value: '$.key' })).rejects.toMatchObject({ id: 'ML-SOURCE-HTTP' });
  });

  test.each([
    ['NaN', 'its value is NaN'],
    ['+Inf', 'its value is .Inf'],
    ['-3', '-3 is negative'],
    ['1e30', 'more than the HPA controller can read'],
    ['\0\x01rubbish', 'no number|quantit'],
    ['<html>no</html>', 'quantit'],
    ['', 'empty text'],
  ])('a text of %j is an error with its cause', async (text, cause) => {
    await using server = await TestEndpoint.start();
    await put(server, text);
    await expect(readOnce({ url: `${server.url}/raw`, format: 'text' })).rejects.toMatchObject({
      id: 'ML-SOURCE-ANSWER',
      message: expect.stringMatching(cause),
    });
  });

  test('an answer that is not JSON, too long, refused, elsewhere, or never ends', async () => {
    await using server = await TestEndpoint.start();
    const { url } = server;
    await put(server, '<html>');
    await expect(readOnce({ url: `${url}/raw` })).rejects.toMatchObject({
      message: expect.stringContaining('it is not JSON: "<html>"'),
    });
    await expect(readOnce({ url: `${url}/raw`, maxBodyBytes: 3 })).rejects.toMatchObject({
      message: expect.stringContaining('its answer is larger than 3 bytes'),
    });
    await expect(readOnce({ url: `${url}/moved`, format: 'text' })).rejects.toMatchObject({
      message: expect.stringContaining('HTTP 302'),
    });
    const stop = new AbortController();
    const reading = readOnce({ url: `${url}/silent` }, stop.signal);
    stop.abort(new LabError('ML-SOURCE-CONFIG', { problems: 'enough' }));
    await expect(reading).rejects.toThrow('enough');
    await using closed = await TestEndpoint.start({ authorization: 'Bearer other' });
    await expect(readOnce({ url: closed.url })).rejects.toMatchObject({
      message: expect.stringContaining('HTTP 401: who are you?'),
    });
  });

  test('mistakes of the configuration are told', () => {
    const problems = (config: object) => {
      try {
        parseSourceConfig({ type: 'http', url: 'http://127.0.0.1', ...config });
      } catch (error) {
        return String(error);
      }
      return '';
    };
    expect(problems({ value: 'data' })).toContain('a place is written as');
    expect(problems({ format: 'text', value: '$.a' })).toContain('a text has no places');
    expect(problems({ url: 'ftp://x' })).toContain('url');
    expect(problems({ certFile: 'x' })).toContain('certFile and keyFile go together');
  });
});
