import { once } from 'node:events';
import { createServer, request, type Server } from 'node:https';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type {
  DelegatedAuth,
  FailureStatus,
  RequestAttributes,
  UserInfo,
} from '../../../src/kube/aggregated-auth/types.ts';
import { delegatedAuth } from '../../../src/kube/aggregated-auth/delegated-auth.ts';
import { aggregatedTlsOptions } from '../../../src/kube/aggregated-auth/tls-options.ts';
import type { LabError } from '../../../src/errors/lab-error.ts';
import { realClock } from '../../../src/platform/clock.ts';
import { type PairOptions, type TestPair, testPair } from '../../helpers/test-pki.ts';
import { ScriptedCluster } from './scripted-cluster.ts';

const PODS: RequestAttributes = {
  kind: 'resource',
  verb: 'get',
  group: 'custom.metrics.k8s.io',
  version: 'v1beta2',
  namespace: 'ml-a',
  resource: 'pods',
  subresource: 'hits',
  name: 'web-0',
};
let ca: TestPair, proxyCa: TestPair, otherCa: TestPair, serving: TestPair;
let server: Server;
let port = 0;
let auth: DelegatedAuth;
let cluster: ScriptedCluster;
const errors: LabError[] = [];
/** An `Authentication` as JSON; fields of the other case are read as undefined. */
interface Result {
  readonly ok: boolean;
  readonly user: UserInfo;
  readonly status: FailureStatus;
}

beforeAll(async () => {
  [ca, proxyCa, otherCa] = (['client-ca', 'proxy-ca', 'other-ca'] as const).map((name) =>
    testPair({ subject: [['CN', name]], ca: true }),
  ) as [TestPair, TestPair, TestPair];
  serving = testPair({ subject: [['CN', 'localhost']], issuer: ca });
  server = createServer(aggregatedTlsOptions(serving), (asked, answer) => {
    void auth.authenticate(asked).then((result) => answer.end(JSON.stringify(result)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});
afterEach(() => {
  auth.stop();
  errors.length = 0;
});

function config(more: Record<string, string> = {}): Record<string, string> {
  return {
    'client-ca-file': ca.cert,
    'requestheader-client-ca-file': proxyCa.cert,
    'requestheader-allowed-names': '["front-proxy-client"]',
    'requestheader-username-headers': '["X-Remote-User"]',
    'requestheader-group-headers': '["X-Remote-Group"]',
    'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]',
    ...more,
  };
}
async function begin(data: Record<string, string> | null = config()): Promise<void> {
  cluster = new ScriptedCluster(data ?? undefined);
  auth = delegatedAuth({ client: cluster, clock: realClock, onError: (error) => errors.push(error) });
  if (data !== null) await auth.ready;
}
async function ask(options: {
  pair?: TestPair;
  chain?: readonly TestPair[];
  headers?: Record<string, string | string[]>;
}): Promise<Result> {
  const cert =
    options.pair === undefined ? undefined : [options.pair, ...(options.chain ?? [])].map((one) => one.cert).join('\n');
  const sent = request({
    port,
    host: '127.0.0.1',
    rejectUnauthorized: false,
    cert,
    key: options.pair?.key,
    headers: options.headers ?? {},
    agent: false,
  });
  sent.end();
  const [answer] = await once(sent, 'response');
  let text = '';
  for await (const chunk of answer) text += chunk;
  return JSON.parse(text) as Result;
}

describe('authentication', () => {
  it('takes CN as user and O as groups of a client certificate', async () => {
    await begin();
    const pair = testPair({
      subject: [
        ['CN', 'lab-reader'],
        ['O', 'a'],
        ['O', 'b'],
      ],
      issuer: ca,
    });
    const { user } = await ask({ pair });
    expect(user).toMatchObject({ name: 'lab-reader', groups: ['a', 'b', 'system:authenticated'] });
    expect(user.extra['authentication.kubernetes.io/credential-id']?.[0]).toMatch(/^X509SHA256=[0-9a-f]{64}$/);
  });

  it('takes a name as it is: a line break in CN makes no group', async () => {
    await begin();
    const pair = testPair({ subject: [['CN', 'x\nO=system:masters, O=system:masters']], issuer: ca });
    const { user } = await ask({ pair });
    expect(user).toMatchObject({ name: 'x\nO=system:masters, O=system:masters', groups: ['system:authenticated'] });
  });

  it('takes the user from the headers of an allowed front proxy, anew for every request', async () => {
    await begin();
    const pair = testPair({ subject: [['CN', 'front-proxy-client']], issuer: proxyCa });
    const headers = {
      'X-Remote-User': 'jane',
      'X-Remote-Group': ['g1', 'g2'],
      'X-Remote-Extra-Scopes%2fA': ['1', '2'],
    };
    expect((await ask({ pair, headers })).user).toEqual({
      name: 'jane',
      groups: ['g1', 'g2', 'system:authenticated'],
      extra: { 'scopes/a': ['1', '2'] },
    });
    expect((await ask({ pair, headers: { 'X-Remote-User': 'joe' } })).user.name).toBe('joe');
  });

  it.each<[string, Partial<PairOptions> & Pick<PairOptions, 'subject'> & { from: string }]>([
    ['another name than the allowed ones', { subject: [['CN', 'someone']], from: 'proxy' }],
    ['another CA', { subject: [['CN', 'front-proxy-client']], from: 'other' }],
    ['a lapsed certificate', { subject: [['CN', 'front-proxy-client']], from: 'proxy', toDays: -0.5 }],
    ['a certificate of the future', { subject: [['CN', 'front-proxy-client']], from: 'proxy', fromDays: 1 }],
    [
      'a critical extension that nobody knows',
      { subject: [['CN', 'front-proxy-client']], from: 'proxy', critical: '1.2.3.4' },
    ],
    ['a server certificate', { subject: [['CN', 'front-proxy-client']], from: 'proxy', usages: ['1.3.6.1.5.5.7.3.1'] }],
  ])('refuses the headers of a proxy with %s', async (_what, { from, ...options }) => {
    await begin();
    const pair = testPair({ ...options, issuer: from === 'proxy' ? proxyCa : otherCa });
    const result = await ask({ pair, headers: { 'X-Remote-User': 'admin', 'X-Remote-Group': 'system:masters' } });
    expect(result).toMatchObject({ ok: false, status: { code: 401, message: 'Unauthorized', reason: 'Unauthorized' } });
  });

  it('ignores the headers of everybody else', async () => {
    await begin();
    const headers = { 'X-Remote-User': 'admin', 'X-Remote-Group': 'system:masters' };
    expect((await ask({ headers })).user.name).toBe('system:anonymous');
    expect((await ask({ headers, pair: testPair({ subject: [['CN', 'reader']], issuer: ca }) })).user.name).toBe(
      'reader',
    );
  });

  it('follows intermediates, but only such as may sign', async () => {
    await begin();
    const good = testPair({ subject: [['CN', 'between']], issuer: ca, ca: true });
    const bad = testPair({ subject: [['CN', 'not-a-ca']], issuer: ca });
    expect((await ask({ pair: testPair({ subject: [['CN', 'x']], issuer: good }), chain: [good] })).user.name).toBe(
      'x',
    );
    expect((await ask({ pair: testPair({ subject: [['CN', 'x']], issuer: good }) })).ok).toBe(false);
    expect((await ask({ pair: testPair({ subject: [['CN', 'x']], issuer: bad }), chain: [bad] })).ok).toBe(false);
    const short = testPair({ subject: [['CN', 'short']], issuer: ca, ca: true, pathLength: 0 });
    const below = testPair({ subject: [['CN', 'below']], issuer: short, ca: true });
    expect((await ask({ pair: testPair({ subject: [['CN', 'x']], issuer: below }), chain: [below, short] })).ok).toBe(
      false,
    );
  });

  it('judges by the new CA as soon as the cluster changed it, on an old connection too', async () => {
    await begin();
    const pair = testPair({ subject: [['CN', 'x']], issuer: otherCa });
    expect((await ask({ pair })).ok).toBe(false);
    cluster.change(config({ 'client-ca-file': `${ca.cert}\n${otherCa.cert}` }));
    await expect.poll(async () => (await ask({ pair })).ok).toBe(true);
  });

  it('keeps the old configuration when the new one cannot be read, and says so', async () => {
    await begin();
    cluster.change(config({ 'client-ca-file': 'rubbish' }));
    await expect.poll(() => errors.map((error) => error.id)).toContain('ML-AUTH-CONFIG');
    expect((await ask({ pair: testPair({ subject: [['CN', 'x']], issuer: ca }) })).user.name).toBe('x');
  });

  it('says 503 to certificates while there is no configuration, and anonymous to nobody', async () => {
    await begin(null);
    expect((await ask({ pair: testPair({ subject: [['CN', 'x']], issuer: ca }) })).status).toMatchObject({ code: 503 });
    expect((await ask({})).user.name).toBe('system:anonymous');
    expect(auth.notReady).toContain('authentication configuration');
  });

  it('asks a TokenReview once for the same token', async () => {
    await begin();
    cluster.token = () => ({
      status: 201,
      body: { status: { authenticated: true, user: { username: 'sa', groups: ['g'] } } },
    });
    const headers = { authorization: 'Bearer secret' };
    expect((await ask({ headers })).user).toEqual({ name: 'sa', groups: ['g', 'system:authenticated'], extra: {} });
    expect((await ask({ headers })).user.name).toBe('sa');
    expect(cluster.asked).toHaveLength(1);
  });

  it.each([
    ['Bearer nonsense', 401],
    ['bearer  two-blanks', 'system:anonymous'],
    ['Bearer ', 'system:anonymous'],
    ['Basic bGFiOmxhYg==', 'system:anonymous'],
  ])('takes %j for %s', async (authorization, expected) => {
    await begin();
    const result = await ask({ headers: { authorization } });
    expect(result.ok ? result.user.name : result.status.code).toBe(expected);
  });

  it('lets a good certificate win over a bad token, and a good token over a bad certificate', async () => {
    await begin();
    const good = testPair({ subject: [['CN', 'x']], issuer: ca });
    expect((await ask({ pair: good, headers: { authorization: 'Bearer bad' } })).user.name).toBe('x');
    cluster.token = () => ({ status: 201, body: { status: { authenticated: true, user: { username: 'sa' } } } });
    const bad = testPair({ subject: [['CN', 'x']], issuer: otherCa });
    expect((await ask({ pair: bad, headers: { authorization: 'Bearer good' } })).user.name).toBe('sa');
  });
});

describe('authorization', () => {
  const user = { name: 'a "b" <c>', groups: ['g'], extra: {} };

  it('says 403 with the words of upstream', async () => {
    await begin();
    const answer = await auth.authorize(user, PODS);
    expect(answer).toEqual({
      ok: false,
      status: {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        reason: 'Forbidden',
        code: 403,
        message:
          'pods.custom.metrics.k8s.io "web-0" is forbidden: User "a \\"b\\" &lt;c&gt;" cannot get resource "pods/hits" in API group "custom.metrics.k8s.io" in the namespace "ml-a"',
        details: { name: 'web-0', group: 'custom.metrics.k8s.io', kind: 'pods' },
      },
    });
    const path = await auth.authorize(user, { kind: 'path', verb: 'get', path: '/metrics' });
    expect(path.ok ? '' : path.status.message).toBe('forbidden: User "a \\"b\\" &lt;c&gt;" cannot get path "/metrics"');
  });

  it('asks once for equal questions, also when they come at the same time', async () => {
    await begin();
    cluster.access = () => ({ status: 201, body: { status: { allowed: true } } });
    const answers = await Promise.all([1, 2, 3].map(() => auth.authorize({ ...user }, PODS)));
    expect(answers.every((one) => one.ok)).toBe(true);
    await auth.authorize(user, PODS);
    expect(cluster.asked).toHaveLength(1);
    expect(cluster.asked[0]?.body).toMatchObject({
      spec: {
        user: user.name,
        groups: ['g'],
        resourceAttributes: {
          verb: 'get',
          group: 'custom.metrics.k8s.io',
          resource: 'pods',
          subresource: 'hits',
          name: 'web-0',
          namespace: 'ml-a',
          version: 'v1beta2',
        },
      },
    });
  });

  it('asks nobody about system:masters and health paths', async () => {
    await begin();
    expect((await auth.authorize({ ...user, groups: ['system:masters'] }, PODS)).ok).toBe(true);
    for (const path of ['/healthz', '/livez', '/readyz'])
      expect((await auth.authorize(user, { kind: 'path', verb: 'get', path })).ok).toBe(true);
    expect(cluster.asked).toHaveLength(0);
    expect((await auth.authorize(user, { kind: 'path', verb: 'get', path: '/healthz/ping' })).ok).toBe(false);
  });

  it('fails closed, and does not keep it, when the cluster cannot be asked', async () => {
    await begin();
    cluster.access = () => ({ status: 400, body: {} });
    expect(await auth.authorize(user, PODS)).toMatchObject({ ok: false, status: { code: 500 } });
    expect(errors).toHaveLength(1);
    cluster.access = () => ({ status: 201, body: { status: { allowed: true } } });
    expect((await auth.authorize(user, PODS)).ok).toBe(true);
  });

  it('tries again after an answer of 5xx', async () => {
    await begin();
    let times = 0;
    cluster.access = () =>
      ++times === 1 ? { status: 503, body: {} } : { status: 201, body: { status: { allowed: true } } };
    expect((await auth.authorize(user, PODS)).ok).toBe(true);
  });
});
