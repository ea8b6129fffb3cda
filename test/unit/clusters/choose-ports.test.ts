import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { choosePorts, type PortChoice } from '../../../src/clusters/native/choose-ports.ts';
import { hasCertificateOf } from '../../../src/clusters/pki/has-certificate-of.ts';
import { ensureAuthority } from '../../../src/clusters/pki/key-pair.ts';
import { issueServing } from '../../../src/clusters/pki/cluster-pki.ts';
import { nodeFiles } from '../../../src/platform/files.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

const KEPT = { apiServer: 1, etcd: 2, etcdPeer: 3, controllerManager: 4, scheduler: 5 };

/** Ports 101, 102, … are free; those in `busy` are taken, by the lab itself when in `ours`. */
function choice(more: Partial<PortChoice> & { busy?: readonly number[]; ours?: readonly number[] } = {}): PortChoice {
  let next = 100;
  return {
    kept: undefined,
    apiPort: 0,
    freePort: () => Promise.resolve((next += 1)),
    isPortBusy: (port) => Promise.resolve(more.busy?.includes(port) ?? false),
    isOurs: (_name, port) => Promise.resolve(more.ours?.includes(port) ?? false),
    pause: () => Promise.resolve(),
    ...more,
  };
}

describe('ports', () => {
  test('are free ones at first, each another', async () => {
    const twice = [7, 7, 8, 8, 9, 10, 11];
    const ports = await choosePorts(choice({ freePort: () => Promise.resolve(twice.shift() ?? 0) }));
    expect(Object.values(ports)).toEqual([7, 8, 9, 10, 11]);
  });

  test('are kept, busy with the lab itself or free', async () => {
    expect(await choosePorts(choice({ kept: KEPT, busy: [1, 2, 3], ours: [1, 2, 3] }))).toEqual(KEPT);
  });

  test('that a stranger has are replaced, the others kept', async () => {
    expect(await choosePorts(choice({ kept: KEPT, busy: [1, 3], ours: [3] }))).toEqual({ ...KEPT, apiServer: 101 });
  });

  test('are kept when a dying process lets go of them in time', async () => {
    let looks = 0;
    const isPortBusy = (port: number) => Promise.resolve(port === 1 && (looks += 1) < 3);
    expect(await choosePorts(choice({ kept: KEPT, isPortBusy }))).toEqual(KEPT);
  });

  test('never meet: one that was asked for pushes aside the listener that had it', async () => {
    expect(await choosePorts(choice({ kept: KEPT, apiPort: 2 }))).toEqual({ ...KEPT, apiServer: 2, etcd: 101 });
  });

  test('that were asked for are taken, or refused when a stranger has them', async () => {
    expect((await choosePorts(choice({ kept: KEPT, apiPort: 6443 }))).apiServer).toBe(6443);
    expect((await choosePorts(choice({ apiPort: 6443, busy: [6443], ours: [6443] }))).apiServer).toBe(6443);
    await expect(choosePorts(choice({ apiPort: 6443, busy: [6443] }))).rejects.toMatchObject({
      id: 'ML-NATIVE-PORT-BUSY',
      params: { port: 6443 },
    });
  });
});

test('a server is ours when its certificate is of our authority', async () => {
  using dir = tempDir();
  const now = () => Date.now();
  const ca = ensureAuthority({ files: nodeFiles, now }, dir.path, 'ca', 'metrics-lab');
  const other = ensureAuthority({ files: nodeFiles, now }, dir.path, 'other', 'other');
  const pair = issueServing({ files: nodeFiles, now }, dir.path, 'server', ['127.0.0.1']);
  const ours = createTlsServer({ cert: readFileSync(pair.cert), key: readFileSync(pair.key) }).listen(0, '127.0.0.1');
  const silent = createServer().listen(0, '127.0.0.1');
  await Promise.all([once(ours, 'listening'), once(silent, 'listening')]);
  const port = (server: typeof silent) => (server.address() as AddressInfo).port;
  try {
    expect(await hasCertificateOf(readFileSync(ca.cert, 'utf8'), port(ours))).toBe(true);
    expect(await hasCertificateOf(readFileSync(other.cert, 'utf8'), port(ours))).toBe(false);
    expect(await hasCertificateOf(readFileSync(ca.cert, 'utf8'), port(silent))).toBe(false);
    silent.close();
    expect(await hasCertificateOf(readFileSync(ca.cert, 'utf8'), port(ours) === 1 ? 2 : 1)).toBe(false);
  } finally {
    ours.close();
    silent.close();
  }
});
