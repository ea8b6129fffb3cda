import { z } from 'zod';
import type { KubeClient } from '../../contracts/kube-client.ts';
import type { LabSpec } from '../../contracts/lab-spec.ts';
import { describe } from '../../errors/lab-error.ts';
import { hpaSummary, parseHpa } from '../../kube/hpa.ts';
import { parseAs } from '../../kube/objects.ts';
import { CONSUMER, METRIC_NAME, PRODUCER } from '../../workload/manifests.ts';
import type { Condition } from './wait-for.ts';

const ConditionList = z.object({
  status: z
    .object({
      conditions: z
        .array(
          z.object({
            type: z.string(),
            status: z.string(),
            reason: z.string().default(''),
            message: z.string().default(''),
          }),
        )
        .nullish(),
    })
    .optional(),
});
const MetricValues = z.object({ items: z.array(z.object({ value: z.string() })).nullish() });

/** What must hold before a lab counts as up, in the order in which it comes true. `nodes`: of a process backend. */
export function readyConditions(client: KubeClient, spec: LabSpec, nodes: readonly Condition[]): readonly Condition[] {
  return [
    ...(nodes.length === 0 ? [] : [...nodes, apiServiceAvailable(client, 'v1beta1.metrics.k8s.io')]),
    apiServiceAvailable(client, 'v1beta1.external.metrics.k8s.io'),
    metricAnswers(client, spec),
    deploymentAvailable(client, spec, PRODUCER),
    hpaActive(client, spec, CONSUMER),
  ];
}

/** An aggregated API that answers. */
export function apiServiceAvailable(client: KubeClient, name: string): Condition {
  return condition(client, `/apis/apiregistration.k8s.io/v1/apiservices/${name}`, 'Available', `APIService ${name}`);
}

/** A Deployment of the lab whose pods are ready. */
export function deploymentAvailable(client: KubeClient, spec: LabSpec, name: string): Condition {
  const path = `/apis/apps/v1/namespaces/${spec.namespace}/deployments/${name}`;
  return condition(client, path, 'Available', `deployment ${name}`);
}

/** The node of a process backend. */
export function nodeReady(client: KubeClient, name: string): Condition {
  return condition(client, `/api/v1/nodes/${name}`, 'Ready', `node ${name}`);
}

function condition(client: KubeClient, path: string, type: string, what: string): Condition {
  return {
    check: async () => {
      const found = await client.find(path);
      if (found === undefined) return `${what} does not exist`;
      const { status } = parseAs(ConditionList, found, what);
      const state = status?.conditions?.find((each) => each.type === type);
      if (state?.status === 'True') return undefined;
      const why = [state?.reason, state?.message].filter((text) => text !== undefined && text !== '').join(': ');
      return `${what} is not ${type}${why === '' ? '' : ` (${why})`}`;
    },
  };
}

function metricAnswers(client: KubeClient, spec: LabSpec): Condition {
  const path = `/apis/external.metrics.k8s.io/v1beta1/namespaces/${spec.namespace}/${METRIC_NAME}`;
  return {
    check: async () => {
      try {
        const query = { labelSelector: `queue=${spec.queue.name}` };
        const { items } = parseAs(MetricValues, await client.json('GET', path, undefined, { query }), 'metric values');
        return (items?.length ?? 0) > 0 ? undefined : `the metric ${METRIC_NAME} has no value yet`;
      } catch (error) {
        return `the metric ${METRIC_NAME} cannot be read: ${describe(error)}`;
      }
    },
  };
}

/** A custom metric of a Service of the lab that has a value. */
export function serviceMetricAnswers(client: KubeClient, spec: LabSpec, service: string, metric: string): Condition {
  const path = `/apis/custom.metrics.k8s.io/v1beta2/namespaces/${spec.namespace}/services/${service}/${metric}`;
  return {
    check: async () => {
      const { status } = await client.request('GET', path);
      return status === 200 ? undefined : `the metric ${metric} of service ${service} has no value yet`;
    },
  };
}

/** An HPA of the lab that has read its metrics. */
export function hpaActive(client: KubeClient, spec: LabSpec, name: string): Condition {
  const path = `/apis/autoscaling/v2/namespaces/${spec.namespace}/horizontalpodautoscalers/${name}`;
  return {
    check: async () => {
      const summary = hpaSummary(parseHpa(await client.json('GET', path)));
      const active = summary.conditions.find(({ type }) => type === 'ScalingActive');
      const what = `hpa/${name}`;
      if (active === undefined) return `${what} has not been looked at by the HPA controller yet`;
      if (active.status === 'True') return undefined;
      // At zero by its own decision: it is active and has nothing to compute.
      if (active.reason === 'ScalingDisabled' && spec.hpa.min === 0) return undefined;
      return `${what} has no metric yet: ScalingActive=${active.status} ${active.reason}: ${active.message}`;
    },
  };
}
