import { type CatalogueFinding, kk } from '../finding.ts';
import { hasCondition, type HpaView, scaleOf, targetText } from '../hpa-view.ts';
import { failuresOf, type MetricFailure } from '../metric-failures.ts';
import { samplesOf } from '../samples.ts';

const CUSTOM = 'custom.metrics.k8s.io';
const EXTERNAL = 'external.metrics.k8s.io';
const groupOf = (type: string): string =>
  type === 'External' ? EXTERNAL : type.endsWith('Resource') ? 'metrics.k8s.io' : CUSTOM;

interface Told {
  readonly id: string;
  readonly title: string;
  readonly upstream: readonly string[];
  readonly fix: string;
}
type Reading = (failure: MetricFailure, view: HpaView) => Told | null;

/** The texts are upstream's own: apimachinery api/errors, k8s.io/metrics clients, custom-metrics-apiserver, net/http. */
const noCustomApi: Reading = ({ message, name }) =>
  message.includes(`no custom metrics API (${CUSTOM}) registered`)
    ? {
        id: 'no-custom-metrics-api',
        title: `nothing serves ${CUSTOM}, so metric ${name} has no source`,
        upstream: ['k8s.io/metrics custom_metrics/discovery.go fetchVersions'],
        fix: 'install an adapter that registers an APIService for custom.metrics.k8s.io, or use a metric of type External',
      }
    : null;

const notFound: Reading = ({ message, name, type, path, answerStatus }) => {
  const said =
    message.includes('the server could not find the metric') ||
    message.includes('the server could not find the requested resource');
  if (!said && !(answerStatus === 404 && /\b404\b|not found/i.test(message))) return null;
  if (type !== 'External' && type !== 'Pods' && type !== 'Object') return null;
  return {
    id: type === 'External' ? 'external-metric-not-found-404' : 'custom-metric-not-found-404',
    title: `${groupOf(type)} has no metric ${name} for this HPA (404)`,
    upstream: ['https://github.com/kubernetes-sigs/prometheus-adapter/issues/495'],
    fix: `compare the name with what is served: kubectl get --raw ${path === null ? `/apis/${groupOf(type)}` : `'${path}'`}`,
  };
};

/** The account of a controller that nobody runs under another one. */
const HPA_ACCOUNT = 'system:serviceaccount:kube-system:horizontal-pod-autoscaler';

const forbidden: Reading = ({ message, name, type, answerStatus }, view) => {
  if (!message.includes('is forbidden') && !(answerStatus === 403 && /forbidden/i.test(message))) return null;
  const [, user = HPA_ACCOUNT, verb = type === 'External' ? 'list' : 'get'] =
    /User "([^"]+)" cannot (\w+) resource/.exec(message) ?? [];
  return {
    id: 'forbidden-403',
    title: `${user} may not ${verb} ${name} in ${groupOf(type)} (403)`,
    upstream: ['https://github.com/kubernetes-sigs/prometheus-adapter/issues/303'],
    fix: `bind a ClusterRole with get and list on "*" of ${groupOf(type)} to ${user}; check: kubectl auth can-i ${verb} ${name}.${groupOf(type)} --as=${user} -n ${view.namespace}`,
  };
};

const unavailable: Reading = ({ message, name, type }, view) => {
  const said =
    message.includes('the server is currently unable to handle the request') ||
    message.includes('no known available metric versions found') ||
    message.trim() === 'service unavailable';
  if (!said) return null;
  const down = view.apiServices
    .filter(({ spec }) => spec.group === groupOf(type))
    .flatMap(({ metadata, status }) =>
      status.conditions
        .filter((c) => c.type === 'Available' && c.status === 'False')
        .map((c) => `${metadata.name} ${c.reason ?? ''}: ${c.message ?? ''}`),
    );
  return {
    id: 'apiservice-unavailable-503',
    title: `${groupOf(type)} is registered but what is behind it does not answer, so ${name} cannot be read (503)${down.length === 0 ? '' : `: ${down.join('; ')}`}`,
    upstream: [kk(102017)],
    fix: `kubectl describe apiservice ${view.apiServices.find(({ spec }) => spec.group === groupOf(type))?.metadata.name ?? groupOf(type)}; repair its service, pods, network policy or CA bundle`,
  };
};

const timeout: Reading = ({ message, name, type, answerStatus }) => {
  const said =
    /unable to return a response in the time allotted|context deadline exceeded|Client\.Timeout exceeded|did not complete within the allotted timeout|i\/o timeout/.test(
      message,
    );
  if (!said && answerStatus !== 504) return null;
  return {
    id: 'adapter-timeout',
    title: `the adapter behind ${groupOf(type)} does not answer ${name} in time`,
    upstream: [kk(108524)],
    fix: 'find what the adapter waits for (its own backend, a SubjectAccessReview); let it cache, or give it fewer series',
  };
};

const empty: Reading = ({ message, name, type }) => {
  const said =
    /no metrics returned from (external|custom) metrics API/.test(message) ||
    message.includes('returned 0 results when we asked for exactly one');
  if (!said) return null;
  return {
    id: 'empty-series-when-idle',
    title: `the query behind ${name} (${groupOf(type)}) returns no series instead of 0`,
    upstream: [kk(119788)],
    fix: 'let the query give a zero ("… or vector(0)", ignoreNullValues in KEDA, a default in the adapter), where an empty result really means no load',
  };
};

const throttled: Reading = ({ message, name, answerStatus }) => {
  const said = /too many requests|client-side throttling|Client rate limiter/i.test(message);
  return said || answerStatus === 429 ? throttlingOf(name) : null;
};

function throttlingOf(name: string): Told {
  return {
    id: 'throttling-by-apf-client-limits',
    title: `requests for ${name} are rejected as too many (429): the controller waits as long as Retry-After says, so a sync can take minutes`,
    upstream: ['https://github.com/kubernetes-sigs/prometheus-adapter/issues/573'],
    fix: 'look for the rejecting priority level: kubectl get --raw /metrics | grep apiserver_flowcontrol_rejected_requests_total; give its flow schema more seats or queues',
  };
}

const READINGS: readonly Reading[] = [noCustomApi, forbidden, throttled, unavailable, timeout, empty, notFound];

/** Errors of the metrics APIs, by what they say. */
export function metricErrors(view: HpaView): readonly CatalogueFinding[] {
  const works = hasCondition(view.hpa, 'ScalingActive', 'True');
  return failuresOf(view).flatMap((failure) => {
    for (const reading of READINGS) {
      const told = reading(failure, view);
      if (told !== null) return [findingOf(told, failure, works)];
    }
    return [];
  });
}

function findingOf(told: Told, failure: MetricFailure, works: boolean): CatalogueFinding {
  const { evidence, path, answerStatus } = failure;
  return {
    ...told,
    severity: works ? 'warning' : 'error',
    evidence: [evidence, ...(path === null ? [] : [`observed: GET ${path} answers ${answerStatus}`])],
    next: works
      ? 'the other metrics scale up; while this one fails, nothing scales down'
      : 'the replica count stays as it is until the metric can be read',
  };
}

/** Rejected requests, also when the controller never got as far as writing a condition. */
export function throttling(view: HpaView): readonly CatalogueFinding[] {
  if (failuresOf(view).length > 0) return [];
  return view.answers.flatMap((answer, index): CatalogueFinding[] => {
    if (answer?.status !== 429) return [];
    const told = throttlingOf(view.hpa.spec.metrics?.[index]?.external?.metric.name ?? `metric ${index + 1}`);
    return [{ ...told, severity: 'error', evidence: [`observed: GET ${answer.path} answers 429`], next: null }];
  });
}

/** One invalid metric, and the others ask for fewer replicas: no action. Upstream: horizontal.go computeReplicasForMetrics. */
export function blockedScaleDown(view: HpaView): readonly CatalogueFinding[] {
  const failures = failuresOf(view);
  const readable = samplesOf(view.hpa).filter((sample) => !failures.some(({ index }) => index === sample.index));
  const failed = hasCondition(view.hpa, 'ScalingActive', 'False');
  if (!failed || failures.length === 0 || readable.length === 0) return [];
  const names = failures.map(({ name }) => name).join(' and ');
  const low = readable.map(({ name, shown, target }) => `${name} at ${shown} of ${target}`).join(', ');
  return [
    {
      id: 'one-failing-metric-blocks-scale-down',
      severity: 'error',
      title: `${targetText(view)} stays at ${scaleOf(view)?.spec ?? view.hpa.status.currentReplicas} replicas although ${low} asks for fewer: while ${names} fails, nothing scales down`,
      evidence: [
        `observed: ${failures.length} of ${(view.hpa.spec.metrics ?? []).length} metrics failed, ScalingActive is False`,
        'computed: with any invalid metric a proposal below spec.replicas is not followed',
      ],
      upstream: ['https://github.com/kubernetes/kubernetes/pull/99514'],
      fix: `repair ${names}, let it give 0 instead of an error, or remove it from spec.metrics`,
      next: 'the moment the metric can be read again, the replica count falls',
    },
  ];
}

/** Up to 1.28 a failed cycle leaves the old numbers in the status. */
export function frozenValues(view: HpaView): readonly CatalogueFinding[] {
  const failed = hasCondition(view.hpa, 'ScalingActive', 'False');
  const shown = samplesOf(view.hpa);
  if (!view.rules.frozenMetricsOnFailure || !failed || shown.length === 0) return [];
  return [
    {
      id: 'frozen-current-values',
      severity: 'warning',
      title: `${shown.map(({ name, shown: text }) => `${name} ${text}`).join(', ')} is the value of an older sync: in 1.${view.platform.minor} a failed sync does not rewrite it`,
      evidence: ['observed: ScalingActive is False', `computed: quirk of Kubernetes 1.${view.platform.minor}`],
      upstream: [kk(119788)],
      fix: 'read the conditions, not TARGETS; 1.29 and later show <unknown>',
      next: null,
    },
  ];
}
