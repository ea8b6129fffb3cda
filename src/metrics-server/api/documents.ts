import { negotiate } from './accept.ts';
import { type Answer, jsonAnswer } from './answer.ts';
import { aggregatedDiscovery, type DiscoveryInput, groupDocument, groupList, resourceList } from './discovery.ts';
import type { ApiPorts } from './handler.ts';
import { openApiV2, openApiV3, openApiV3Index } from './openapi.ts';
import { type Route, servedGroups } from './route.ts';

type DocumentRoute = Extract<
  Route,
  { kind: 'groups' | 'group' | 'resources' | 'openapi-v2' | 'openapi-v3' | 'openapi-v3-group' | 'version' }
>;

/** Discovery, OpenAPI and the version; undefined when the client takes none of the shapes there are. */
export function answerDocument(
  route: DocumentRoute,
  accept: string | undefined,
  served: ReadonlySet<string>,
  ports: ApiPorts,
): Answer | undefined {
  const shape = negotiate(accept, { discovery: route.kind === 'groups' });
  if (shape === undefined) return undefined;
  const groups = servedGroups(served);
  switch (route.kind) {
    case 'groups':
      if (shape.kind !== 'aggregated-discovery') return jsonAnswer(groupList(inputOf(groups, ports)));
      return {
        ...jsonAnswer(aggregatedDiscovery(inputOf(groups, ports), shape.version)),
        type: `application/json;g=apidiscovery.k8s.io;v=${shape.version};as=APIGroupDiscoveryList`,
      };
    case 'group':
      return jsonAnswer(groupDocument(route.group));
    case 'resources':
      return jsonAnswer(resourceList(inputOf(groups, ports), route.group, route.version));
    case 'openapi-v2':
      return jsonAnswer(openApiV2(groups));
    case 'openapi-v3':
      return jsonAnswer(openApiV3Index(groups));
    case 'openapi-v3-group':
      return jsonAnswer(openApiV3(route.group, route.version));
    case 'version':
      return jsonAnswer({ major: '1', minor: '37', gitVersion: 'v1.37.0+metrics-lab', platform: 'node' });
  }
}

function inputOf(groups: readonly string[], { external, custom }: ApiPorts): DiscoveryInput {
  return {
    groups,
    externalMetrics: external?.listAllExternalMetrics() ?? [],
    customMetrics: custom?.provider.listAllMetrics() ?? [],
  };
}
