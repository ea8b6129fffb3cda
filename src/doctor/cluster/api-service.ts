import { z } from 'zod';
import { parseAs } from '../../kube/objects.ts';
import { type Check, check } from '../report.ts';
import { tlsCheck } from './adapter-tls.ts';
import type { ClusterReader, Found } from './cluster-reader.ts';
import type { MetricsGroup } from './wanted.ts';

/** What the checks read of an APIService. */
export interface ApiServiceObject {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly version: string;
    readonly insecureSkipTLSVerify?: boolean | undefined;
    readonly caBundle?: string | undefined;
    readonly service?: Backend | null | undefined;
  };
  readonly status: {
    readonly conditions: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason: string;
      readonly message: string;
    }[];
  };
}
/** `spec.service` of an APIService. */
export interface Backend {
  readonly name: string;
  readonly namespace: string;
  readonly port: number;
}

const ApiService: z.ZodType<ApiServiceObject> = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({
    // The core group has none.
    group: z.string().default(''),
    version: z.string(),
    insecureSkipTLSVerify: z.boolean().optional(),
    caBundle: z.string().optional(),
    service: z.looseObject({ name: z.string(), namespace: z.string(), port: z.number().default(443) }).nullish(),
  }),
  status: z
    .looseObject({
      conditions: z
        .array(
          z.looseObject({
            type: z.string(),
            status: z.string(),
            reason: z.string().default(''),
            message: z.string().default(''),
          }),
        )
        .default([]),
    })
    .default({ conditions: [] }),
});
const ApiServices = z.object({ items: z.array(ApiService) });
const Service = z.looseObject({
  spec: z.looseObject({
    type: z.string().default('ClusterIP'),
    externalName: z.string().optional(),
    selector: z.record(z.string(), z.string()).nullish(),
  }),
});
const Slices = z.object({
  items: z.array(
    z.looseObject({
      endpoints: z
        .array(z.looseObject({ conditions: z.looseObject({ ready: z.boolean().nullish() }).optional() }))
        .nullish(),
    }),
  ),
});

/** The APIServices of the cluster, or why they are not known. Raises ML-KUBE-UNREACHABLE. */
export async function readApiServices(
  cluster: ClusterReader,
): Promise<readonly ApiServiceObject[] | { readonly unknown: string }> {
  const found = await cluster.get('/apis/apiregistration.k8s.io/v1/apiservices', 'list apiservices');
  if (found === 'absent') return [];
  return 'unknown' in found ? found : parseAs(ApiServices, found.body, 'a list of APIServices').items;
}

/** The way to one metrics API: registration, service, endpoints, TLS. `hpas` need it. Raises ML-KUBE-UNREACHABLE. */
export async function pathChecks(
  cluster: ClusterReader,
  group: MetricsGroup,
  services: readonly ApiServiceObject[],
  hpas: readonly string[],
): Promise<readonly Check[]> {
  const own = services.filter(({ spec }) => spec.group === group);
  const id = (part: string) => `metrics-path/${group}/${part}`;
  if (own.length === 0) return [missing(group, hpas, id('apiservice'))];
  const checks: Check[] = [...adapters(group, own, id('adapters'))];
  for (const service of own) {
    const bad = unavailable(service, id('apiservice'));
    checks.push(bad);
    const { service: backend } = service.spec;
    if (backend != null) checks.push(...(await backendChecks(cluster, service, backend, id)));
  }
  return checks;
}

const INSTALL: Readonly<Record<MetricsGroup, string>> = {
  'metrics.k8s.io': 'install metrics-server',
  'custom.metrics.k8s.io': 'install an adapter that serves custom metrics (KEDA serves external ones only)',
  'external.metrics.k8s.io': 'install an adapter that serves external metrics, such as KEDA',
};

function missing(group: MetricsGroup, hpas: readonly string[], id: string): Check {
  if (hpas.length === 0) return check(id, 'skipped', `${group} is not registered, and no HPA asks for it`);
  return check(id, 'broken', `${group} is not registered, and ${hpas.length} HPA(s) ask for it`, {
    evidence: ['observed: no APIService of the group', `observed: HPAs ${hpas.slice(0, 5).join(', ')}`],
    fix: INSTALL[group],
  });
}

function unavailable({ metadata, status }: ApiServiceObject, id: string): Check {
  const condition = status.conditions.find(({ type }) => type === 'Available');
  const evidence = [
    `observed: condition Available=${condition?.status ?? 'none'} ${condition?.reason ?? ''}: ${condition?.message ?? ''}`,
  ];
  if (condition?.status === 'True') return check(id, 'ok', `APIService ${metadata.name} is available`, { evidence });
  return check(id, 'broken', `APIService ${metadata.name} is not available (${condition?.reason ?? 'no condition'})`, {
    evidence,
    fix: `the lines below say which link it is; then: kubectl get apiservice ${metadata.name} -o yaml`,
  });
}

/** All versions of a group should lead to one adapter: clients take the version they like, and see another world. */
function adapters(group: MetricsGroup, own: readonly ApiServiceObject[], id: string): readonly Check[] {
  const places = new Map(
    own.map(({ metadata, spec }) => [`${spec.service?.namespace}/${spec.service?.name}`, metadata.name] as const),
  );
  if (places.size < 2) return [];
  return [
    check(id, 'broken', `two adapters serve ${group}: its versions lead to different services`, {
      evidence: [...places].map(([place, name]) => `observed: APIService ${name} → service ${place}`),
      fix: 'let one adapter own the group: a group can be served by one adapter only; uninstall the other, or let it serve the metrics of both',
    }),
  ];
}

async function backendChecks(
  cluster: ClusterReader,
  apiService: ApiServiceObject,
  backend: Backend,
  id: (part: string) => string,
): Promise<readonly Check[]> {
  const { name, namespace } = backend;
  const found = await cluster.get(`/api/v1/namespaces/${namespace}/services/${name}`, 'get services');
  if (found === 'absent') {
    return [
      check(
        id('service'),
        'broken',
        `service ${namespace}/${name} of APIService ${apiService.metadata.name} does not exist`,
        {
          evidence: [`observed: GET /api/v1/namespaces/${namespace}/services/${name}: 404`],
          fix: `install the adapter again, or remove its registration: kubectl delete apiservice ${apiService.metadata.name}`,
        },
      ),
    ];
  }
  if ('unknown' in found) return [check(id('service'), 'unknown', `unknown: ${found.unknown}`)];
  const { spec } = parseAs(Service, found.body, 'a Service');
  const external = spec.type === 'ExternalName';
  const service = check(id('service'), 'ok', `service ${namespace}/${name} is there`, {
    evidence: [`observed: type ${spec.type}${external ? ` → ${spec.externalName}` : ''}`],
  });
  const endpoints = external ? [] : [await endpointCheck(cluster, backend, spec.selector ?? {}, id('endpoints'))];
  return [service, ...endpoints, await tlsCheck(cluster, apiService, backend, id('tls'))];
}

async function endpointCheck(
  cluster: ClusterReader,
  { name, namespace }: Backend,
  selector: Readonly<Record<string, string>>,
  id: string,
): Promise<Check> {
  const query = `labelSelector=${encodeURIComponent(`kubernetes.io/service-name=${name}`)}`;
  const path = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices?${query}`;
  const found: Found = await cluster.get(path, 'list endpointslices');
  if (found !== 'absent' && 'unknown' in found) return check(id, 'unknown', `unknown: ${found.unknown}`);
  const slices = found === 'absent' ? [] : parseAs(Slices, found.body, 'a list of EndpointSlices').items;
  const all = slices.flatMap(({ endpoints }) => endpoints ?? []);
  const ready = all.filter(({ conditions }) => conditions?.ready !== false);
  if (ready.length > 0) return check(id, 'ok', `service ${namespace}/${name} has ${ready.length} ready endpoint(s)`);
  const labels = Object.entries(selector)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  return check(
    id,
    'broken',
    `service ${namespace}/${name} has no ready endpoint${all.length > 0 ? `: ${all.length} not ready` : ''}`,
    {
      evidence: [`observed: GET ${path}`, `observed: its selector is ${labels === '' ? 'empty' : labels}`],
      fix: `kubectl get pods -n ${namespace}${labels === '' ? '' : ` -l ${labels}`}; no pods: the adapter is not running or its labels are others; not ready: see its logs`,
    },
  );
}
