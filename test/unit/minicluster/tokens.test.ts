import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import type { KubeObject } from '../../../src/contracts/kube-client.ts';
import { ISSUER, ServiceAccountTokens } from '../../../src/minicluster/auth/service-account-tokens.ts';

const NOW = Date.parse('2026-01-02T03:04:05Z');

function fixture() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const account: KubeObject = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'a', namespace: 'n', uid: 'u' },
  };
  const world = { now: NOW, account: account as KubeObject | undefined };
  const tokens = new ServiceAccountTokens({
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    now: () => world.now,
    newId: () => 'id',
    find: (plural) => (plural === 'serviceaccounts' ? world.account : undefined),
  });
  return { tokens, account, world };
}

test('a token speaks for its account until it ends or the account goes', () => {
  const { tokens, account, world } = fixture();
  const token = tokens.issue(account, { audiences: [ISSUER], seconds: 600 });
  expect(tokens.review(token, [ISSUER])).toMatchObject({
    ok: true,
    user: {
      name: 'system:serviceaccount:n:a',
      uid: 'u',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:n'],
    },
  });
  world.now = NOW + 620_000;
  expect(tokens.review(token, [ISSUER]).ok).toBe(false);
  world.now = NOW;
  world.account = { ...account, metadata: { ...account.metadata, uid: 'made again' } };
  expect(tokens.review(token, [ISSUER]).ok).toBe(false);
});

test('a token is good for its audiences alone, and for what it is bound to', () => {
  const { tokens, account } = fixture();
  const token = tokens.issue(account, { audiences: ['lab'], seconds: 600 });
  expect(tokens.review(token, ['lab', 'other'])).toMatchObject({ ok: true, audiences: ['lab'] });
  expect(tokens.review(token, [ISSUER]).ok).toBe(false);
  const bound = tokens.issue(account, {
    audiences: ['lab'],
    seconds: 600,
    bound: { kind: 'pod', name: 'p', uid: 'x' },
  });
  expect(tokens.review(bound, ['lab']).ok).toBe(false);
});

test('a changed token, a foreign key and no token at all are invalid', () => {
  const { tokens, account } = fixture();
  const token = tokens.issue(account, { audiences: ['lab'], seconds: 600 });
  const other = fixture().tokens;
  const invalid = { ok: false, error: 'invalid bearer token' };
  expect(other.review(token, ['lab'])).toEqual(invalid);
  expect(tokens.review(`${token.slice(0, -4)}AAAA`, ['lab'])).toEqual(invalid);
  expect(tokens.review('x', ['lab'])).toEqual(invalid);
});
