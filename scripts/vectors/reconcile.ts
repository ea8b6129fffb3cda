import type { HpaSpec, HpaStatus } from '../../src/hpa/api/types.ts';
import { type HpaMemory, newMemory, type Recommendation, type ScaleEvent } from '../../src/hpa/memory.ts';
import type { ApiAnswer, CustomItem, ExternalItem, MetricAnswer, ResourceItem } from '../../src/hpa/metrics/answers.ts';
import { type MetricQuery, metricQueries } from '../../src/hpa/metrics/queries.ts';
import type { PodObject } from '../../src/hpa/pods/from-object.ts';
import type { Arch } from '../../src/hpa/quirks.ts';
import type { ReconcileOutput, ScaleAnswer, ScaleUpdateError } from '../../src/hpa/reconcile/types.ts';
import { reconcile } from '../../src/hpa/reconcile.ts';
import { type Gates, type Platform, rulesOf } from '../../src/hpa/rules.ts';
import { timeOrZero } from '../../src/hpa/time.ts';
import { differences } from './compare.ts';
import type { VectorKind, VectorLine } from './kind.ts';

interface StoredAnswer {
  readonly error?: string;
  readonly items?: readonly unknown[];
}

interface StepInput {
  readonly atMs: number;
  readonly gates?: Gates;
  readonly hpaSpec?: HpaSpec;
  readonly generation?: number;
  readonly scale: {
    readonly specReplicas: number;
    readonly statusReplicas: number;
    readonly selector?: string;
    readonly getError?: string;
  };
  readonly pods?: readonly PodObject[];
  readonly metrics?: {
    readonly resource?: StoredAnswer;
    readonly custom?: Readonly<Record<string, StoredAnswer>>;
    readonly external?: Readonly<Record<string, StoredAnswer>>;
  };
  readonly scaleUpdateErrors?: readonly ScaleUpdateError[];
  readonly statusUpdateError?: string;
  readonly unregistered?: boolean;
}

interface StepOutput {
  readonly statusWritten: boolean | null;
  readonly panic?: string;
  readonly [field: string]: unknown;
}

interface Sequence extends VectorLine {
  readonly arch?: Arch;
  readonly base: string;
  readonly gates: Gates;
  readonly config: {
    readonly tolerance: number;
    readonly downscaleStabilizationSeconds: number;
    readonly cpuInitializationPeriodSeconds: number;
    readonly initialReadinessDelaySeconds: number;
  };
  readonly hpa: {
    readonly metadata: { readonly name: string; readonly namespace: string; readonly generation?: number };
    readonly spec: HpaSpec;
  };
  readonly otherHPAs?: readonly { readonly namespace: string; readonly name: string; readonly selector: string }[];
  readonly steps: readonly { readonly in: StepInput; readonly out: StepOutput }[];
}

/** What carries over from step to step. */
interface State {
  spec: HpaSpec;
  generation: number | undefined;
  gates: Gates;
  status: HpaStatus;
  memory: HpaMemory;
}

/** Kinds that the recorder's REST mapper knows. */
const KNOWN_KINDS = new Set(['apps/Deployment', 'apps/StatefulSet', '/ReplicationController']);

function scaleAnswer(spec: HpaSpec, scale: StepInput['scale']): ScaleAnswer {
  const { kind, apiVersion } = spec.scaleTargetRef;
  const group = apiVersion?.includes('/') === true ? (apiVersion.split('/')[0] ?? '') : '';
  if (!KNOWN_KINDS.has(`${group}/${kind}`)) {
    return { mappingError: `no matches for kind "${kind}" in group "${group}"` };
  }
  if (scale.getError !== undefined) return { getError: scale.getError };
  return { specReplicas: scale.specReplicas, statusReplicas: scale.statusReplicas, selector: scale.selector ?? '' };
}

function customKey(query: MetricQuery & { readonly api: 'custom' }): string {
  if (query.kind === 'pods') return `Pod/*/${query.metric}|${query.metricLabelSelector}`;
  const { kind, group, name } = query.object;
  return `${group === '' ? kind : `${kind}.${group}`}/${name}/${query.metric}|${query.metricLabelSelector}`;
}

function apiAnswer<Item>(stored: StoredAnswer | undefined): ApiAnswer<Item> {
  if (stored?.error !== undefined) return { error: stored.error };
  return { items: (stored?.items ?? []) as readonly Item[] };
}

function answerTo(query: MetricQuery | null, metrics: StepInput['metrics']): MetricAnswer | undefined {
  if (query === null) return undefined;
  if (query.api === 'resource') return { resource: apiAnswer<ResourceItem>(metrics?.resource) };
  if (query.api === 'custom') return { custom: apiAnswer<CustomItem>(metrics?.custom?.[customKey(query)]) };
  const stored = metrics?.external?.[`${query.metric}|${query.labelSelector}`];
  return { external: apiAnswer<ExternalItem>(stored) };
}

function runStep(line: Sequence, state: State, step: StepInput, minor: number): ReconcileOutput {
  const platform: Platform = { minor, arch: line.arch ?? 'amd64', gates: state.gates };
  const { metadata } = line.hpa;
  const scale = scaleAnswer(state.spec, step.scale);
  const selector = 'selector' in scale ? scale.selector : '';
  const queries = metricQueries(state.spec, metadata.namespace, selector, rulesOf(platform));
  return reconcile(
    {
      platform,
      flags: {
        tolerance: line.config.tolerance,
        downscaleStabilizationMs: line.config.downscaleStabilizationSeconds * 1000,
        cpuInitializationPeriodMs: line.config.cpuInitializationPeriodSeconds * 1000,
        initialReadinessDelayMs: line.config.initialReadinessDelaySeconds * 1000,
      },
      nowMs: timeOrZero(line.base) + step.atMs,
      hpa: {
        metadata: { ...metadata, ...(state.generation === undefined ? {} : { generation: state.generation }) },
        spec: state.spec,
        status: state.status,
      },
      memory: state.memory,
      otherHpas: line.otherHPAs ?? [],
      scale,
      pods: step.pods ?? [],
      metrics: queries.map((query) => answerTo(query, step.metrics)),
      record: true,
    },
    { scaleUpdateErrors: step.scaleUpdateErrors ?? [], statusUpdateError: step.statusUpdateError ?? null },
  );
}

/** Times are recorded from the base, floored to 100 ms. */
function storedState(memory: HpaMemory, baseMs: number): unknown {
  const at = (ms: number): number => Math.floor((ms - baseMs) / 100) * 100;
  const event = ({ atMs, replicaChange }: ScaleEvent): unknown => ({ atMs: at(atMs), replicaChange });
  const recommendation = (r: Recommendation): unknown => ({ atMs: at(r.atMs), recommendation: r.recommendation });
  return {
    recommendations: (memory.recommendations ?? []).map(recommendation),
    scaleUpEvents: memory.scaleUpEvents.map(event),
    scaleDownEvents: memory.scaleDownEvents.map(event),
  };
}

/** As the API prints a status: a count of zero is left out. */
function storedStatus(status: HpaStatus): unknown {
  const { currentReplicas, currentMetrics, ...rest } = status;
  return { ...rest, ...(currentReplicas === 0 ? {} : { currentReplicas }), currentMetrics: currentMetrics ?? null };
}

function compareStep(expected: StepOutput, output: ReconcileOutput, baseMs: number, path: string): readonly string[] {
  const actual = {
    error: output.error,
    events: output.events,
    scaleUpdates: output.scaleUpdates,
    // Upstream's order of ambiguous HPAs is random, and with it whether the status changes.
    statusWritten: expected.statusWritten === null ? null : output.statusWritten,
    status: storedStatus(output.status),
    state: storedState(output.memory, baseMs),
    ...(output.panic === null ? {} : { panic: output.panic }),
  };
  return differences(expected, actual, path);
}

function applyInput(state: State, step: StepInput): void {
  if (step.gates !== undefined) state.gates = { ...state.gates, ...step.gates };
  if (step.hpaSpec !== undefined) state.spec = step.hpaSpec;
  if (step.generation !== undefined) state.generation = step.generation;
  if (step.unregistered === true) state.memory = { ...state.memory, selector: undefined };
  else if (state.memory.selector === undefined) state.memory = { ...state.memory, selector: null };
}

function replay(line: VectorLine, minor: number): readonly string[] {
  const sequence = line as Sequence;
  const baseMs = timeOrZero(sequence.base);
  const state: State = {
    spec: sequence.hpa.spec,
    generation: sequence.hpa.metadata.generation,
    gates: sequence.gates,
    status: { currentReplicas: 0, desiredReplicas: 0, currentMetrics: null },
    memory: newMemory(),
  };
  const problems: string[] = [];
  for (const [index, step] of sequence.steps.entries()) {
    applyInput(state, step.in);
    const output = runStep(sequence, state, step.in, minor);
    problems.push(...compareStep(step.out, output, baseMs, `steps[${index}]`));
    state.status = output.status;
    state.memory = output.memory;
  }
  return problems;
}

export const reconcileKind: VectorKind = { name: 'reconcile', matches: (line) => 'steps' in line, replay };
