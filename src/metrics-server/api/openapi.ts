import { createHash } from 'node:crypto';
import { CUSTOM_GROUP, EXTERNAL_GROUP, LIST_KINDS, VERSIONS } from './groups.ts';
import { schemaName, schemasOf } from './openapi-schemas.ts';

const INFO = { title: 'metrics-lab metrics server', version: 'v1' };

interface Template {
  readonly path: string;
  readonly parameters: readonly string[];
  readonly queries: readonly string[];
}

/** The paths below a group version. */
function templatesOf(group: string, version: string): readonly Template[] {
  const base = `/apis/${group}/${version}`;
  if (group === EXTERNAL_GROUP)
    return [
      {
        path: `${base}/namespaces/{namespace}/{metric}`,
        parameters: ['namespace', 'metric'],
        queries: ['labelSelector'],
      },
    ];
  const queries = ['labelSelector', 'metricLabelSelector'];
  return [
    { path: `${base}/{resource}/{name}/{metric}`, parameters: ['resource', 'name', 'metric'], queries },
    { path: `${base}/namespaces/{namespace}/metrics/{metric}`, parameters: ['namespace', 'metric'], queries },
    {
      path: `${base}/namespaces/{namespace}/{resource}/{name}/{metric}`,
      parameters: ['namespace', 'resource', 'name', 'metric'],
      queries,
    },
  ];
}

const each = (groups: readonly string[]) =>
  groups.flatMap((group) => (VERSIONS[group] ?? []).map((version) => ({ group, version })));

/** The Swagger 2.0 document of all served groups; without one the kube-apiserver logs errors for ever (k8s#90434). */
export function openApiV2(groups: readonly string[]): unknown {
  const all = each(groups);
  return {
    swagger: '2.0',
    info: INFO,
    paths: Object.fromEntries(all.flatMap(({ group, version }) => paths(group, version, operationV2))),
    definitions: Object.assign(
      {},
      ...all.map(({ group, version }) => schemasOf(group, version, '#/definitions/')),
    ) as unknown,
  };
}

export function openApiV3Index(groups: readonly string[]): unknown {
  const entries = each(groups).map(({ group, version }) => {
    const hash = createHash('sha256')
      .update(JSON.stringify(openApiV3(group, version)))
      .digest('hex')
      .toUpperCase();
    const path = `apis/${group}/${version}`;
    return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }];
  });
  return { paths: Object.fromEntries(entries) as unknown };
}

export function openApiV3(group: string, version: string): unknown {
  return {
    openapi: '3.0.0',
    info: INFO,
    paths: Object.fromEntries(paths(group, version, operationV3)) as unknown,
    components: { schemas: schemasOf(group, version, '#/components/schemas/') },
  };
}

type Operation = (group: string, version: string, template: Template, id: string) => unknown;

function paths(group: string, version: string, operation: Operation): [string, unknown][] {
  return templatesOf(group, version).map((template, index) => {
    const id = `read${group === CUSTOM_GROUP ? 'Custom' : 'External'}Metrics${version}Form${index + 1}`;
    return [template.path, { get: operation(group, version, template, id) }];
  });
}

function operationV2(group: string, version: string, template: Template, operationId: string): unknown {
  const schema = { $ref: `#/definitions/${schemaName(group, version, LIST_KINDS[group] ?? '')}` };
  return {
    operationId,
    produces: ['application/json'],
    parameters: parametersOf(template, (fields) => ({ ...fields, type: 'string' })),
    responses: { '200': { description: 'OK', schema } },
  };
}

function operationV3(group: string, version: string, template: Template, operationId: string): unknown {
  const schema = { $ref: `#/components/schemas/${schemaName(group, version, LIST_KINDS[group] ?? '')}` };
  return {
    operationId,
    parameters: parametersOf(template, (fields) => ({ ...fields, schema: { type: 'string' } })),
    responses: { '200': { description: 'OK', content: { 'application/json': { schema } } } },
  };
}

function parametersOf(
  template: Template,
  typed: (fields: Readonly<Record<string, unknown>>) => unknown,
): readonly unknown[] {
  return [
    ...template.parameters.map((name) => typed({ name, in: 'path', required: true })),
    ...template.queries.map((name) => typed({ name, in: 'query' })),
  ];
}
