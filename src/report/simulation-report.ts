import type { ExpectationResult } from '../simulate/expect/evaluate.ts';
import type { TimelineEntry } from '../simulate/options.ts';
import type { SimulationSummary } from '../simulate/summary.ts';
import { SIMULATION_SCRIPT } from './simulation-script.ts';
import { SIMULATION_STYLE } from './simulation-style.ts';

export interface ReportedRun {
  readonly file: string;
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** The first metric's target as a text, for the chart: `queue AverageValue 2`. */
  readonly target: string;
  /** The value at which a Value or Utilization target is met; null for an average, which moves with the replicas. */
  readonly targetLine: number | null;
  /** Metric value per replica at an AverageValue target; null otherwise. */
  readonly targetPerReplica: number | null;
  readonly timeline: readonly TimelineEntry[];
  readonly summary: SimulationSummary;
  readonly expectations: readonly ExpectationResult[];
}

export interface SimulationReport {
  readonly title: string;
  /** How to make it again. */
  readonly command: string;
  /** What was simulated, as name and text. */
  readonly facts: readonly (readonly [name: string, text: string])[];
  readonly runs: readonly ReportedRun[];
}

/** More syncs are thinned, so that the page opens quickly; every decision stays. */
const MOST_POINTS = 20_000;

/** One page without any outside part: it opens from disk. */
export function simulationReport(report: SimulationReport): string {
  const runs = report.runs.map((run) => ({ ...run, ...thinned(run.timeline) }));
  const data = JSON.stringify({ ...report, runs }).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${escaped(report.title)}</title>
<style>${SIMULATION_STYLE}</style>
</head>
<body>
<main id="page"><noscript>This report draws its charts with a script.</noscript></main>
<script type="application/json" id="data">${data}</script>
<script>${SIMULATION_SCRIPT}</script>
</body>
</html>
`;
}

/** Every decision, and of the rest as many syncs as fit. */
function thinned(timeline: readonly TimelineEntry[]): {
  readonly timeline: readonly TimelineEntry[];
  readonly thinned: boolean;
} {
  if (timeline.length <= MOST_POINTS) return { timeline, thinned: false };
  const step = Math.ceil(timeline.length / MOST_POINTS);
  const kept = timeline.filter(({ current, desired }, at) => at % step === 0 || current !== desired);
  return { timeline: kept, thinned: true };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
