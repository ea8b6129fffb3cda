import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cachedVersion, checkVersions, requireBinaries } from '../../../src/clusters/native/binaries.ts';
import { digestIn, etcdFor, OFFICIAL_SOURCES, parseVersion, releaseOf } from '../../../src/clusters/native/releases.ts';
import { nodeFiles } from '../../../src/platform/files.ts';
import { runCommand } from '../../../src/platform/run-command.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

const NAMES = ['etcd', 'kube-apiserver', 'kube-controller-manager'];
const signal = new AbortController().signal;

/** Shell scripts that answer `--version` as the real programs do. */
function fakeBinaries(dir: string, versions: Readonly<Record<string, string>> = {}): void {
  mkdirSync(dir, { recursive: true });
  for (const name of NAMES) {
    const said = versions[name] ?? (name === 'etcd' ? 'etcd Version: 3.6.8' : 'Kubernetes v1.36.3');
    writeFileSync(join(dir, name), `#!/bin/sh\necho "${said}"\n`, { mode: 0o755 });
  }
}
const check = (dir: string, wanted?: string, known = {}) =>
  checkVersions(runCommand, { dir, names: NAMES, wanted, known, signal });

describe('a folder of binaries', () => {
  test('that is wrong is refused with what is missing and why', () => {
    using dir = tempDir();
    const thrown = (path: string) => {
      try {
        requireBinaries(nodeFiles, path);
      } catch (error) {
        return error;
      }
      return undefined;
    };
    const nowhere = join(dir.path, 'nowhere');
    const all = 'etcd, kube-apiserver, kube-controller-manager';
    expect(thrown(nowhere)).toMatchObject({
      id: 'ML-NATIVE-BIN-MISSING',
      exitCode: 3,
      message: `These Kubernetes binaries are missing in ${nowhere}: ${all}`,
      why: 'there is no such folder',
    });
    writeFileSync(join(dir.path, 'etcd'), '');
    expect(thrown(dir.path)).toMatchObject({
      params: { names: 'kube-apiserver, kube-controller-manager' },
      why: 'it holds: etcd',
    });
    expect(thrown(join(dir.path, 'etcd'))).toMatchObject({ why: 'it is not a folder' });
    fakeBinaries(dir.path);
    expect(thrown(dir.path)).toBeUndefined();
  });

  test('is asked for its versions once', async () => {
    using dir = tempDir();
    fakeBinaries(dir.path);
    const versions = await check(dir.path, '1.36.3');
    expect(Object.values(versions)).toEqual(['3.6.8', '1.36.3', '1.36.3']);
    const never = () => expect.fail('asked again');
    expect(
      await checkVersions(never, { dir: dir.path, names: NAMES, wanted: '1.36.3', known: versions, signal }),
    ).toEqual(versions);
  });

  test.each([
    [
      'of another version than wanted',
      { 'kube-apiserver': 'Kubernetes v1.35.0', 'kube-controller-manager': 'Kubernetes v1.35.0' },
      '1.36.3',
    ],
    ['of two minor versions', { 'kube-controller-manager': 'Kubernetes v1.35.0' }, undefined],
  ])('%s is refused', async (_what, said, wanted) => {
    using dir = tempDir();
    fakeBinaries(dir.path, said);
    await expect(check(dir.path, wanted)).rejects.toMatchObject({
      id: 'ML-NATIVE-BIN-VERSION',
      exitCode: 3,
      params: { found: '1.35.0' },
    });
  });

  test.each([
    ['not executable', (path: string) => chmodSync(path, 0o644), /EACCES/],
    ['not a program', (path: string) => writeFileSync(path, '\u007fELF nonsense'), /failed/],
    [
      'another program',
      (path: string) => writeFileSync(path, '#!/bin/sh\necho hello; exit 3\n'),
      /hello|Command failed/,
    ],
  ])('with a file that is %s is refused', async (_what, spoil, why) => {
    using dir = tempDir();
    fakeBinaries(dir.path);
    spoil(join(dir.path, 'kube-apiserver'));
    const failure = await check(dir.path).catch((error: unknown) => error);
    // Nothing is "not executable" for root by permission bits alone: access(2) still says no without any x bit.
    expect(failure).toMatchObject({ id: 'ML-NATIVE-BIN-UNUSABLE', exitCode: 3 });
    expect(failure).toHaveProperty('why', expect.stringMatching(why));
  });

  test('of the cache counts when it is whole: the default version first, else the newest', () => {
    using dir = tempDir();
    expect(cachedVersion(nodeFiles, dir.path)).toBeUndefined();
    fakeBinaries(join(dir.path, 'kubernetes/1.9.10'));
    fakeBinaries(join(dir.path, 'kubernetes/1.33.2'));
    mkdirSync(join(dir.path, 'kubernetes/1.40.0'));
    expect(cachedVersion(nodeFiles, dir.path)).toBe('1.33.2');
    fakeBinaries(join(dir.path, 'kubernetes/1.36.3'));
    fakeBinaries(join(dir.path, 'kubernetes/1.37.0'));
    expect(cachedVersion(nodeFiles, dir.path)).toBe('1.36.3');
  });
});

describe('releases', () => {
  test('are where the projects publish them', () => {
    expect(releaseOf(OFFICIAL_SOURCES, 'kube-apiserver', '1.36.3', 'arm64')).toMatchObject({
      url: 'https://dl.k8s.io/release/v1.36.3/bin/linux/arm64/kube-apiserver',
      digestUrl: 'https://dl.k8s.io/release/v1.36.3/bin/linux/arm64/kube-apiserver.sha256',
    });
    expect(releaseOf(OFFICIAL_SOURCES, 'etcd', '1.36.3', 'amd64')).toMatchObject({
      url: 'https://github.com/etcd-io/etcd/releases/download/v3.6.8/etcd-v3.6.8-linux-amd64.tar.gz',
      digestUrl: 'https://github.com/etcd-io/etcd/releases/download/v3.6.8/SHA256SUMS',
      member: 'etcd-v3.6.8-linux-amd64/etcd',
    });
    expect(etcdFor('1.23.17')).toBe('3.5.21');
  });

  test('have three numbers', () => {
    expect(['1.36.3', 'v1.36.3', '1.37.0-rc.1'].map(parseVersion)).toEqual(['1.36.3', '1.36.3', '1.37.0-rc.1']);
    for (const text of ['1.36', 'latest', '', '../../etc', '1.36.3/../x']) {
      expect(() => parseVersion(text)).toThrow(expect.objectContaining({ id: 'ML-NATIVE-VERSION', exitCode: 2 }));
    }
  });

  test('have digests that stand alone or in a list', () => {
    const [a, b] = ['a'.repeat(64), 'B'.repeat(64)];
    expect(digestIn(a)).toBe(a);
    expect(digestIn(`${a}\n`)).toBe(a);
    expect(digestIn(`${a}  x.tar.gz\n${b}  y.tar.gz\n`, 'y.tar.gz')).toBe(b.toLowerCase());
    expect(digestIn(`${a} *x.tar.gz`, 'x.tar.gz')).toBe(a);
    expect(digestIn(`${a}  x.tar.gz`, 'z.tar.gz')).toBeUndefined();
    expect(digestIn('<html>not found</html>')).toBeUndefined();
    expect(digestIn('abc')).toBeUndefined();
  });
});
