import { z } from 'zod';
import { type FieldError, invalid, numeric } from '../../hpa/api/field-error.ts';
import { invalid as invalidObject, conflict, notFound } from '../api/failure.ts';
import { timeText } from '../api/objects.ts';
import { bodyObject, type Call, checkNamespace, type SpecialResource } from '../api/resource.ts';
import { writeOptions } from '../api/query.ts';
import { sendValue } from '../api/present.ts';
import { tokenRequest } from '../kinds/reviews.ts';
import { type BoundObject, ISSUER, type ServiceAccountTokens } from './service-account-tokens.ts';

const WANT = { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest', type: tokenRequest };
const PATH = ['spec', 'expirationSeconds'];
const MIN_SECONDS = 600;
const DEFAULT_SECONDS = 3600;
const Spec = z.object({
  audiences: z.array(z.string()).default([]),
  expirationSeconds: z.number().default(DEFAULT_SECONDS),
  boundObjectRef: z
    .object({
      kind: z.string().default(''),
      name: z.string().default(''),
      uid: z.string().default(''),
      apiVersion: z.string().optional(),
    })
    .optional(),
});
type Spec = z.infer<typeof Spec>;
const BOUND: Readonly<Record<string, BoundObject['kind']>> = { Pod: 'pod', Secret: 'secret', Node: 'node' };

/** `serviceaccounts/token` (pkg/registry/core/serviceaccount/storage/token.go). */
export function tokenRequests(tokens: ServiceAccountTokens, now: () => number): SpecialResource {
  return {
    POST: async (call) => {
      const { exchange, route, how, ports } = call;
      const bytes = await exchange.body();
      const object = bodyObject(call, bytes, WANT, writeOptions(exchange.query, 'CreateOptions'));
      checkNamespace(call, object);
      const account = ports.rest.get(route.kind, route.namespace, route.name ?? '').object;
      const spec = Spec.parse(object['spec'] ?? {});
      const errors = faults(spec);
      if (errors.length > 0) throw invalidObject(WANT, object.metadata.name, errors);
      const audiences = spec.audiences.length === 0 ? [ISSUER] : spec.audiences;
      const token = tokens.issue(account, { audiences, seconds: spec.expirationSeconds, bound: boundOf(spec, call) });
      const { name, namespace, uid } = account.metadata;
      const status = { token, expirationTimestamp: timeText(now() + spec.expirationSeconds * 1000) };
      const answer = {
        kind: 'TokenRequest',
        apiVersion: 'authentication.k8s.io/v1',
        metadata: { name, namespace, uid, creationTimestamp: timeText(now()) },
        spec: { audiences, expirationSeconds: spec.expirationSeconds, boundObjectRef: spec.boundObjectRef ?? null },
        status,
      };
      sendValue(exchange, 201, answer, how);
    },
  };
}

/** authentication/validation ValidateTokenRequest. */
function faults({ expirationSeconds }: Spec): readonly FieldError[] {
  const bad = (detail: string) => [invalid(PATH, numeric(expirationSeconds), detail)];
  if (expirationSeconds < MIN_SECONDS) return bad('may not specify a duration less than 10 minutes');
  return expirationSeconds > 2 ** 32 ? bad('may not specify a duration larger than 2^32 seconds') : [];
}

function boundOf({ boundObjectRef }: Spec, { ports, route }: Call): BoundObject | undefined {
  if (boundObjectRef === undefined) return undefined;
  const { kind: named, name, uid } = boundObjectRef;
  const kind = BOUND[named];
  if (kind === undefined) {
    const detail = `cannot bind token for serviceaccount "${route.name ?? ''}" to object with type`;
    throw invalidObject(WANT, '', [invalid(['spec', 'boundObjectRef'], { kind: 'string', value: named }, detail)]);
  }
  const found = ports.registry.get('', `${kind}s`);
  if (found === undefined) throw notFound({ group: '', plural: `${kind}s` }, name);
  const { metadata } = ports.rest.get(found, found.namespaced ? route.namespace : undefined, name).object;
  if (uid !== '' && uid !== metadata.uid) {
    const why = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`;
    throw conflict({ group: '', plural: `${kind}s` }, name, why);
  }
  return { kind, name, uid: metadata.uid ?? '' };
}
