import type { BundleScaledObject } from '../bundle.ts';
import type { CatalogueFinding } from '../finding.ts';
import { conditionText, type HpaView, scaleOf, targetText } from '../hpa-view.ts';

const PAUSED = 'autoscaling.keda.sh/paused';
/** KEDA's own default of cooldownPeriod. */
const COOLDOWN_S = 300;

/** The annotations that pause a ScaledObject; `"false"` does not. */
export function pausingAnnotations({ metadata }: Pick<BundleScaledObject, 'metadata'>): readonly string[] {
  return Object.entries(metadata.annotations ?? {})
    .filter(([name, value]) => name.startsWith(PAUSED) && value !== 'false')
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
}

const conditionOf = ({ status }: BundleScaledObject, type: string) =>
  status.conditions.find((condition) => condition.type === type);

/** The ScaledObject that made the HPA; what KEDA does at zero is then no accident. */
export function kedaOwner({ object }: HpaView): string | null {
  return object.metadata.ownerReferences.find(({ kind }) => kind === 'ScaledObject')?.name ?? null;
}

export function kedaPaused(view: HpaView): readonly CatalogueFinding[] {
  const own = view.scaledObject;
  if (own === null) return [];
  const annotations = pausingAnnotations(own);
  if (annotations.length === 0 && conditionOf(own, 'Paused')?.status !== 'True') return [];
  const { name } = own.metadata;
  const names = annotations.map((text) => `${text.split(':')[0] ?? ''}-`);
  return [
    {
      id: 'keda-paused',
      severity: 'warning',
      title: `ScaledObject ${name} is paused${annotations.length === 0 ? '' : ` by ${annotations.join(' and ')}`}: KEDA holds ${targetText(view)} and removes or limits its HPA ${view.name}`,
      evidence: [
        ...annotations.map((text) => `observed: annotation ${text} of ScaledObject ${name}`),
        `observed: condition Paused is ${conditionOf(own, 'Paused')?.status ?? 'not there'}`,
      ],
      upstream: ['https://github.com/kedacore/keda/issues/944', 'https://github.com/kedacore/keda/pull/2765'],
      fix: names.length === 0 ? null : `kubectl annotate scaledobject ${name} -n ${view.namespace} ${names.join(' ')}`,
      next: 'nothing scales until the annotation is gone',
    },
  ];
}

/** 0 ↔ 1 is KEDA's, 1 ↔ n the HPA's: at zero the HPA says ScalingDisabled, and cooldownPeriod is for the last step down alone. */
export function kedaInactive(view: HpaView): readonly CatalogueFinding[] {
  const own = view.scaledObject;
  const replicas = scaleOf(view)?.spec;
  if (own === null || replicas === undefined || conditionOf(own, 'Active')?.status !== 'False') return [];
  if ((own.spec.minReplicaCount ?? 0) > 0 || pausingAnnotations(own).length > 0) return [];
  const { name } = own.metadata;
  const cooldown = own.spec.cooldownPeriod ?? COOLDOWN_S;
  const last = own.status.lastActiveTime ?? null;
  const at = last === null ? null : new Date(Date.parse(last) + cooldown * 1000).toISOString();
  return [
    {
      id: 'keda-inactive-cooldown',
      severity: 'info',
      title:
        replicas === 0
          ? `no trigger of ScaledObject ${name} is active, so KEDA keeps ${targetText(view)} at 0; its HPA ${view.name} does nothing there`
          : `no trigger of ScaledObject ${name} is active: ${targetText(view)} keeps ${replicas} until its HPA is at the minimum and cooldownPeriod ${cooldown} s is over`,
      evidence: [
        `observed: condition Active of ScaledObject ${name} is False`,
        `observed: lastActiveTime ${last ?? 'not set'}, cooldownPeriod ${cooldown} s`,
        conditionText(view, 'ScalingActive'),
      ],
      upstream: ['https://github.com/kedacore/keda/issues/737', 'https://github.com/kedacore/keda/issues/6844'],
      fix:
        replicas === 0
          ? null
          : `for the last step to 0 change cooldownPeriod: kubectl patch scaledobject ${name} -n ${view.namespace} --type merge -p '{"spec":{"cooldownPeriod":60}}'; for the steps before, behavior.scaleDown of the HPA`,
      next:
        replicas === 0
          ? 'KEDA scales to 1 as soon as a trigger is active'
          : `KEDA scales to 0 ${at === null ? 'when the cooldown is over' : `at ${at}`}, unless a trigger becomes active before`,
    },
  ];
}
