import type { MetricSpec } from '../../hpa/index.ts';
import { milliOrZero } from '../../hpa/milli.ts';
import { type ReportedRun, simulationReport } from '../../report/simulation-report.ts';
import type { HpaRun } from './run-hpa.ts';
import { setupDocument } from './document.ts';
import type { Setup } from './setup.ts';

/** The report of one run, or of two side by side. */
export function reportHtml(runs: readonly HpaRun[], setup: Setup, command: string): string {
  const facts = Object.entries(setupDocument(setup)).flatMap(([name, value]) =>
    value === null ? [] : [[name, String(value)] as const],
  );
  const names = runs.map(({ file }) => file.hpa.metadata.name ?? file.file);
  return simulationReport({
    title: `Simulation of ${[...new Set(names)].join(' and ')}`,
    command,
    facts,
    runs: runs.map(reported),
  });
}

function reported({ file, timeline, summary, expectations }: HpaRun): ReportedRun {
  const { metadata, spec } = file.hpa;
  const shown = { file: file.file, name: metadata.name ?? '', min: spec.minReplicas ?? 1, max: spec.maxReplicas };
  return { ...shown, ...targetOf(spec.metrics?.[0]), timeline, summary, expectations };
}

function targetOf(metric: MetricSpec | undefined): Pick<ReportedRun, 'target' | 'targetLine' | 'targetPerReplica'> {
  const source = metric?.external ?? metric?.object ?? metric?.pods ?? metric?.resource ?? metric?.containerResource;
  if (source === undefined) return { target: 'no metric', targetLine: null, targetPerReplica: null };
  const { target } = source;
  const name = 'metric' in source ? source.metric.name : source.name;
  const text = target.averageValue ?? target.value ?? `${target.averageUtilization}%`;
  const value = target.averageUtilization ?? Number(milliOrZero(target.averageValue ?? target.value ?? '0')) / 1000;
  // An External or Object metric is a total, which an average target divides by the replicas.
  const total = (metric?.external ?? metric?.object) !== undefined && target.averageValue !== undefined;
  return {
    target: `${name} ${target.type} ${text}`,
    targetLine: total ? null : value,
    targetPerReplica: total ? value : null,
  };
}
