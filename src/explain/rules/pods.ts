import type { BundlePod } from '../bundle.ts';
import { type CatalogueFinding, kk } from '../finding.ts';
import { hasCondition, type HpaView, scaleOf, targetText } from '../hpa-view.ts';
import { failuresOf } from '../metric-failures.ts';
import { recompute } from '../recompute.ts';
import { sourceOf, targetKind } from '../samples.ts';
import { isSkewed } from './clock.ts';

const MISSING =
  /missing request for (\S+) in container (\S+) of Pod (\S+)|missing pod-level request for (\S+) in Pod (\S+)/;

/** Utilization needs a request in every container of every selected pod, also of those that end or do not belong here. */
export function missingRequests(view: HpaView): readonly CatalogueFinding[] {
  return failuresOf(view).flatMap(({ message, evidence: said }) => {
    const found = MISSING.exec(message);
    if (found === null) return [];
    const resource = found[1] ?? found[4] ?? '';
    const name = found[3] ?? found[5] ?? '';
    const pod = view.pods?.find(({ metadata }) => metadata.name === name);
    const where = found[2] === undefined ? `pod ${name}` : `container ${found[2]} of pod ${name}`;
    const evidence = [said, 'computed: one container without a request fails the metric of all selected pods'];
    const missing: CatalogueFinding = {
      id: 'missing-resource-requests',
      severity: 'error',
      title: `${where} has no ${resource} request, so the utilization of ${targetText(view)} cannot be computed`,
      evidence,
      upstream: [kk(79365)],
      fix: `give every container of the pod template a ${resource} request, or use ContainerResource or an AverageValue target`,
      next: 'nothing scales until every selected pod has the request',
    };
    return pod === undefined || !isEnding(pod) ? [missing] : [missing, endingPod(view, pod, resource, evidence)];
  });
}

const isEnding = (pod: BundlePod): boolean =>
  (pod.metadata.deletionTimestamp ?? null) !== null || pod.status?.phase === 'Failed';

function endingPod(view: HpaView, pod: BundlePod, resource: string, evidence: readonly string[]): CatalogueFinding {
  const { name } = pod.metadata;
  const how = pod.status?.phase === 'Failed' ? 'failed or was evicted' : 'is terminating';
  return {
    id: 'terminating-evicted-pods',
    severity: 'error',
    title: `pod ${name} ${how}, yet its missing ${resource} request still fails the metric of ${targetText(view)}`,
    evidence: [
      ...evidence,
      `observed: pod ${name} phase ${pod.status?.phase ?? ''}, deletionTimestamp ${pod.metadata.deletionTimestamp ?? 'none'}`,
    ],
    upstream: ['https://github.com/kubernetes/kubernetes/pull/95560'],
    fix: `let the pod end: see its finalizers (kubectl get pod ${name} -n ${view.namespace} -o yaml), then kubectl delete pod ${name} -n ${view.namespace}`,
    next: 'once it is gone, the metric can be computed',
  };
}

export function allUnready(view: HpaView): readonly CatalogueFinding[] {
  if (isSkewed(view)) return [];
  return failuresOf(view).flatMap(({ message, evidence, name }): CatalogueFinding[] => {
    if (!/did not receive metrics for (targeted pods|any ready pods)/.test(message)) return [];
    const pods = view.pods ?? [];
    const ready = pods.filter(({ status }) =>
      status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True'),
    );
    return [
      {
        id: 'all-pods-unready',
        severity: 'error',
        title:
          view.pods === null
            ? `no pod of ${targetText(view)} counts for ${name}`
            : `none of the ${pods.length} pods of ${targetText(view)} counts for ${name}: ${ready.length} are ready`,
        evidence: [
          evidence,
          view.pods === null
            ? 'unknown: which pods these are'
            : `observed: pods ${pods.map((pod) => `${pod.metadata.name} (${pod.status?.phase ?? ''})`).join(', ')}`,
        ],
        upstream: ['pkg/controller/podautoscaler/replica_calculator.go groupPods'],
        fix: 'repair the readiness of the pods; for slow starters lower --horizontal-pod-autoscaler-cpu-initialization-period',
        next: 'the replica count stays until one pod is ready and has a sample',
      },
    ];
  });
}

/** Succeeded pods are not left out by groupPods: the count with and without them tells whether it matters. */
export function succeededPods(view: HpaView): readonly CatalogueFinding[] {
  const pods = view.pods ?? [];
  const done = pods.filter(({ status }) => status?.phase === 'Succeeded');
  if (done.length === 0) return [];
  const withThem = recompute(view)?.asked ?? null;
  const without =
    recompute(
      view,
      pods.filter(({ status }) => status?.phase !== 'Succeeded'),
    )?.asked ?? null;
  if (withThem === without || without === null) return [];
  const names = done.map(({ metadata }) => metadata.name);
  return [
    {
      id: 'succeeded-pods-counted',
      severity: 'warning',
      title: `${done.length} Succeeded pods still count for ${targetText(view)}: it asks for ${withThem ?? 'nothing'}, without them for ${without}`,
      evidence: [
        `observed: pods in phase Succeeded match the selector: ${names.join(', ')}`,
        `computed: ${withThem ?? 'no'} replicas with them, ${without} without`,
      ],
      upstream: [kk(141298), 'https://github.com/kubernetes/kubernetes/pull/141302'],
      fix: `kubectl delete pod -n ${view.namespace} ${names.join(' ')}`,
      next: null,
    },
  ];
}

const WORKLOADS = ['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController'];

/** Whether a pod is known to belong to something else than the target. */
function isForeign(view: HpaView, pod: BundlePod): boolean {
  const { kind, name } = view.hpa.spec.scaleTargetRef;
  if (!WORKLOADS.includes(kind)) return false;
  const owner = pod.metadata.ownerReferences.find(({ controller }) => controller === true);
  if (owner === undefined) return true;
  if (kind !== 'Deployment' || owner.kind !== 'ReplicaSet') return owner.kind !== kind || owner.name !== name;
  const set = view.replicaSets.find(({ metadata }) => metadata.name === owner.name);
  return set !== undefined && !set.metadata.ownerReferences.some((top) => top.kind === kind && top.name === name);
}

/** Pods are chosen by labels alone. */
export function foreignPods(view: HpaView): readonly CatalogueFinding[] {
  const byPods = (view.hpa.spec.metrics ?? []).some(
    (spec) => (spec.type !== 'External' && spec.type !== 'Object') || targetKind(spec) === 'Value',
  );
  const strangers = byPods ? (view.pods ?? []).filter((pod) => isForeign(view, pod)) : [];
  const ambiguous = hasCondition(view.hpa, 'ScalingActive', 'False', 'AmbiguousSelector') && sharing(view).length === 0;
  if (strangers.length === 0 && !ambiguous) return [];
  const selector = scaleOf(view)?.selector ?? '';
  const names = strangers.map(
    ({ metadata }) =>
      `${metadata.name} (of ${metadata.ownerReferences.map(({ kind, name }) => `${kind}/${name}`).join() || 'nobody'})`,
  );
  return [
    {
      id: 'selector-overlap-with-foreign-pods',
      severity: ambiguous ? 'error' : 'warning',
      title: ambiguous
        ? `selector ${selector} of ${targetText(view)} also selects pods of another HPA's target, so neither scales`
        : `selector ${selector} of ${targetText(view)} also selects ${names.join(', ')}`,
      evidence: [
        `observed: scale.status.selector is ${selector}`,
        'computed: the controller takes pods by labels, not by owner',
      ],
      upstream: [kk(112027)],
      fix: 'make the selector labels of the workload unique (a selector cannot be changed: create the workload again)',
      next: null,
    },
  ];
}

function sharing(view: HpaView): readonly string[] {
  const { kind, name, apiVersion } = view.hpa.spec.scaleTargetRef;
  const group = (version: string | undefined) => (version ?? '').split('/')[0];
  return view.others
    .filter(({ metadata }) => (metadata.namespace ?? '') === view.namespace)
    .filter(
      ({ spec: { scaleTargetRef: other } }) =>
        other.kind === kind && other.name === name && group(other.apiVersion) === group(apiVersion),
    )
    .map(({ metadata }) => metadata.name ?? '');
}

export function twoHpas(view: HpaView): readonly CatalogueFinding[] {
  const others = sharing(view);
  if (others.length === 0) return [];
  return [
    {
      id: 'two-hpas-on-one-target',
      severity: 'error',
      title: `HPAs ${[view.name, ...others].join(' and ')} both scale ${targetText(view)}: neither does while both are there`,
      evidence: [
        'observed: the same scaleTargetRef',
        'computed: since 1.26 overlapping selectors give AmbiguousSelector',
      ],
      upstream: ['https://github.com/kubernetes/kubernetes/pull/112011', kk(122059)],
      fix: `keep one HPA with all metrics: kubectl delete hpa -n ${view.namespace} ${others[0]}`,
      next: null,
    },
  ];
}

/** At max, and part of the pods has no node. */
export function unschedulable(view: HpaView): readonly CatalogueFinding[] {
  const scale = scaleOf(view);
  const waiting = (view.pods ?? []).filter(
    ({ status }) =>
      status?.phase === 'Pending' &&
      status.conditions?.some((c) => c.type === 'PodScheduled' && c.status === 'False' && c.reason === 'Unschedulable'),
  );
  if (scale === null || scale.spec < view.hpa.spec.maxReplicas || waiting.length === 0) return [];
  const why = waiting[0]?.status?.conditions?.find((c) => c.type === 'PodScheduled')?.message ?? '';
  return [
    {
      id: 'maxreplicas-with-unschedulable-pods',
      severity: 'error',
      title: `${targetText(view)} is at maxReplicas ${view.hpa.spec.maxReplicas}, and ${waiting.length} of its pods find no node`,
      evidence: [`observed: Pending: ${waiting.map(({ metadata }) => metadata.name).join(', ')}`, `observed: ${why}`],
      upstream: [kk(79158), kk(82285)],
      fix: 'add nodes or lower the requests; until then a maxReplicas that fits gives the same capacity',
      next: null,
    },
  ];
}

/** Value targets multiply by ready pods, which do not exist yet after 0 → n. */
export function zeroToOneGap(view: HpaView): readonly CatalogueFinding[] {
  return failuresOf(view).flatMap(({ message, evidence, name, index }): CatalogueFinding[] => {
    const spec = view.hpa.spec.metrics?.[index];
    if (!message.includes('unable to calculate ready pods: no pods returned by selector') || spec === undefined)
      return [];
    return [
      {
        id: '0-1-gap-with-value-target',
        severity: 'info',
        title: `${targetText(view)} has ${scaleOf(view)?.spec ?? 0} wanted replicas but no pod yet, and the Value target ${sourceOf(spec)?.target.value ?? ''} of ${name} is multiplied by ready pods`,
        evidence: [evidence, `observed: ${view.pods?.length ?? 'an unknown number of'} pods match the selector`],
        upstream: ['pkg/controller/podautoscaler/replica_calculator.go getUsageRatioReplicaCount'],
        fix: 'wait for the first pod, or use an AverageValue target',
        next: 'heals with the first pod object',
      },
    ];
  });
}
