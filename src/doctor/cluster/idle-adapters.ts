import { z } from 'zod';
import { type Check, check } from '../report.ts';
import type { ApiServiceObject, Backend } from './api-service.ts';
import type { ClusterReader } from './cluster-reader.ts';
import { GROUPS } from './wanted.ts';

/** Adapters of custom and external metrics, by the last part of their image's name. */
const IMAGE =
  /(?:^|\/)(prometheus-adapter|keda-metrics-apiserver|kube-metrics-adapter|custom-metrics-stackdriver-adapter|k8s-cloudwatch-adapter|azure-k8s-metrics-adapter)(?:[:@]|$)/;

const Labels = z.record(z.string(), z.string()).default({});
const Deployment = z.looseObject({
  metadata: z.looseObject({ name: z.string(), namespace: z.string() }),
  spec: z.looseObject({
    replicas: z.number().default(1),
    template: z.looseObject({
      metadata: z.looseObject({ labels: Labels }).default({ labels: {} }),
      spec: z.looseObject({ containers: z.array(z.looseObject({ image: z.string().default('') })) }),
    }),
  }),
});
const Service = z.looseObject({ spec: z.looseObject({ selector: Labels.nullish() }) });

interface Adapter {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * A group has one APIService for each version, so of two adapters that are installed for it the last one wins, and the other runs on with
 * nobody asking (kubernetes-sigs/prometheus-adapter and KEDA side by side). Raises ML-KUBE-UNREACHABLE.
 */
export async function idleAdapterChecks(
  cluster: ClusterReader,
  services: readonly ApiServiceObject[],
): Promise<readonly Check[]> {
  const id = 'metrics-path/idle-adapters';
  const adapters = await cluster.reader.list(
    '/apis/apps/v1/deployments',
    { what: 'list deployments', rule: null },
    adapterOf,
  );
  if (adapters === null)
    return [check(id, 'unknown', 'unknown: cannot list deployments, so adapters that nobody asks are not seen')];
  if (adapters.length === 0) return [];
  const backends = services.filter(({ spec }) => GROUPS.some((group) => group === spec.group));
  const asked = await Promise.all(
    backends.flatMap(({ spec: { service } }) => (service == null ? [] : [selectorOf(cluster, service)])),
  );
  const idle = adapters.filter(
    ({ namespace, labels }) =>
      !asked.some((backend) => backend.namespace === namespace && selects(backend.selector, labels)),
  );
  return idle.map(({ kind, namespace, name }) =>
    check(id, 'warning', `${kind} runs as ${namespace}/${name}, and no metrics API leads to it`, {
      evidence: [
        `observed: Deployment ${namespace}/${name}`,
        ...backends.map(
          ({ metadata, spec }) =>
            `observed: APIService ${metadata.name} → service ${spec.service?.namespace}/${spec.service?.name}`,
        ),
      ],
      fix: `a group can be served by one adapter only: let the one that is registered serve these metrics too, and uninstall the other; or give the registration back to ${name}`,
    }),
  );
}

function adapterOf(item: unknown): Adapter | null {
  const parsed = Deployment.safeParse(item);
  if (!parsed.success) return null;
  const { metadata, spec } = parsed.data;
  const kind = spec.template.spec.containers
    .map(({ image }) => IMAGE.exec(image)?.[1])
    .find((one) => one !== undefined);
  if (kind === undefined || spec.replicas === 0) return null;
  return { kind, namespace: metadata.namespace, name: metadata.name, labels: spec.template.metadata.labels };
}

/** Whom a service leads to. One that is not there, or may not be read, or has no selector, leads to nobody that we know. */
async function selectorOf(
  cluster: ClusterReader,
  { namespace, name }: Backend,
): Promise<{ readonly namespace: string; readonly selector: Readonly<Record<string, string>> }> {
  const found = await cluster.get(`/api/v1/namespaces/${namespace}/services/${name}`, 'get services');
  const parsed = found !== 'absent' && 'body' in found ? Service.safeParse(found.body) : undefined;
  return { namespace, selector: parsed?.data?.spec.selector ?? {} };
}

function selects(selector: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>>): boolean {
  const entries = Object.entries(selector);
  return entries.length > 0 && entries.every(([key, value]) => labels[key] === value);
}
