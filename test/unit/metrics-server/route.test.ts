import { describe, expect, it } from 'vitest';
import { negotiate } from '../../../src/metrics-server/api/accept.ts';
import { routeOf } from '../../../src/metrics-server/api/route.ts';
import { writeTarget } from '../../../src/metrics-server/memory/write-target.ts';

const BOTH = new Set(['external.metrics.k8s.io', 'custom.metrics.k8s.io']);
const X = '/apis/external.metrics.k8s.io/v1beta1';
const C = '/apis/custom.metrics.k8s.io/v1beta2';

describe('routes', () => {
  it.each([
    [`${X}/namespaces/a/m`, { kind: 'external', namespace: 'a', metric: 'm' }],
    [
      `${C}/namespaces/a/pods/p/m`,
      { kind: 'custom', version: 'v1beta2', namespace: 'a', resource: 'pods', name: 'p', metric: 'm' },
    ],
    [
      `${C}/nodes/*/m`,
      { kind: 'custom', version: 'v1beta2', namespace: undefined, resource: 'nodes', name: '*', metric: 'm' },
    ],
    [
      `${C}/namespaces/a/metrics/m`,
      { kind: 'custom', version: 'v1beta2', namespace: undefined, resource: 'namespaces', name: 'a', metric: 'm' },
    ],
    ['/apis', { kind: 'groups' }],
    ['/apis/', { kind: 'groups' }],
    ['/apis/custom.metrics.k8s.io', { kind: 'group', group: 'custom.metrics.k8s.io' }],
    [C, { kind: 'resources', group: 'custom.metrics.k8s.io', version: 'v1beta2' }],
    [`${C}/`, { kind: 'resources', group: 'custom.metrics.k8s.io', version: 'v1beta2' }],
    ['/openapi/v2', { kind: 'openapi-v2' }],
    ['/openapi/v3', { kind: 'openapi-v3' }],
    [`/openapi/v3${X}`, { kind: 'openapi-v3-group', group: 'external.metrics.k8s.io', version: 'v1beta1' }],
    ['/readyz', { kind: 'health', probe: 'readyz' }],
    ['/metrics', { kind: 'metrics' }],
  ])('%s', (path, route) => {
    expect(routeOf(path, BOTH)).toEqual(route);
  });

  it.each([
    '',
    '/',
    '/constructor',
    '/api',
    '/apis/metrics.k8s.io',
    '/apis/external.metrics.k8s.io/v1',
    `${X}/namespaces/a`,
    `${X}/namespaces/a/`,
    `${X}/namespaces//m`,
    `${X}/namespaces/a/m/`,
    `${X}/namespaces/a/m/x`,
    `${X}/m`,
    `${C}/pods`,
    `${C}/pods/p`,
    `${C}/namespaces/a/pods`,
    `${C}/namespaces/a/pods/p`,
    `${C}/namespaces/a/pods/p/m/x`,
    `${C}/namespaces/a/metrics`,
    `${C}/namespaces/a/metrics/m/x`,
    `${C}/nodes/n/m/x`,
    '/openapi/v3/apis/nothing/v1',
    '/openapi/v3/apis/external.metrics.k8s.io/v1beta1/x',
    '/healthz/ping',
  ])('%j has none', (path) => {
    expect(routeOf(path, BOTH)).toBeUndefined();
  });

  it('has none for a group that is not served', () => {
    expect(routeOf(C, new Set(['external.metrics.k8s.io']))).toBeUndefined();
    expect(routeOf(`/openapi/v3${C}`, new Set(['external.metrics.k8s.io']))).toBeUndefined();
  });
});

describe('Accept', () => {
  const table = { kind: 'table', version: 'v1' };
  const json = { kind: 'json' };
  it.each([
    [undefined, json],
    ['', json],
    ['*/*', json],
    ['application/*', json],
    ['application/json', json],
    ['application/json; charset=utf-8', json],
    ['application/vnd.kubernetes.protobuf, */*', json],
    ['application/vnd.kubernetes.protobuf', undefined],
    ['application/xml, application/json;q=0.5', json],
    ['application/json;q=0', undefined],
    ['text/html', undefined],
    ['image/png, text/plain', undefined],
    ['application/json;as=Table;v=v1;g=meta.k8s.io', table],
    ['application/json;as=Table;v=v1;g=meta.k8s.io,application/json', table],
    ['application/json,application/json;as=Table;v=v1;g=meta.k8s.io;q=0.9', json],
    ['application/json;as=Table;v=v9;g=meta.k8s.io', undefined],
    ['application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io', undefined],
    ['application/json;as=APIGroupDiscoveryList;v=v2;g=apidiscovery.k8s.io', undefined],
  ])('%j', (accept, expected) => {
    expect(negotiate(accept, { table: true })).toEqual(expected);
  });

  it('offers aggregated discovery where there is some', () => {
    const accept =
      'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList';
    expect(negotiate(accept, { discovery: true })).toEqual({ kind: 'aggregated-discovery', version: 'v2' });
  });
});

describe('write paths', () => {
  it.each([
    [
      '/write-metrics/namespaces/a/pods/p/m',
      { kind: 'custom', namespace: 'a', resource: 'pods', name: 'p', metric: 'm' },
    ],
    ['/write-metrics/nodes/n/m', { kind: 'custom', namespace: undefined, resource: 'nodes', name: 'n', metric: 'm' }],
    [
      '/write-metrics/namespaces/a/metrics/m',
      { kind: 'custom', namespace: undefined, resource: 'namespaces', name: 'a', metric: 'm' },
    ],
    [
      '/write-metrics/namespace/a/m',
      { kind: 'custom', namespace: undefined, resource: 'namespace', name: 'a', metric: 'm' },
    ],
    ['/write-metrics/external/m', { kind: 'external', namespace: undefined, metric: 'm' }],
    ['/write-metrics/external/namespaces/a/m', { kind: 'external', namespace: 'a', metric: 'm' }],
    [
      '/write-metrics/namespaces/a/pods/p/%6D',
      { kind: 'custom', namespace: 'a', resource: 'pods', name: 'p', metric: 'm' },
    ],
  ])('%s', (path, target) => {
    expect(writeTarget(path)).toEqual(target);
  });
  it.each([
    '/write-metrics',
    '/write-metrics/pods',
    '/write-metrics/namespaces/a/pods/p/m/x',
    '/write-metrics/namespaces//pods/p/m',
    '/other',
    '/write-metrics/nodes/n/%zz',
  ])('%s is none', (path) => {
    expect(writeTarget(path)).toBeUndefined();
  });
});
