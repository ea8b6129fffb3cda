import { createHash } from 'node:crypto';
import { ApiFailure, methodNotAllowed } from '../api/failure.ts';
import { groupsOf } from '../discovery/documents.ts';
import { groupVersion, type KindRegistry } from '../kinds/registry.ts';
import type { PathHandler } from '../server/api-server.ts';
import type { Exchange } from '../server/exchange.ts';
import { openApiV2, openApiV3 } from './documents.ts';

/** /openapi/v2 and /openapi/v3, worked out when somebody asks. Documents are kept until the kinds change. */
export function openApi(registry: KindRegistry): PathHandler {
  const kept = new Map<string, { readonly revision: number; readonly text: string }>();
  const document = (name: string, make: () => unknown): string => {
    const known = kept.get(name);
    if (known?.revision === registry.revision) return known.text;
    const text = JSON.stringify(make());
    kept.set(name, { revision: registry.revision, text });
    return text;
  };
  const versions = (): readonly (readonly [string, string])[] => [
    ['', 'v1'],
    ...groupsOf(registry, []).flatMap(({ name, versions: list }) => list.map((version) => [name, version] as const)),
  ];
  const nameOf = ([group, version]: readonly [string, string]) =>
    group === '' ? `api/${version}` : `apis/${groupVersion(group, version)}`;
  return (exchange) => {
    const path = exchange.path.replace(/\/$/, '');
    if (!path.startsWith('/openapi/')) return false;
    if (exchange.method !== 'GET') throw methodNotAllowed();
    if (path === '/openapi/v2') {
      refuseProtobuf(exchange);
      exchange.send(
        200,
        'application/json',
        document('v2', () => openApiV2(registry, versions())),
      );
      return true;
    }
    if (path === '/openapi/v3') {
      const paths = versions().map((each) => [
        nameOf(each),
        { serverRelativeURL: `/openapi/v3/${nameOf(each)}?hash=${hashOf(nameOf(each), registry)}` },
      ]);
      exchange.send(200, 'text/plain; charset=utf-8', JSON.stringify({ paths: Object.fromEntries(paths) }));
      return true;
    }
    const found = versions().find((each) => path === `/openapi/v3/${nameOf(each)}`);
    if (found === undefined) return false;
    refuseProtobuf(exchange);
    exchange.send(
      200,
      'application/json',
      document(nameOf(found), () => openApiV3(registry, ...found)),
    );
    return true;
  };
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
