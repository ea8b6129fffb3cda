import { createHash } from 'node:crypto';
import { ApiFailure, methodNotAllowed } from '../api/failure.ts';
import { groupsOf } from '../discovery/documents.ts';
import { groupVersion, type KindRegistry } from '../kinds/registry.ts';
import type { PathHandler } from '../server/api-server.ts';
import type { Exchange } from '../server/exchange.ts';
import { openApiV2, openApiV3 } from './documents.ts';

type GroupVersion = readonly [group: string, version: string];

/** /openapi/v2 and /openapi/v3, worked out when somebody asks. Documents are kept until the kinds change. */
export function openApi(registry: KindRegistry): PathHandler {
  const kept = new Map<string, { readonly revision: number; readonly text: string }>();
  const send = (exchange: Exchange, name: string, make: () => unknown): true => {
    refuseProtobuf(exchange);
    const known = kept.get(name);
    const text = known?.revision === registry.revision ? known.text : JSON.stringify(make());
    kept.set(name, { revision: registry.revision, text });
    exchange.send(200, 'application/json', text);
    return true;
  };
  return (exchange) => {
    const path = exchange.path.replace(/\/$/, '');
    if (!path.startsWith('/openapi/')) return false;
    if (exchange.method !== 'GET') throw methodNotAllowed();
    const versions = versionsOf(registry);
    if (path === '/openapi/v2') return send(exchange, 'v2', () => openApiV2(registry, versions));
    if (path === '/openapi/v3') {
      // Upstream answers JSON as plain text here.
      exchange.send(200, 'text/plain; charset=utf-8', JSON.stringify({ paths: indexOf(versions, registry) }));
      return true;
    }
    const found = versions.find((each) => path === `/openapi/v3/${nameOf(each)}`);
    return found === undefined ? false : send(exchange, nameOf(found), () => openApiV3(registry, ...found));
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

function refuseProtobuf(exchange: Exchange): void {
  const accept = exchange.header('accept') ?? '';
  if (accept === '' || accept.includes('json') || accept.includes('*/*')) return;
  throw new ApiFailure(406, 'NotAcceptable', 'only the following media types are accepted: application/json');
}
