import { createHash } from 'node:crypto';
import { ApiFailure, methodNotAllowed } from '../api/failure.ts';
import { groupsOf } from '../discovery/documents.ts';
import { groupVersion, type KindRegistry } from '../kinds/registry.ts';
import type { PathHandler } from '../server/api-server.ts';
import type { Exchange } from '../server/exchange.ts';
import { openApiV2, openApiV3 } from './documents.ts';
import { openApiV2Protobuf } from './v2-protobuf.ts';

const JSON_TYPE = 'application/json';
/** What client-go asks for. */
const PROTOBUF = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';

type GroupVersion = readonly [group: string, version: string];

/** /openapi/v2 and /openapi/v3, worked out when somebody asks. Documents are kept until the kinds change. */
export function openApi(registry: KindRegistry): PathHandler {
  const kept = new Map<string, { readonly revision: number; readonly bytes: Uint8Array }>();
  const send = (exchange: Exchange, type: string, name: string, make: () => Uint8Array): true => {
    const known = kept.get(name);
    const bytes = known?.revision === registry.revision ? known.bytes : make();
    kept.set(name, { revision: registry.revision, bytes });
    exchange.send(200, type, bytes);
    return true;
  };
  return (exchange) => {
    const path = exchange.path.replace(/\/$/, '');
    if (!path.startsWith('/openapi/')) return false;
    if (exchange.method !== 'GET') throw methodNotAllowed();
    const versions = versionsOf(registry);
    if (path === '/openapi/v2') {
      const document = () => openApiV2(registry, versions);
      if (wantsJson(exchange)) return send(exchange, JSON_TYPE, 'v2', () => Buffer.from(JSON.stringify(document())));
      if (!accepts(exchange).includes(PROTOBUF)) throw notAcceptable();
      return send(exchange, PROTOBUF.replace('@', '.'), 'v2 protobuf', () => openApiV2Protobuf(document()));
    }
    if (path === '/openapi/v3') {
      // Upstream answers JSON as plain text here.
      exchange.send(200, 'text/plain; charset=utf-8', JSON.stringify({ paths: indexOf(versions, registry) }));
      return true;
    }
    const found = versions.find((each) => path === `/openapi/v3/${nameOf(each)}`);
    if (found === undefined) return false;
    if (!wantsJson(exchange)) throw notAcceptable();
    return send(exchange, JSON_TYPE, nameOf(found), () => Buffer.from(JSON.stringify(openApiV3(registry, ...found))));
  };
}

function versionsOf(registry: KindRegistry): readonly GroupVersion[] {
  const groups = groupsOf(registry, []);
  return [['', 'v1'], ...groups.flatMap(({ name, versions }) => versions.map((version) => [name, version] as const))];
}

function nameOf([group, version]: GroupVersion): string {
  return group === '' ? `api/${version}` : `apis/${groupVersion(group, version)}`;
}

function indexOf(versions: readonly GroupVersion[], registry: KindRegistry): Readonly<Record<string, unknown>> {
  const entries = versions.map((each) => {
    const name = nameOf(each);
    return [name, { serverRelativeURL: `/openapi/v3/${name}?hash=${hashOf(name, registry)}` }];
  });
  return Object.fromEntries(entries) as Readonly<Record<string, unknown>>;
}

/** Clients cache by it: it changes with the kinds. */
function hashOf(name: string, registry: KindRegistry): string {
  return createHash('sha512').update(`${name} ${registry.revision}`).digest('hex').toUpperCase();
}

function accepts(exchange: Exchange): string {
  return exchange.header('accept') ?? '';
}

function wantsJson(exchange: Exchange): boolean {
  const accept = accepts(exchange);
  return accept === '' || accept.includes('json') || accept.includes('*/*');
}

function notAcceptable(): ApiFailure {
  return new ApiFailure(406, 'NotAcceptable', 'only the following media types are accepted: application/json');
}
