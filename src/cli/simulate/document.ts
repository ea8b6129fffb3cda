import type { TimelineEntry } from '../../simulate/options.ts';
import type { SimulationSummary } from '../../simulate/summary.ts';
import type { ExpectationResult } from '../../simulate/expect/evaluate.ts';
import type { HpaRun } from './run-hpa.ts';
import type { Setup } from './setup.ts';

/** One run in the JSON document. */
interface RunDocument {
  readonly file: string;
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly notes: readonly string[];
  readonly timeline: readonly TimelineEntry[];
  readonly summary: SimulationSummary;
  readonly expectations: readonly ExpectationResult[];
}

function runDocument({ file, timeline, summary, expectations }: HpaRun): RunDocument {
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

/**
 * The document of `simulate -o json`: the first HPA's run at the top, all runs in `hpas` when there are several, and those
 * of `--compare`.
 */
export function simulationDocument(
  setup: Setup,
  runs: readonly HpaRun[],
  compared: readonly HpaRun[],
): Record<string, unknown> {
  const [first, ...more] = runs.map(runDocument);
  const others = compared.map(runDocument);
  return {
    ...setupDocument(setup),
    ...first,
    ...(first !== undefined && more.length > 0 ? { hpas: [first, ...more] } : {}),
    ...(others[0] === undefined ? {} : { compare: others[0] }),
    ...(others.length > 1 ? { comparisons: others } : {}),
  };
}

/** Every entry; of several HPAs each begins with the name of its own. */
export function timelineRows(runs: readonly HpaRun[]): Record<string, unknown>[] {
  return runs.flatMap(({ file, timeline }) =>
    timeline.map((entry) => ({ ...(runs.length > 1 ? { hpa: file.hpa.metadata.name } : {}), ...entry })),
  );
}

const COLUMNS = ['time', 'metric', 'current', 'desired', 'ready', 'waiting', 'oldestWait', 'reason'] as const;

/** The timeline as CSV. */
export function timelineCsv(timeline: readonly TimelineEntry[]): string {
  return [COLUMNS.join(','), ...timeline.map(csvRow)].join('\n');
}

/** The timelines of several HPAs as CSV, with a first column for the HPA. */
export function timelinesCsv(runs: readonly HpaRun[]): string {
  const rows = runs.flatMap(({ file, timeline }) =>
    timeline.map((entry) => `${cell(file.hpa.metadata.name ?? '')},${csvRow(entry)}`),
  );
  return [`hpa,${COLUMNS.join(',')}`, ...rows].join('\n');
}

function csvRow(entry: TimelineEntry): string {
  return COLUMNS.map((column) => cell(entry[column])).join(',');
}

function cell(value: string | number | null): string {
  if (typeof value !== 'string') return value === null ? '' : String(value);
  return /[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
