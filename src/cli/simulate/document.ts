import type { TimelineEntry } from '../../simulate/options.ts';
import type { SimulationSummary } from '../../simulate/summary.ts';
import type { ExpectationResult } from '../../simulate/expect/evaluate.ts';
import type { HpaRun } from './run-hpa.ts';
import type { Setup } from './setup.ts';

/** One run in the JSON document. */
export interface RunDocument {
  readonly file: string;
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly notes: readonly string[];
  readonly timeline: readonly TimelineEntry[];
  readonly summary: SimulationSummary;
  readonly expectations: readonly ExpectationResult[];
}

export function runDocument({ file, timeline, summary, expectations }: HpaRun): RunDocument {
  const { metadata, spec } = file.hpa;
  const { minReplicas = 1, maxReplicas } = spec;
  return {
    file: file.file,
    name: metadata.name ?? '',
    min: minReplicas,
    max: maxReplicas,
    notes: file.notes,
    timeline,
    summary,
    expectations,
  };
}

/** What was simulated. */
export interface SetupDocument {
  readonly kubernetesVersion: string;
  readonly arch: string;
  readonly seed: number;
  readonly syncSeconds: number;
  readonly seconds: number;
  /** null when a trace gave the metric itself. */
  readonly load: string | null;
}

export function setupDocument({ drive, seed, minor, arch, syncSeconds, seconds }: Setup): SetupDocument {
  return {
    kubernetesVersion: `1.${minor}`,
    arch,
    seed,
    syncSeconds,
    seconds,
    load: drive.kind === 'load' ? drive.load.text : null,
  };
}

const COLUMNS = ['time', 'metric', 'current', 'desired', 'ready', 'waiting', 'oldestWait', 'reason'] as const;

/** The timeline as CSV. */
export function timelineCsv(timeline: readonly TimelineEntry[]): string {
  return [COLUMNS.join(','), ...timeline.map((entry) => COLUMNS.map((column) => cell(entry[column])).join(','))].join(
    '\n',
  );
}

function cell(value: string | number | null): string {
  if (typeof value !== 'string') return value === null ? '' : String(value);
  return /[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
