import { type ExpectationResult, Expectations } from '../../simulate/expect/evaluate.ts';
import type { TimelineEntry } from '../../simulate/options.ts';
import { simulateInSlices } from '../../simulate/simulate.ts';
import type { SimulationSummary } from '../../simulate/summary.ts';
import { controllerFor } from '../../simulate/twin/platform.ts';
import { TwinAutoscaler } from '../../simulate/twin/twin-autoscaler.ts';
import type { HpaFile } from './hpa-file.ts';
import { type Setup, unfit } from './setup.ts';

/** One HPA's run. */
export interface HpaRun {
  readonly file: HpaFile;
  readonly timeline: readonly TimelineEntry[];
  readonly summary: SimulationSummary;
  readonly expectations: readonly ExpectationResult[];
}

/** More syncs would not fit into memory with their entries. */
const MOST_ENTRIES = 2_000_000;

/**
 * Runs an HPA; `pause` is awaited between slices, so that Ctrl-C is heard. `timeline: false` keeps no entries and no records.
 * Raises ML-SIM-FLAGS, ML-SIM-SIZE.
 */
export async function runHpa(
  file: HpaFile,
  setup: Setup,
  pause: () => Promise<void>,
  keep: { readonly timeline: boolean } = { timeline: true },
): Promise<HpaRun> {
  const { spec } = file.hpa;
  refuseUnfit(file, setup);
  const min = spec.minReplicas ?? 1;
  const initialReplicas = setup.replicas ?? min;
  const judge = new Expectations(setup.expectations);
  const timeline: TimelineEntry[] = [];
  const slices = simulateInSlices({
    ...setup,
    initialReplicas,
    autoscaler: new TwinAutoscaler({
      hpa: file.hpa,
      controller: controllerFor(setup.minor, setup.arch, min),
      records: keep.timeline,
      initialReplicas,
      requestCpuMilli: setup.pods.requestCpuMilli,
      fromTrace: setup.drive.kind === 'trace',
    }),
    onSync: (entry) => {
      if (keep.timeline) timeline.push(entry);
      judge.observe(entry);
    },
  });
  for (;;) {
    const slice = slices.next();
    if (slice.done === true) return { file, timeline, summary: slice.value, expectations: judge.results(slice.value) };
    await pause();
  }
}

/**
 * Raises ML-SIM-FLAGS when two HPAs scale the same object: the controller would compute for neither (AmbiguousSelector,
 * horizontal.go:validateAndParseSelector). Also when two have the same name, which no namespace can hold.
 */
export function refuseSharedTargets(hpas: readonly HpaFile[]): void {
  const targets = new Map<string, string>();
  const names = new Set<string>();
  for (const { hpa } of hpas) {
    const { namespace = '', name = '' } = hpa.metadata;
    if (names.has(`${namespace}/${name}`)) throw unfit(`two HPAs are named ${name}`, 'give each its own name');
    names.add(`${namespace}/${name}`);
    const { kind, name: target } = hpa.spec.scaleTargetRef;
    const key = `${namespace}/${kind}/${target}`;
    const other = targets.get(key);
    if (other !== undefined)
      throw unfit(
        `${other} and ${name} both scale ${kind} ${target}`,
        'the controller computes for neither (AmbiguousSelector): keep one, or run them one at a time with --compare',
      );
    targets.set(key, name);
  }
}

/** What the simulation has no numbers for. */
function refuseUnfit({ hpa, file }: HpaFile, { drive, seconds, syncSeconds }: Setup): void {
  const metrics = hpa.spec.metrics ?? [];
  if (seconds / syncSeconds > MOST_ENTRIES)
    throw unfit(
      `${Math.round(seconds / syncSeconds)} syncs`,
      `at most ${MOST_ENTRIES} are listed: choose a shorter --for`,
    );
  if (drive.kind === 'trace') {
    if (metrics.length > 1)
      throw unfit(`${file} has ${metrics.length} metrics`, 'a trace gives one metric; keep one in the file');
    return;
  }
  const fed = metrics.filter(({ type }) => type === 'External' || type === 'Object' || type === 'Pods');
  if (fed.length > 1)
    throw unfit(
      `${file} has ${fed.length} metrics besides CPU`,
      'the load fills one queue; keep one of them in the file',
    );
  const other = metrics
    .map(({ resource, containerResource }) => (resource ?? containerResource)?.name)
    .find((name) => name !== undefined && name !== 'cpu');
  if (other !== undefined)
    throw unfit(`${file} scales on ${other}`, `a queue says nothing about ${other}: give its values with --trace`);
}
