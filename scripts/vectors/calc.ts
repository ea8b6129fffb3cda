import type { CrossVersionObjectReference, LabelSelector } from '../../src/hpa/api/types.ts';
import { type Int64, parseInt64 } from '../../src/hpa/go-numbers.ts';
import { labelSelectorAsSelector } from '../../src/hpa/labels/label-selector.ts';
import { parseSelector } from '../../src/hpa/labels/parse.ts';
import { selectorMatches } from '../../src/hpa/labels/requirement.ts';
import { type PodObject, podView } from '../../src/hpa/pods/from-object.ts';
import { type PodView, readyPodsCount } from '../../src/hpa/pods/pod.ts';
import type { Arch } from '../../src/hpa/quirks.ts';
import {
  type Answer,
  type CalcContext,
  newProposal,
  type PodMetric,
  type PodMetrics,
  type Proposal,
} from '../../src/hpa/replicas/context.ts';
import {
  type ExternalMetric,
  getExternalMetricReplicas,
  getExternalPerPodMetricReplicas,
} from '../../src/hpa/replicas/external.ts';
import {
  getObjectMetricReplicas,
  getObjectPerPodMetricReplicas,
  type ObjectMetric,
} from '../../src/hpa/replicas/object.ts';
import {
  getMetricReplicas,
  getRawResourceReplicas,
  getResourceReplicas,
} from '../../src/hpa/replicas/per-pod-metrics.ts';
import { type Rules, rulesOf } from '../../src/hpa/rules.ts';
import { timeOrZero } from '../../src/hpa/time.ts';
import { differences } from './compare.ts';
import type { VectorKind, VectorLine } from './kind.ts';

interface Config {
  readonly cpuInitializationPeriodSeconds: number;
  readonly initialReadinessDelaySeconds: number;
}

interface StoredMetric {
  readonly timestamp: string;
  readonly value: string;
  readonly windowSeconds: number;
}

/** What the metrics client gave: an error, values by pod, one value, or several. */
interface Metrics {
  readonly error?: string;
  readonly pods?: Readonly<Record<string, StoredMetric>>;
  readonly value?: string;
  readonly values?: readonly string[];
}

interface Args {
  readonly currentReplicas: number;
  readonly statusReplicas: number;
  readonly targetUtilization: number;
  readonly targetUsage: string;
  readonly targetUsagePerPod: string;
  readonly resource: string;
  readonly container: string;
  readonly metricName: string;
  readonly namespace: string;
  readonly selector?: string;
  readonly metricSelector: LabelSelector | null;
  readonly objectRef: CrossVersionObjectReference;
  readonly tolerances: { readonly scaleDown: number; readonly scaleUp: number };
}

interface CalcLine extends VectorLine {
  readonly method: string;
  readonly now: string;
  readonly config: Config;
  readonly args: Args;
  readonly pods: readonly PodObject[];
  readonly metrics: Metrics;
  readonly result: unknown;
  readonly resultArm64?: unknown;
}

/** A context as the lines describe it; gate PodLevelResources is on. */
export function calcContext(config: Config, now: string, minor: number, arch: Arch): CalcContext {
  return {
    rules: rulesOf({ minor, arch, gates: { PodLevelResources: true } }),
    tolerances: { scaleDown: 0.1, scaleUp: 0.1 },
    nowMs: timeOrZero(now),
    cpuInitializationPeriodMs: config.cpuInitializationPeriodSeconds * 1000,
    initialReadinessDelayMs: config.initialReadinessDelaySeconds * 1000,
    metric: 0,
    metricName: '',
    trace: null,
  };
}

function podMetric({ timestamp, value, windowSeconds }: StoredMetric): PodMetric {
  return { value: parseInt64(value), timestampMs: timeOrZero(timestamp), windowMs: windowSeconds * 1000 };
}

/** Values by pod as the lines store them. */
export function podMetrics(stored: Readonly<Record<string, StoredMetric>>): PodMetrics {
  return new Map(Object.entries(stored).map(([pod, metric]) => [pod, podMetric(metric)]));
}

function answer<T>(metrics: Metrics, ok: T): Answer<T> {
  return metrics.error === undefined ? { ok } : { error: metrics.error };
}

function selected(line: CalcLine, rules: Rules): readonly PodView[] {
  const views = line.pods.map(podView);
  if (line.args.selector === undefined) return views;
  const selector = parseSelector(line.args.selector, rules);
  if ('error' in selector) throw new Error(selector.error);
  return views.filter((pod) => selectorMatches(selector.ok, pod.labels));
}

const objectMetric = ({ args, metrics }: CalcLine): ObjectMetric => ({
  name: args.metricName,
  namespace: args.namespace,
  object: args.objectRef,
  answer: answer(metrics, parseInt64(metrics.value ?? '0')),
});

function externalMetric({ args, metrics }: CalcLine, rules: Rules): ExternalMetric {
  const selector = args.metricSelector ?? undefined;
  return {
    name: args.metricName,
    namespace: args.namespace,
    selector,
    parsed: labelSelectorAsSelector(selector, rules),
    answer: answer(metrics, (metrics.values ?? []).map(parseInt64)),
  };
}

type Call = (line: CalcLine, ctx: CalcContext, pods: readonly PodView[], out: Proposal) => void;
const target = (text: string): Int64 => parseInt64(text);
const perPod = (line: CalcLine): Answer<PodMetrics> => answer(line.metrics, podMetrics(line.metrics.pods ?? {}));

const CALLS: Readonly<Record<string, Call>> = {
  GetResourceReplicas: (line, ctx, pods, out) => {
    const { currentReplicas, targetUtilization, resource, container } = line.args;
    getResourceReplicas(ctx, currentReplicas, targetUtilization, resource, container, perPod(line), pods, out);
  },
  GetRawResourceReplicas: (line, ctx, pods, out) => {
    const { currentReplicas, targetUsage, resource } = line.args;
    getRawResourceReplicas(ctx, currentReplicas, target(targetUsage), resource, perPod(line), pods, out);
  },
  GetMetricReplicas: (line, ctx, pods, out) => {
    const { currentReplicas, targetUsage, metricName } = line.args;
    getMetricReplicas(ctx, currentReplicas, target(targetUsage), metricName, perPod(line), pods, out);
  },
  GetObjectMetricReplicas: (line, ctx, pods, out) => {
    const { currentReplicas, targetUsage } = line.args;
    getObjectMetricReplicas(ctx, currentReplicas, target(targetUsage), objectMetric(line), readyPodsCount(pods), out);
  },
  GetObjectPerPodMetricReplicas: (line, ctx, _, out) => {
    const { statusReplicas, targetUsage } = line.args;
    getObjectPerPodMetricReplicas(ctx, statusReplicas, target(targetUsage), objectMetric(line), out);
  },
  GetExternalMetricReplicas: (line, ctx, pods, out) => {
    const { currentReplicas, targetUsage } = line.args;
    const metric = externalMetric(line, ctx.rules);
    getExternalMetricReplicas(ctx, currentReplicas, target(targetUsage), metric, readyPodsCount(pods), out);
  },
  GetExternalPerPodMetricReplicas: (line, ctx, _, out) => {
    const { statusReplicas, targetUsagePerPod } = line.args;
    const metric = externalMetric(line, ctx.rules);
    getExternalPerPodMetricReplicas(ctx, statusReplicas, target(targetUsagePerPod), metric, out);
  },
};

function call(line: CalcLine, minor: number, arch: Arch): unknown {
  const run = CALLS[line.method];
  if (run === undefined) throw new Error(`no replay for the method ${line.method}`);
  const ctx = calcContext(line.config, line.now, minor, arch);
  ctx.tolerances = line.args.tolerances;
  const out = newProposal();
  run(line, ctx, selected(line, ctx.rules), out);
  if (out.error !== null) return { error: out.error };
  const replicas = { error: null, replicaCount: out.replicas };
  return line.method === 'GetResourceReplicas'
    ? { ...replicas, utilization: out.utilization, rawUtilization: String(out.usage) }
    : { ...replicas, usage: String(out.usage) };
}

/** On error only the error counts; the other fields are whatever Go left there. */
function expected(result: unknown): unknown {
  const { error } = result as { readonly error: string | null };
  return error === null ? result : { error };
}

function replay(line: VectorLine, minor: number): readonly string[] {
  const calc = line as CalcLine;
  return [
    ...differences(expected(calc.result), call(calc, minor, 'amd64'), 'result'),
    ...differences(expected(calc.resultArm64 ?? calc.result), call(calc, minor, 'arm64'), 'resultArm64'),
  ];
}

export const calc: VectorKind = { name: 'calc', matches: (line) => 'method' in line, replay };
