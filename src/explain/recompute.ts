import {
  DEFAULT_FLAGS,
  decodeV2,
  defaultHpa,
  type HpaMemory,
  type HpaV2,
  type MetricAnswer,
  type ReconcileInput,
  type ReconcileOutput,
  reconcile,
  rulesOf,
} from '../hpa/index.ts';
import type { Evidence, HpaEvidence, ScaleEvidence } from './evidence.ts';
import { type PlatformGuess, platformOf } from './platform.ts';

/** One HPA with what the twin makes of its evidence; what rules look at. */
export interface Case {
  readonly evidence: Evidence;
  readonly own: HpaEvidence;
  readonly hpa: HpaV2;
  readonly guess: PlatformGuess;
  /** null when the controller has not looked at the HPA yet: then it is the first sync that is computed. */
  readonly lastSync: { readonly current: number; readonly desired: number } | null;
  /** The sync as the twin computes it, or why it cannot. */
  readonly sync: Sync | { readonly impossible: readonly string[] };
}

export interface Sync {
  readonly input: ReconcileInput;
  readonly scale: ScaleEvidence;
  /** Where the replica counts of `scale` come from. */
  readonly replicasFrom: {
    readonly spec: string;
    readonly status: string;
    /** status.replicas of that time is not known. */
    readonly assumed: boolean;
  };
  readonly output: ReconcileOutput;
}

/** Nobody outside of the controller knows what it remembers: it computes as if there were no earlier recommendation and no scale event. */
const NO_MEMORY: HpaMemory = { recommendations: [], scaleUpEvents: [], scaleDownEvents: [], selector: null };

/** The case of one HPA. Pure: the same evidence gives the same case. */
export function caseOf(evidence: Evidence, own: HpaEvidence): Case {
  const rules = rulesOf(platformOf(evidence, undefined).platform);
  const hpa = defaultHpa(decodeV2(own.hpa, rules).value);
  const guess = platformOf(evidence, hpa);
  const synced = hpa.status.conditions?.some(({ type }) => type === 'AbleToScale') === true;
  const lastSync = synced ? { current: hpa.status.currentReplicas, desired: hpa.status.desiredReplicas } : null;
  const part = { evidence, own, hpa, guess, lastSync };
  const impossible = missing(own, hpa);
  if ('unknown' in own.scale || impossible.length > 0) return { ...part, sync: { impossible } };
  return { ...part, sync: compute(part, own.scale.value) };
}

/** Facts without which a sync cannot be computed. */
function missing({ scale, pods, metrics }: HpaEvidence, hpa: HpaV2): readonly string[] {
  if ('unknown' in scale) return [scale.unknown];
  const unread = metrics.flatMap((metric) => (metric !== null && 'unknown' in metric ? [metric.unknown] : []));
  return [...unread, ...('unknown' in pods && needsPods(hpa) ? [pods.unknown] : [])];
}

/** Whether pods count: all but External and Object metrics with an AverageValue, which go by status.replicas. */
function needsPods({ spec }: HpaV2): boolean {
  return (spec.metrics ?? []).some(
    ({ type, external, object }) =>
      (type !== 'External' && type !== 'Object') || (external ?? object)?.target.averageValue === undefined,
  );
}

function compute(part: Omit<Case, 'sync'>, observed: ScaleEvidence): Sync {
  const { evidence, own, guess, lastSync } = part;
  const rescaled = lastSync !== null && lastSync.current !== observed.specReplicas;
  const from = own.scale.from;
  const scale = rescaled ? { ...observed, specReplicas: lastSync.current, statusReplicas: lastSync.current } : observed;
  const replicasFrom = rescaled
    ? {
        spec: 'status.currentReplicas: spec.replicas before the last sync',
        status: 'taken to be as spec.replicas was',
        assumed: true,
      }
    : { spec: from, status: from, assumed: false };
  const input: ReconcileInput = {
    platform: guess.platform,
    flags: DEFAULT_FLAGS,
    nowMs: Date.parse(evidence.at),
    hpa: atSyncStart(part),
    memory: NO_MEMORY,
    otherHpas: [],
    scale,
    pods: 'value' in own.pods ? own.pods.value : [],
    metrics: own.metrics.map((fact): MetricAnswer | undefined =>
      fact !== null && 'value' in fact ? fact.value : undefined,
    ),
    record: true,
  };
  return { input, scale, replicasFrom, output: reconcile(input) };
}

/** A sync that left zero found condition ScaledToZero True, which it then changed. */
function atSyncStart({ hpa, lastSync }: Omit<Case, 'sync'>): HpaV2 {
  if (lastSync === null || lastSync.current !== 0 || lastSync.desired === 0) return hpa;
  const conditions = (hpa.status.conditions ?? []).map((condition) =>
    condition.type === 'ScaledToZero' ? { ...condition, status: 'True' } : condition,
  );
  return { ...hpa, status: { ...hpa.status, conditions } };
}
