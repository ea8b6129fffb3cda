import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect } from 'node:http2';
import { request, type RequestOptions } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signCertificate } from '../../../src/kube/pki/certificate.ts';
import { ensureClusterPki } from '../../../src/clusters/pki/cluster-pki.ts';
import { nodeFiles } from '../../../src/platform/files.ts';
import { type EmbeddedCluster, startEmbedded } from '../../helpers/embedded-cluster.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

const DAY_MS = 86_400_000;

interface Answer {
  readonly status: number;
  readonly text: string;
}

describe('the embedded API under bad input', () => {
  const dir = tempDir();
  const problems: string[] = [];
  let cluster: EmbeddedCluster;

  beforeAll(async () => {
    cluster = await startEmbedded(dir.path, (line) => problems.push(line));
  });
  afterAll(() => {
    cluster.stop();
    dir[Symbol.dispose]();
    // Whatever is sent is the client's fault, never a fault in here.
    expect(problems).toEqual([]);
  });

  const admin = () => ({ cert: readFileSync(cluster.pki.admin.cert), key: readFileSync(cluster.pki.admin.key) });

  function call(path: string, options: RequestOptions = {}, body?: string | Buffer): Promise<Answer> {
    const ca = readFileSync(cluster.pki.ca.cert);
    return new Promise((resolve, reject) => {
      const sent = request(`${cluster.url}${path}`, { ca, agent: false, ...options }, (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') }),
        );
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  test('nobody becomes somebody by headers of the front proxy', async () => {
    const headers = { 'x-remote-user': 'root', 'x-remote-group': 'system:masters' };
    const answer = await call('/api/v1/nodes', { headers });
    expect(answer.status).toBe(403);
    expect(answer.text).toContain('User \\"system:anonymous\\" cannot list resource \\"nodes\\"');
  });

  test('forged and foreign tokens are refused', async () => {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = { iss: 'https://kubernetes.default.svc', sub: 'system:serviceaccount:default:x', aud: [], exp: 9e9 };
    const unsigned = `${part({ alg: 'none' })}.${part(claims)}.`;
    for (const token of [unsigned, `${part({ alg: 'ES256' })}.${part(claims)}.AAAA`, 'a.b', '...', 'x']) {
      const answer = await call('/api/v1/nodes', { headers: { authorization: `Bearer ${token}` } });
      expect([token, answer.status]).toEqual([token, 401]);
    }
  });

  test('an expired certificate is refused, and one of another authority', async () => {
    const foreign = ensureClusterPki({ files: nodeFiles, now: () => Date.now() }, join(dir.path, 'foreign'), {
      serviceIp: '10.96.0.1',
      nodeName: 'node',
    });
    const other = { cert: readFileSync(foreign.admin.cert), key: readFileSync(foreign.admin.key) };
    for (const options of [expired(), other]) {
      expect((await call('/api/v1/nodes', options)).status).toBe(401);
    }
  });

  /** Signed by the cluster's own authority, for an administrator, until yesterday. */
  function expired(): { readonly cert: string; readonly key: string } {
    const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const issuerKey = createPrivateKey(readFileSync(cluster.pki.ca.key));
    const cert = signCertificate({
      subject: { commonName: 'x', organizations: ['system:masters'] },
      usage: 'client',
      hosts: [],
      notBefore: Date.now() - 2 * DAY_MS,
      notAfter: Date.now() - DAY_MS,
      publicKey: keys.publicKey,
      issuer: { subject: { commonName: 'metrics-lab', organizations: [] }, privateKey: issuerKey },
    });
    return { cert, key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
  }

  test('a body of 10 MB is refused before it is kept', async () => {
    const body = Buffer.alloc(10 * 1024 * 1024, 0x20);
    const answer = await call('/api/v1/namespaces/default/configmaps', { ...admin(), method: 'POST' }, body);
    expect(answer.status).toBe(413);
    expect(answer.text).toContain('Request entity too large: limit is 3145728');
  });

  test.each([
    ['JSON', 'application/json', `{"data":${'['.repeat(100_000)}`],
    ['YAML', 'application/yaml', `data: ${'['.repeat(100_000)}`],
    [
      'YAML that is indented ever more',
      'application/yaml',
      Array.from({ length: 2_000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
    ],
    ['YAML whose aliases grow', 'application/yaml', bomb()],
    ['protobuf', 'application/vnd.kubernetes.protobuf', Buffer.from('k8s\0'.padEnd(100_000, '\x0a\x7f'), 'latin1')],
  ])('a body that is nested too deep is refused: %s', async (_, type, body) => {
    const options = { ...admin(), method: 'POST', headers: { 'content-type': type } };
    const answer = await call('/api/v1/namespaces/default/configmaps', options, body);
    expect([answer.status, JSON.parse(answer.text)]).toEqual([400, expect.objectContaining({ reason: 'BadRequest' })]);
  });

  test.each([
    'application/json-patch+json',
    'application/merge-patch+json',
    'application/strategic-merge-patch+json',
    'application/apply-patch+yaml',
  ])('a patch that is nested too deep changes nothing: %s', async (type) => {
    const made = JSON.stringify({ metadata: { name: 'deep' }, data: { a: 'b' } });
    const path = '/api/v1/namespaces/default/configmaps';
    await call(path, { ...admin(), method: 'POST', headers: { 'content-type': 'application/json' } }, made);
    const before = await call(`${path}/deep`, admin());
    const patch = `[{"op":"add","path":"/data","value":${'{"a":'.repeat(50_000)}`;
    const query = type.includes('apply') ? '?fieldManager=x' : '';
    const options = { ...admin(), method: 'PATCH', headers: { 'content-type': type } };
    expect((await call(`${path}/deep${query}`, options, patch)).status).toBe(400);
    expect(await call(`${path}/deep`, admin())).toEqual(before);
  });

  test('dot segments reach nothing', async () => {
    for (const path of [
      '/api/v1/namespaces/default/configmaps/../secrets',
      '/api/v1/%2e%2e/metrics',
      '/api//v1/pods',
    ]) {
      const answer = await rawGet(path);
      expect([path, answer]).toEqual([path, 404]);
    }
  });

  /** HTTP/2, whose client leaves the path as it is. */
  function rawGet(path: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const session = connect(cluster.url, { ca: readFileSync(cluster.pki.ca.cert), ...admin() });
      session.on('error', reject);
      const stream = session.request({ ':path': path });
      stream.on('response', (headers) => {
        resolve(Number(headers[':status']));
        session.close();
      });
      stream.on('error', reject);
      stream.end();
    });
  }

  test('half a body leaves nothing behind', async () => {
    const headers = { 'content-type': 'application/json', 'content-length': '1000' };
    const options = { ...admin(), method: 'POST', headers };
    await new Promise<void>((resolve) => {
      const ca = readFileSync(cluster.pki.ca.cert);
      const sent = request(`${cluster.url}/api/v1/namespaces/default/configmaps`, { ca, agent: false, ...options });
      sent.on('error', () => resolve());
      sent.write('{"metadata":{"name":"half"}');
      sent.once('socket', (socket) => socket.once('secureConnect', () => setImmediate(() => sent.destroy())));
      sent.once('close', () => resolve());
    });
    const answer = await call('/api/v1/namespaces/default/configmaps/half', admin());
    expect(answer.status).toBe(404);
  });
});

/** Ten lists of ten times the one before: a kilobyte that unfolds to gigabytes. */
function bomb(): string {
  const line = (index: number) =>
    `a${index}: &a${index} [${Array.from({ length: 10 }, () => `*a${index - 1}`).join(',')}]`;
  return ['a0: &a0 [x]', ...Array.from({ length: 10 }, (_, index) => line(index + 1))].join('\n');
}
