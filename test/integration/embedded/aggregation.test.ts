import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { issueServing } from '../../../src/clusters/pki/cluster-pki.ts';
import type { KubeClient } from '../../../src/contracts/kube-client.ts';
import { kubeClient } from '../../../src/kube/client.ts';
import { realClock } from '../../../src/platform/clock.ts';
import { nodeFiles } from '../../../src/platform/files.ts';
import { type EmbeddedCluster, startEmbedded } from '../../helpers/embedded-cluster.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

const GROUP = 'lab.example.com';
const API_SERVICES = '/apis/apiregistration.k8s.io/v1/apiservices';

interface Seen {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly peer: string;
}

describe('an aggregated server behind an ExternalName service', () => {
  const dir = tempDir();
  const seen: Seen[] = [];
  let cluster: EmbeddedCluster;
  let client: KubeClient;
  let server: Server;

  beforeAll(async () => {
    cluster = await startEmbedded(dir.path);
    const read = (path: string) => readFileSync(path, 'utf8');
    const { ca, admin, frontProxyCa, dir: pkiDir } = cluster.pki;
    const access = { ca: read(ca.cert), cert: read(admin.cert), key: read(admin.key) };
    client = kubeClient({ context: 'lab', server: cluster.url, ...access });
    const pair = issueServing({ files: nodeFiles, now: () => Date.now() }, pkiDir, 'aggregated', ['m.default.svc']);
    const tls = { cert: read(pair.cert), key: read(pair.key), ca: read(frontProxyCa.cert), requestCert: true };
    server = createServer({ ...tls, rejectUnauthorized: true }, (request, response) => {
      const { socket } = request;
      const peer = socket instanceof TLSSocket ? String(socket.getPeerCertificate().subject.CN) : '';
      seen.push({ url: request.url ?? '', headers: request.headers, peer });
      const resources = [{ name: 'things', singularName: 'thing', namespaced: true, kind: 'Thing', verbs: ['get'] }];
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ kind: 'APIResourceList', groupVersion: `${GROUP}/v1`, resources }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const spec = { type: 'ExternalName', externalName: 'localhost' };
    await client.json('POST', '/api/v1/namespaces/default/services', { metadata: { name: 'm' }, spec });
    const caBundle = Buffer.from(access.ca).toString('base64');
    const service = { name: 'm', namespace: 'default', port };
    await client.json('POST', API_SERVICES, {
      metadata: { name: `v1.${GROUP}` },
      spec: { group: GROUP, version: 'v1', groupPriorityMinimum: 100, versionPriority: 10, service, caBundle },
    });
  });
  afterAll(() => {
    client.close();
    cluster.stop();
    server.close();
    server.closeAllConnections();
    dir[Symbol.dispose]();
  });

  const available = async () => {
    const object = (await client.json('GET', `${API_SERVICES}/v1.${GROUP}`)) as {
      readonly status: {
        readonly conditions?: readonly { readonly status: string; readonly reason: string; readonly message: string }[];
      };
    };
    return object.status.conditions?.[0];
  };
  async function until(status: string): Promise<string> {
    for (;;) {
      const condition = await available();
      if (condition?.status === status) return condition.reason;
      await realClock.sleep(20);
    }
  }

  test('becomes available, is found by discovery, and is told who asks', async () => {
    expect(await until('True')).toBe('Passed');
    const groups = (await client.json('GET', '/apis')) as { readonly groups: readonly { readonly name: string }[] };
    expect(groups.groups.map(({ name }) => name)).toContain(GROUP);
    seen.length = 0;
    const headers = { 'x-remote-user': 'root', 'x-remote-extra-a': 'b', authorization: '' };
    const answer = await client.request('GET', `/apis/${GROUP}/v1/namespaces/n/things/a?x=1`, undefined, { headers });
    expect(answer.status).toBe(200);
    const [call] = seen;
    expect(call?.url).toBe(`/apis/${GROUP}/v1/namespaces/n/things/a?x=1`);
    expect(call?.peer).toBe('front-proxy-client');
    expect(call?.headers['x-remote-user']).toBe('admin');
    expect(call?.headers['x-remote-group']).toContain('system:masters');
    expect(call?.headers['x-remote-extra-a']).toBeUndefined();
  });

  test('is gone from the answers when its service is', async () => {
    await client.json('DELETE', '/api/v1/namespaces/default/services/m');
    expect(await until('False')).toBe('ServiceNotFound');
    const answer = await client.request('GET', `/apis/${GROUP}/v1/namespaces/n/things/a`);
    expect([answer.status, answer.text]).toEqual([503, 'service unavailable\n']);
  });
});
