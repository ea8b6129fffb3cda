import { stringify } from 'yaml';
import type { ExitName } from '../../errors/exit-codes.ts';
import { LabError } from '../../errors/lab-error.ts';
import { seededRandom } from '../../simulate/random.ts';
import { type Candidate, candidateOf, specOf, targetText } from '../../simulate/tune/candidate.ts';
import { isBetter, pareto, search, type Trial } from '../../simulate/tune/search.ts';
import type { CommandContext } from '../context.ts';
import type { Flags } from '../flags.ts';
import { type HpaFile, parseHpaFile } from '../simulate/hpa-file.ts';
import { InputFiles } from '../simulate/input-files.ts';
import { about, plain } from '../simulate/numbers.ts';
import { runHpa } from '../simulate/run-hpa.ts';
import { readSetup, type Setup, unfit } from '../simulate/setup.ts';
import { columns } from '../text/columns.ts';
import { paint } from '../text/paint.ts';

const HPA_CHARACTERS = 1_000_000;
const BUDGET = 300;

interface Found {
  readonly given: Trial;
  readonly best: Trial | undefined;
  readonly pareto: readonly Trial[];
  readonly runs: number;
}

/** `metrics-lab tune`. Raises ML-SIM-*; 99 when nothing that was tried meets every expectation. */
export async function run(context: CommandContext, flags: Flags): Promise<ExitName | undefined> {
  const path = flags.text('file');
  if (path === undefined) throw unfit('there is no HPA', 'name its file with -f hpa.yaml');
  const files = new InputFiles(context);
  const setup = await readSetup(flags, files);
  if (setup.expectations.length === 0) {
    throw unfit('there is nothing to tune for', "say what must be true, with --expect 'p95(wait) < 30s'");
  }
  const { name, text } = await files.read(path, HPA_CHARACTERS);
  const file = parseHpaFile(text, name, setup.minor);
  const start = candidateOf(file.hpa.spec);
  if (start === undefined)
    throw unfit('the HPA has several metrics, or one without a target', 'keep one metric in the file');
  const found = await tune(context, file, setup, start, flags.number('budget') ?? BUDGET);
  const { spec } = file.hpa;
  const patch = found.best === undefined ? null : { spec: patchOf(file, found.best.candidate) };
  await context.output.print({
    kind: 'Tuning',
    data: {
      file: file.file,
      runs: found.runs,
      given: trialDocument(file, found.given),
      pareto: found.pareto.map((trial) => trialDocument(file, trial)),
      patch,
    },
    items: found.pareto.map((trial) => trialDocument(file, trial)),
    text: () => foundText(found, patch, (target) => targetText(spec, target)),
  });
  return found.best === undefined ? 'thresholds' : undefined;
}

async function tune(
  { clock, signal, io }: CommandContext,
  file: HpaFile,
  setup: Setup,
  start: Candidate,
  budget: number,
): Promise<Found> {
  let runs = 0;
  const trials = await search({
    start,
    budget,
    zero: (file.hpa.spec.minReplicas ?? 1) === 0,
    random: seededRandom(setup.seed, 'tune'),
    run: async (candidate) => {
      const hpa = { ...file.hpa, spec: specOf(file.hpa.spec, candidate) };
      const pause = () => clock.sleep(0, signal);
      const { summary, expectations } = await runHpa({ ...file, hpa }, setup, pause, { timeline: false });
      runs += 1;
      io.emit({ type: 'progress', label: 'trying configurations', done: runs, total: budget });
      await pause();
      return {
        candidate,
        failed: expectations.filter(({ passed }) => !passed).length,
        cost: summary.replicaSeconds,
        wait: summary.wait?.p95 ?? 0,
      };
    },
  });
  const [given] = trials;
  if (given === undefined) throw new LabError('ML-INTERNAL', { text: 'a search without a first run' });
  const best = trials.reduce((left, right) => (isBetter(right, left) ? right : left));
  return { given, best: best.failed === 0 ? best : undefined, pareto: pareto(trials), runs };
}

/** Only what differs from the file, as a merge patch; lists whole. */
function patchOf({ hpa }: HpaFile, candidate: Candidate): object {
  const tuned = specOf(hpa.spec, candidate);
  const { minReplicas, maxReplicas, metrics, behavior } = tuned;
  return { minReplicas, maxReplicas, metrics, behavior };
}

function trialDocument({ hpa }: HpaFile, { candidate, failed, cost, wait }: Trial): Record<string, unknown> {
  const { target, ...rest } = candidate;
  return {
    target: targetText(hpa.spec, target),
    ...rest,
    replicaSeconds: cost,
    waitP95: wait,
    failedExpectations: failed,
  };
}

function foundText(
  { given, best, pareto: set, runs }: Found,
  patch: object | null,
  target: (value: number) => string,
): string {
  const row = (label: string, { candidate, cost, wait, failed }: Trial) => [
    label,
    target(candidate.target),
    `${candidate.min}-${candidate.max}`,
    `${candidate.scaleDownWindowSeconds}s`,
    `${candidate.upPercent}% / ${candidate.upPods} pods`,
    plain(cost),
    about(wait),
    failed === 0 ? paint('green', 'all met') : paint('red', `${failed} not met`),
  ];
  const header = ['', 'TARGET', 'MIN-MAX', 'DOWN WINDOW', 'UP PER 15s', 'REPLICA-SECONDS', 'P95 WAIT', 'EXPECTATIONS'];
  const table = columns(header, [
    row('as given', given),
    ...set.map((trial) => row(trial === best ? 'cheapest' : '', trial)),
  ]);
  if (best === undefined) return `${table}\n\nnone of ${runs} configurations meets every expectation`;
  return `${table}\n\n${runs} configurations tried; the cheapest one as a patch:\n\n${stringify(patch).trimEnd()}`;
}
