import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ClusterPki, ensureClusterPki, issueClient, issueServing } from '../../../src/clusters/pki/cluster-pki.ts';
import type { PairFiles, PkiPorts } from '../../../src/clusters/pki/key-pair.ts';
import { nodeFiles } from '../../../src/platform/files.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

const NOW = Date.now();
const OPTIONS = { serviceIp: '10.96.0.1', nodeName: 'lab' };
const DAY_MS = 86_400_000;

function ports(nowMs = NOW): PkiPorts {
  return { files: nodeFiles, now: () => nowMs };
}
function pkiIn(dir: string, nowMs = NOW): ClusterPki {
  return ensureClusterPki(ports(nowMs), join(dir, 'pki'), OPTIONS);
}
function cert({ cert }: PairFiles): X509Certificate {
  return new X509Certificate(readFileSync(cert));
}
function pairsOf(pki: ClusterPki): Record<string, PairFiles> {
  const { dir: _dir, clientCas: _bundle, fingerprint: _fingerprint, serviceAccounts: _accounts, ...pairs } = pki;
  return pairs;
}

describe('the PKI of a cluster', () => {
  test('certificates say who they are for, and their authority verifies them', () => {
    using dir = tempDir();
    const pki = pkiIn(dir.path);
    const said = Object.entries(pairsOf(pki)).map(([name, pair]) => {
      const { subject, issuer, subjectAltName, keyUsage, ca } = cert(pair);
      return [name, subject.replaceAll('\n', ' '), issuer, ca, keyUsage?.join(' ') ?? '', subjectAltName ?? ''].join(
        ' | ',
      );
    });
    const [server, client] = ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'];
    const loopback = 'IP Address:127.0.0.1, DNS:localhost';
    expect(said.sort()).toEqual(
      [
        'ca | CN=metrics-lab | CN=metrics-lab | true |  | ',
        'etcdCa | CN=metrics-lab-etcd | CN=metrics-lab-etcd | true |  | ',
        'frontProxyCa | CN=metrics-lab-front-proxy | CN=metrics-lab-front-proxy | true |  | ',
        `frontProxyClient | CN=front-proxy-client | CN=metrics-lab-front-proxy | false | ${client} | `,
        `apiServer | CN=kube-apiserver | CN=metrics-lab | false | ${server} | ${loopback}, IP Address:0:0:0:0:0:0:0:1, DNS:kubernetes, DNS:kubernetes.default, DNS:kubernetes.default.svc, DNS:kubernetes.default.svc.cluster.local, IP Address:10.96.0.1`,
        `apiServerEtcdClient | CN=kube-apiserver-etcd-client | CN=metrics-lab-etcd | false | ${client} | `,
        `apiServerKubeletClient | O=system:masters CN=kube-apiserver-kubelet-client | CN=metrics-lab | false | ${client} | `,
        `etcd | CN=etcd | CN=metrics-lab-etcd | false | ${server} ${client} | ${loopback}`,
        `admin | O=system:masters CN=admin | CN=metrics-lab | false | ${client} | `,
        `nobody | CN=nobody | CN=metrics-lab | false | ${client} | `,
        `node | O=system:nodes CN=system:node:lab | CN=metrics-lab | false | ${client} | `,
        `controllerManager | CN=system:kube-controller-manager | CN=metrics-lab | false | ${client} | `,
        `controllerManagerServing | CN=controller-manager | CN=metrics-lab | false | ${server} | ${loopback}`,
        `scheduler | CN=system:kube-scheduler | CN=metrics-lab | false | ${client} | `,
        `schedulerServing | CN=scheduler | CN=metrics-lab | false | ${server} | ${loopback}`,
      ].sort(),
    );
    expect(cert(pki.apiServer).verify(cert(pki.ca).publicKey)).toBe(true);
    expect(cert(pki.apiServer).checkIssued(cert(pki.ca))).toBe(true);
    expect(cert(pki.frontProxyClient).verify(cert(pki.ca).publicKey)).toBe(false);
    expect(new Set(Object.values(pairsOf(pki)).map((pair) => cert(pair).serialNumber)).size).toBe(15);
  });

  test('the folder is 0700 and keys are 0600', () => {
    using dir = tempDir();
    const pki = pkiIn(dir.path);
    const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
    expect(mode(pki.dir)).toBe('700');
    const keys = [...Object.values(pairsOf(pki)).map(({ key }) => key), pki.serviceAccounts.key];
    expect(new Set(keys.map(mode))).toEqual(new Set(['600']));
  });

  test('a second time nothing is written', () => {
    using dir = tempDir();
    const first = pkiIn(dir.path);
    const forbidden = { ...nodeFiles, writeAtomic: (path: string) => expect.fail(`wrote ${path}`) };
    expect(ensureClusterPki({ files: forbidden, now: () => NOW }, first.dir, OPTIONS)).toEqual(first);
  });

  test('a write that was torn off at any file is made good, and only what hangs on it changes', () => {
    using dir = tempDir();
    const before = pkiIn(dir.path);
    const texts = (pki: ClusterPki) =>
      Object.fromEntries(Object.entries(pairsOf(pki)).map(([name, pair]) => [name, readFileSync(pair.cert, 'utf8')]));
    const old = texts(before);
    truncateSync(before.admin.cert, 100);
    writeFileSync(before.scheduler.key, readFileSync(before.admin.key)); // a key that is not the certificate's
    nodeFiles.remove(before.etcd.key);
    const after = pkiIn(dir.path);
    const now = texts(after);
    const changed = Object.keys(now).filter((name) => now[name] !== old[name]);
    expect(changed.sort()).toEqual(['admin', 'etcd', 'scheduler']);
    expect(after.fingerprint).not.toBe(before.fingerprint);
  });

  test('with its authority lost, everything that it signed is made anew', () => {
    using dir = tempDir();
    const before = pkiIn(dir.path);
    const admin = readFileSync(before.admin.cert, 'utf8');
    const etcd = readFileSync(before.etcd.cert, 'utf8');
    nodeFiles.remove(before.ca.cert);
    const after = pkiIn(dir.path);
    expect(readFileSync(after.admin.cert, 'utf8')).not.toBe(admin);
    expect(readFileSync(after.etcd.cert, 'utf8')).toBe(etcd);
    expect(cert(after.admin).verify(cert(after.ca).publicKey)).toBe(true);
  });

  test('leaves are renewed a month before they end, authorities live on', () => {
    using dir = tempDir();
    const before = pkiIn(dir.path);
    const soon = pkiIn(dir.path, NOW + 334 * DAY_MS);
    expect(soon.fingerprint).toBe(before.fingerprint);
    const ca = readFileSync(before.ca.cert, 'utf8');
    const late = pkiIn(dir.path, NOW + 340 * DAY_MS);
    expect(late.fingerprint).not.toBe(before.fingerprint);
    expect(readFileSync(late.ca.cert, 'utf8')).toBe(ca);
    expect(cert(late.admin).validToDate.getTime()).toBeGreaterThan(NOW + 700 * DAY_MS);
    // A date after 2049 is written in another form (RFC 5280, 4.1.2.5).
    const far = pkiIn(join(dir.path, 'far'), Date.UTC(2048, 5, 1));
    expect(cert(far.ca).validToDate.getUTCFullYear()).toBe(2058);
  });

  test('a certificate for other hosts or another user replaces the one of that name', () => {
    using dir = tempDir();
    const { dir: pkiDir } = pkiIn(dir.path);
    const first = readFileSync(
      issueServing(ports(), pkiDir, 'metrics-server', ['127.0.0.1', 'localhost']).cert,
      'utf8',
    );
    expect(readFileSync(issueServing(ports(), pkiDir, 'metrics-server', ['127.0.0.1', 'localhost']).cert, 'utf8')).toBe(
      first,
    );
    const second = issueServing(ports(), pkiDir, 'metrics-server', ['127.0.0.1', 'metrics.lab.svc', 'fd00::1:2']);
    expect(cert(second).subjectAltName).toBe(
      'IP Address:127.0.0.1, DNS:metrics.lab.svc, IP Address:FD00:0:0:0:0:0:1:2',
    );
    const user = { commonName: 'grâce', organizations: ['a', 'b'] };
    expect(cert(issueClient(ports(), pkiDir, 'user', user)).subject).toBe('O=a\nO=b\nCN=grâce');
  });
});

test('both sides of a TLS connection accept them', async () => {
  using dir = tempDir();
  const pki = pkiIn(dir.path);
  const read = ({ cert, key }: PairFiles) => ({ cert: readFileSync(cert), key: readFileSync(key) });
  const server = createServer(
    { ...read(pki.etcd), ca: readFileSync(pki.etcdCa.cert), requestCert: true, rejectUnauthorized: true },
    (_request, response) => response.end('ok'),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const ask = async (pair: PairFiles): Promise<number | undefined> => {
    const sent = request({ host: 'localhost', port, ca: readFileSync(pki.etcdCa.cert), agent: false, ...read(pair) });
    sent.end();
    const [answer] = await once(sent, 'response');
    answer.resume();
    return answer.statusCode;
  };
  try {
    expect(await ask(pki.apiServerEtcdClient)).toBe(200);
    await expect(ask(pki.admin)).rejects.toThrow(); // of another authority
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
