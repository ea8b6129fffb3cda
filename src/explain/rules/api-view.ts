import { defaultSpec, decodeV1, decodeV2, type HpaSpec, type MetricSpec, v1ToV2 } from '../../hpa/index.ts';
import { type CatalogueFinding, kk } from '../finding.ts';
import { type HpaView, metricName } from '../hpa-view.ts';
import { targetKind } from '../samples.ts';

const PREFIX = 'autoscaling.alpha.kubernetes.io/';
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** What v1 keeps in annotations is not in its spec. */
export function v1Hides(view: HpaView): readonly CatalogueFinding[] {
  const annotations = view.object.metadata.annotations ?? {};
  const hidden = ['metrics', 'behavior'].filter((name) => annotations[PREFIX + name] !== undefined);
  if (!view.onlyV1 || hidden.length === 0) return [];
  const names = (view.hpa.spec.metrics ?? []).map(metricName).join(', ');
  return [
    {
      id: 'v1-view-hides-the-metrics',
      severity: 'info',
      title: `only autoscaling/v1 was read, whose spec does not show ${hidden.join(' and ')} of HPA ${view.name} (metrics: ${names})`,
      evidence: hidden.map((name) => `observed: annotation ${PREFIX}${name}`),
      upstream: ['pkg/apis/autoscaling/v1/conversion.go', 'https://github.com/derailed/k9s/issues/1652'],
      fix: `kubectl get hpa.v2.autoscaling ${view.name} -n ${view.namespace} -o yaml`,
      next: null,
    },
  ];
}

interface Applied {
  readonly v1: boolean;
  readonly metricsText: string | undefined;
  readonly behaviorText: string | undefined;
  readonly spec: HpaSpec;
}

/** What kubectl apply was given last; null = not known. */
function appliedOf(view: HpaView): Applied | null {
  const text = view.object.metadata.annotations?.[LAST_APPLIED];
  const json = text === undefined ? null : parsed(text);
  if (json === null || typeof json !== 'object' || !('apiVersion' in json)) return null;
  const v1 = json.apiVersion === 'autoscaling/v1';
  const decoded = v1 ? v1ToV2(decodeV1(json, view.rules).value, view.rules) : decodeV2(json, view.rules).value;
  const annotations = v1 ? decodeV1(json, view.rules).value.metadata.annotations : undefined;
  return {
    v1,
    metricsText: annotations?.[`${PREFIX}metrics`],
    behaviorText: annotations?.[`${PREFIX}behavior`],
    spec: defaultSpec(decoded.spec),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A metric without its target: what it is, however its numbers are printed. */
const identity = (spec: MetricSpec): string =>
  JSON.stringify([
    spec.type,
    metricName(spec),
    spec.containerResource?.container,
    spec.object?.describedObject,
    (spec.external ?? spec.pods ?? spec.object)?.metric.selector,
  ]);

function owns(view: HpaView, ...fields: readonly string[]): boolean {
  return view.object.metadata.managedFields.some(({ fieldsV1, subresource }) => {
    const text = subresource === 'status' ? '' : JSON.stringify(fieldsV1 ?? {});
    return fields.some((field) => text.includes(`"f:${field}"`));
  });
}

/** Annotations of the v1 view are made anew from v2: broken ones are ignored, removed ones remove what they stood for. */
export function handEdited(view: HpaView): readonly CatalogueFinding[] {
  const why = view.onlyV1 ? null : editTrace(view);
  if (why === null) return [];
  return [
    {
      id: 'hand-edited-conversion-annotations',
      severity: 'warning',
      title: `HPA ${view.name} scales on ${(view.hpa.spec.metrics ?? []).map(metricName).join(', ')} because its v1 annotations were edited: ${why}`,
      evidence: [
        `observed: ${LAST_APPLIED} or managedFields`,
        `observed: spec.metrics ${JSON.stringify(view.hpa.spec.metrics ?? [])}`,
      ],
      upstream: ['pkg/apis/autoscaling/v1/conversion.go', 'https://github.com/kubernetes/kubernetes/pull/89969'],
      fix: 'write the HPA as autoscaling/v2 and apply it again',
      next: null,
    },
  ];
}

function editTrace(view: HpaView): string | null {
  const applied = appliedOf(view);
  for (const [name, text] of [
    ['metrics', applied?.metricsText],
    ['behavior', applied?.behaviorText],
  ] as const) {
    const json = text === undefined ? null : parsed(text);
    const usable = name === 'metrics' ? Array.isArray(json) : json !== null && typeof json === 'object';
    if (text !== undefined && !usable)
      return `${PREFIX}${name} is no JSON ${name === 'metrics' ? 'list' : 'object'}, so it was ignored`;
  }
  const { managedFields } = view.object.metadata;
  const specs = view.hpa.spec.metrics ?? [];
  const ownerless =
    managedFields.length > 0 &&
    specs.length > 0 &&
    !owns(view, 'metrics', 'targetCPUUtilizationPercentage', `${PREFIX}metrics`);
  if (ownerless) return 'nobody owns spec.metrics any more, as after a write through v1 without the annotations';
  if (defaultCameInstead(view))
    return 'cpu at 80 %, the default, came through v1 in place of the metrics that the HPA was made with';
  const lost = applied === null ? [] : lostParts(applied.spec, view.hpa.spec);
  const v1Writer = managedFields.find(
    ({ apiVersion, subresource }) => apiVersion === 'autoscaling/v1' && subresource !== 'status',
  );
  if (lost.length > 0 && v1Writer !== undefined)
    return `${lost.join(' and ')} of the applied manifest is gone; ${v1Writer.manager ?? 'a client'} wrote it through v1`;
  // Taking the annotation away leaves no entry of v1.
  return managedFields.length > 0 && lost.includes('behavior') && !owns(view, 'behavior')
    ? 'behavior of the applied manifest is gone and nobody owns it any more, as after a write through v1 without the annotation'
    : null;
}

/** Made through v2, whose maker owns spec.metrics then; now nobody of v2 does, and a writer of v1 owns the default cpu target. */
function defaultCameInstead({ hpa, object }: HpaView): boolean {
  const [only, ...others] = hpa.spec.metrics ?? [];
  const isDefault = isCpuUtilization(only) && only?.resource?.target.averageUtilization === 80 && others.length === 0;
  const owned = object.metadata.managedFields
    .filter(({ subresource }) => subresource !== 'status')
    .map(({ apiVersion, fieldsV1 }) => ({ v1: apiVersion === 'autoscaling/v1', text: JSON.stringify(fieldsV1 ?? {}) }));
  return (
    isDefault &&
    owned.some(({ v1, text }) => !v1 && text.includes('"f:scaleTargetRef"')) &&
    owned.every(({ v1, text }) => v1 || !text.includes('"f:metrics"')) &&
    owned.some(({ v1, text }) => v1 && text.includes('"f:targetCPUUtilizationPercentage"'))
  );
}

function lostParts(applied: HpaSpec, now: HpaSpec): readonly string[] {
  const have = new Set((now.metrics ?? []).map(identity));
  const metrics = (applied.metrics ?? [])
    .filter((spec) => !have.has(identity(spec)))
    .map((spec) => `metric ${metricName(spec)}`);
  return applied.behavior !== undefined && now.behavior === undefined ? [...metrics, 'behavior'] : metrics;
}

const isCpuUtilization = (spec: MetricSpec | undefined): boolean =>
  spec?.resource?.name === 'cpu' && targetKind(spec) === 'Utilization';

/** A write through v1 puts the cpu target behind the annotation's metrics. */
export function orderFlips(view: HpaView): readonly CatalogueFinding[] {
  const applied = appliedOf(view);
  const wanted = (applied?.spec.metrics ?? []).map(identity);
  const specs = view.hpa.spec.metrics ?? [];
  const have = specs.map(identity);
  const same =
    wanted.length > 1 && wanted.toSorted().join() === have.toSorted().join() && wanted.join() !== have.join();
  if (!same || !isCpuUtilization(specs.at(-1)) || isCpuUtilization(applied?.spec.metrics?.at(-1))) return [];
  const writer = view.object.metadata.managedFields.find(({ apiVersion }) => apiVersion === 'autoscaling/v1');
  return [
    {
      id: 'metric-order-flips-gitops-outofsync',
      severity: 'warning',
      title: `the cpu metric of HPA ${view.name} moved to the end${writer === undefined ? '' : ` when ${writer.manager ?? 'a client'} wrote it through autoscaling/v1`}, so the manifest differs for ever`,
      evidence: [
        `observed: applied order ${(applied?.spec.metrics ?? []).map(metricName).join(', ')}`,
        `observed: order now ${specs.map(metricName).join(', ')}`,
      ],
      upstream: [kk(74099), 'https://github.com/argoproj/argo-cd/issues/1079'],
      fix: 'list cpu last in the manifest, and let no client write the HPA through autoscaling/v1',
      next: null,
    },
  ];
}
