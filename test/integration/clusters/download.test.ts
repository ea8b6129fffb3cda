import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FetchPorts, type FetchWish, fetchBinaries } from '../../../src/clusters/native/fetch-binaries.ts';
import { nativeBackend } from '../../../src/clusters/native/native-backend.ts';
import { extractMember } from '../../../src/clusters/native/untar.ts';
import type { ComponentSpec } from '../../../src/contracts/component.ts';
import { realClock } from '../../../src/platform/clock.ts';
import { nodeFiles } from '../../../src/platform/files.ts';
import { freePort, isPortBusy } from '../../../src/platform/free-port.ts';
import { nodeProcesses } from '../../../src/platform/processes.ts';
import { runCommand } from '../../../src/platform/run-command.ts';
import { RecordingIo } from '../../helpers/recording-io.ts';
import { tempDir } from '../../helpers/temp-dir.ts';
import { type Manner, ReleaseServer } from './release-server.ts';

const API = '/v1.36.3/bin/linux/amd64/kube-apiserver';
const ETCD = '/v3.6.8/etcd-v3.6.8-linux-amd64.tar.gz';
const CONTENT = Buffer.from('#!/bin/sh\necho kube-apiserver\n'.padEnd(200_000, '# filling\n'));
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

let dir: ReturnType<typeof tempDir>;
let server: ReleaseServer;
let ports: FetchPorts;
let io: RecordingIo;
let folder: string;

beforeEach(async () => {
  dir = tempDir();
  folder = join(dir.path, 'cache/kubernetes/1.36.3');
  server = new ReleaseServer();
  const url = await server.start();
  io = new RecordingIo();
  ports = {
    files: nodeFiles,
    clock: realClock,
    processes: nodeProcesses(),
    fetch,
    sources: { kubernetes: url, etcd: url },
    limits: { idleMs: 1_500, tries: 3, pauseMs: 5 },
  };
  server.files.set(API, CONTENT);
  server.files.set(`${API}.sha256`, Buffer.from(sha256(CONTENT)));
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  dir[Symbol.dispose]();
});

function get(names: readonly string[] = ['kube-apiserver'], more: Partial<FetchWish> = {}): Promise<void> {
  const wish = { dir: folder, names, kubernetes: '1.36.3', architecture: 'amd64', io, step: 'cluster' } as const;
  return fetchBinaries(ports, { ...wish, signal: new AbortController().signal, ...more });
}
const inFolder = () => nodeFiles.list(folder);
const manners = (path: string, ...list: readonly Manner[]) => server.manners.set(path, [...list]);

describe('a binary', () => {
  test('is downloaded, checked, made executable, and not fetched again', async () => {
    await get();
    expect(readFileSync(join(folder, 'kube-apiserver'))).toEqual(CONTENT);
    expect(statSync(join(folder, 'kube-apiserver')).mode & 0o777).toBe(0o755);
    expect(inFolder()).toEqual(['kube-apiserver']);
    expect(io.events.at(-1)).toEqual({
      type: 'progress',
      label: 'downloading kube-apiserver v1.36.3',
      done: CONTENT.length,
      total: CONTENT.length,
    });
    const before = server.requests.length;
    await get();
    expect(server.requests).toHaveLength(before);
  });

  test.each<[string, Manner[], RegExp]>([
    // A broken stream may take along what had arrived and was not read yet: then it starts over.
    ['breaks off', ['truncated'], /kube-apiserver( bytes=100000-)?$/],
    ['stalls', ['stalls'], / bytes=100000-$/],
    ['breaks off twice', ['truncated', 'truncated'], /kube-apiserver( bytes=1\d{5}-)?$/],
    ['is refused for a moment', ['error', 'error'], /kube-apiserver$/],
    ['is not answered', ['silent'], /kube-apiserver$/],
  ])('whose transfer %s is gone on with', async (_what, list, last) => {
    manners(API, ...list);
    await get();
    expect(readFileSync(join(folder, 'kube-apiserver'))).toEqual(CONTENT);
    expect(server.requests.at(-1)).toMatch(last);
  });

  test('from a server that ignores Range is fetched from the beginning', async () => {
    manners(API, 'truncated', 'whole');
    await get();
    expect(readFileSync(join(folder, 'kube-apiserver'))).toEqual(CONTENT);
  });

  test.each<[string, Manner, RegExp]>([
    ['always breaks off', 'truncated', /tried 3 times/],
    ['is always refused', 'error', /answers 503 \(tried 3 times\)/],
    ['never moves', 'silent', /nothing arrived for 1.5 s \(tried 3 times\)/],
  ])('whose transfer %s is an error in the end, and nothing gets its name', async (_what, manner, why) => {
    manners(API, manner, manner, manner);
    const failure = await get().catch((error: unknown) => error);
    expect(failure).toMatchObject({ id: 'ML-NATIVE-DOWNLOAD-FAILED', exitCode: 3 });
    expect(failure).toHaveProperty('why', expect.stringMatching(why));
    expect(inFolder()).not.toContain('kube-apiserver');
    await get(); // the next `up` goes on
    expect(readFileSync(join(folder, 'kube-apiserver'))).toEqual(CONTENT);
  });

  test('that is not what was published is thrown away', async () => {
    server.files.set(`${API}.sha256`, Buffer.from(sha256(Buffer.from('something else'))));
    await expect(get()).rejects.toMatchObject({
      id: 'ML-NATIVE-DOWNLOAD-DIGEST',
      exitCode: 3,
      params: { found: sha256(CONTENT), wanted: sha256(Buffer.from('something else')) },
    });
    expect(inFolder()).toEqual([]);
  });

  test.each<[string, (part: string) => void]>([
    ['of another file', (part) => writeFileSync(part, Buffer.alloc(50_000, 'z'))],
    ['longer than the file', (part) => writeFileSync(part, Buffer.alloc(CONTENT.length + 10, 'z'))],
    ['whole', (part) => writeFileSync(part, CONTENT)],
    ['empty', (part) => writeFileSync(part, '')],
  ])('is right also when an earlier run left a part that is %s', async (_what, leave) => {
    mkdirSync(folder, { recursive: true });
    leave(join(folder, 'kube-apiserver.verified.part'));
    await get();
    expect(readFileSync(join(folder, 'kube-apiserver'))).toEqual(CONTENT);
  });

  test('of a version that does not exist', async () => {
    server.files.delete(`${API}.sha256`);
    const failure = await get().catch((error: unknown) => error);
    expect(failure).toMatchObject({
      id: 'ML-NATIVE-DOWNLOAD-NOT-FOUND',
      exitCode: 3,
      message: 'kube-apiserver v1.36.3 is not published for linux/amd64',
    });
  });

  test('whose digest file is a web page', async () => {
    server.files.set(`${API}.sha256`, Buffer.from('<html>please log in</html>'));
    await expect(get()).rejects.toMatchObject({
      id: 'ML-NATIVE-DOWNLOAD-FAILED',
      params: { reason: 'it holds no SHA-256' },
    });
  });

  test('from a server that is not there', async () => {
    await server[Symbol.asyncDispose]();
    const failure = await get().catch((error: unknown) => error);
    expect(failure).toHaveProperty('id', 'ML-NATIVE-DOWNLOAD-FAILED');
    expect(failure).toHaveProperty('why', expect.stringContaining('ECONNREFUSED'));
    server = new ReleaseServer();
    await server.start();
  });

  test('when interrupted, the reason of the interruption is what is thrown, and the part stays', async () => {
    manners(API, 'stalls');
    const stop = new AbortController();
    const reason = new Error('Ctrl-C');
    const going = get(undefined, { signal: stop.signal });
    const caught = going.catch((error: unknown) => error);
    while (io.events.length === 0) await realClock.sleep(5);
    stop.abort(reason);
    expect(await caught).toBe(reason);
    expect(inFolder()).toEqual(['kube-apiserver.verified.part']);
    await get();
    expect(server.requests.at(-1)).toBe(`${API} bytes=100000-`);
  });

  test('wanted by two at once is downloaded by one', async () => {
    await Promise.all([get(), get()]);
    expect(server.requests.filter((path) => path === API)).toHaveLength(1);
    expect(inFolder()).toEqual(['kube-apiserver']);
  });
});

test('a cluster whose binaries are nowhere downloads them, asks for their versions, and runs these', async () => {
  const script = (said: string) => Buffer.from(`#!/bin/sh\necho "${said}"\n`);
  for (const name of ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler']) {
    const path = `/v1.36.3/bin/linux/amd64/${name}`;
    server.files.set(path, script('Kubernetes v1.36.3'));
    server.files.set(`${path}.sha256`, Buffer.from(sha256(script('Kubernetes v1.36.3'))));
  }
  const source = join(dir.path, 'etcd-v3.6.8-linux-amd64');
  mkdirSync(source);
  writeFileSync(join(source, 'etcd'), script('etcd Version: 3.6.8'));
  const archive = join(dir.path, 'etcd.tar.gz');
  execFileSync('tar', ['czf', archive, '-C', dir.path, 'etcd-v3.6.8-linux-amd64/etcd']);
  server.files.set(ETCD, readFileSync(archive));
  const sums = `${sha256(readFileSync(archive))}  etcd-v3.6.8-linux-amd64.tar.gz`;
  server.files.set('/v3.6.8/SHA256SUMS', Buffer.from(sums));
  const specs: ComponentSpec[] = [];
  const enough = new Error('far enough');
  const backend = nativeBackend({
    ...ports,
    cacheDir: join(dir.path, 'cache'),
    platform: 'linux',
    arch: 'x64',
    run: runCommand,
    freePort,
    isPortBusy,
  });
  const ensure = (spec: ComponentSpec) => {
    specs.push(spec);
    return Promise.reject(enough);
  };
  const spec = {
    lab: 'lab',
    labDir: join(dir.path, 'lab'),
    syncPeriodSeconds: 15,
    apiPort: 0,
    nodeCapacity: { cpu: '1', memory: '1Gi', pods: 10 },
  };
  nodeFiles.ensureDir(spec.labDir);
  const create = () =>
    backend.create(spec, {
      io,
      components: { ensure, remove: () => Promise.resolve(false) },
      step: 'cluster',
      signal: new AbortController().signal,
    });
  await expect(create()).rejects.toBe(enough);
  expect(specs.map(({ command }) => command)).toEqual(
    ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map((name) => join(folder, name)),
  );
  expect((await backend.available(spec)).ok).toBe(true);
  const before = server.requests.length;
  await expect(create()).rejects.toBe(enough);
  expect(server.requests).toHaveLength(before);
});

describe('etcd', () => {
  const MEMBER = 'etcd-v3.6.8-linux-amd64/etcd';

  function publish(build = 'whole'): Buffer {
    const source = join(dir.path, 'source');
    mkdirSync(join(source, 'etcd-v3.6.8-linux-amd64'), { recursive: true });
    for (const name of ['README.md', ...(build === 'other' ? [] : ['etcd']), 'etcdctl']) {
      writeFileSync(join(source, 'etcd-v3.6.8-linux-amd64', name), `${name} `.repeat(30_000));
    }
    const archive = join(dir.path, 'source.tar.gz');
    execFileSync('tar', ['czf', archive, '-C', source, 'etcd-v3.6.8-linux-amd64']);
    const bytes = readFileSync(archive);
    server.files.set(ETCD, bytes);
    const sums = `${'0'.repeat(64)}  etcd-v3.6.8-linux-arm64.tar.gz\n${sha256(bytes)}  etcd-v3.6.8-linux-amd64.tar.gz\n`;
    server.files.set('/v3.6.8/SHA256SUMS', Buffer.from(sums));
    return bytes;
  }

  test('comes out of its tarball, and only it', async () => {
    publish();
    await get(['etcd', 'kube-apiserver']);
    expect(readFileSync(join(folder, 'etcd'), 'utf8')).toBe('etcd '.repeat(30_000));
    expect(statSync(join(folder, 'etcd')).mode & 0o777).toBe(0o755);
    expect(inFolder()).toEqual(['etcd', 'kube-apiserver']);
  });

  test('that is not in the tarball, or not in the list of digests, is an error', async () => {
    publish('other');
    await expect(get(['etcd'])).rejects.toMatchObject({ id: 'ML-STATE-IO', params: { verb: 'unpacked' } });
    server.files.set('/v3.6.8/SHA256SUMS', Buffer.from(`${'0'.repeat(64)}  another\n`));
    nodeFiles.remove(folder);
    await expect(get(['etcd'])).rejects.toMatchObject({
      id: 'ML-NATIVE-DOWNLOAD-FAILED',
      params: { reason: 'it holds no SHA-256 of etcd-v3.6.8-linux-amd64.tar.gz' },
    });
  });

  test('in an archive that is cut off or no archive is not taken for whole', async () => {
    publish();
    const archive = join(dir.path, 'source.tar.gz');
    truncateSync(archive, 200);
    await expect(extractMember(archive, MEMBER, join(dir.path, 'out'))).rejects.toThrow();
    writeFileSync(archive, 'no gzip');
    await expect(extractMember(archive, MEMBER, join(dir.path, 'out'))).rejects.toThrow();
  });
});
