import type { ExitName } from '../../errors/exit-codes.ts';
import { asLabError, describe } from '../../errors/lab-error.ts';
import { type LabObserver, observeLab } from '../../lab/observe.ts';
import { runScenario, type ScenarioOutcome } from '../../scenario/run.ts';
import type { CommandContext } from '../context.ts';
import { labPorts } from '../container/lab-ports.ts';
import type { Flags } from '../flags.ts';
import { labName } from '../lab/lab-name.ts';
import { API_VERSION } from '../output/output.ts';
import { type FoundScenario, readScenario } from '../scenario/find.ts';
import { RunResults } from '../scenario/results.ts';
import { timelineCsv } from '../simulate/document.ts';
import { runText } from '../simulate/text.ts';

/**
 * `metrics-lab scenario run FILE|NAME`. Results are written whatever happens; a missed expectation is the exit code `thresholds`.
 * Raises ML-SCENARIO-*, ML-LAB-*, and what ended the run before its time.
 */
export async function run(context: CommandContext, flags: Flags): Promise<ExitName | undefined> {
  const found = await readScenario(context, flags.text('scenario') ?? '');
  const observer = await observeLab(labPorts(context), await labName(context));
  try {
    return await runOn(context, observer, found);
  } finally {
    await observer.close();
  }
}

async function runOn(context: CommandContext, lab: LabObserver, found: FoundScenario): Promise<ExitName | undefined> {
  const { clock, signal, output, streams, globals, paths, files, io } = context;
  const { scenario } = found;
  const startedAt = clock.now();
  const results = new RunResults(files, paths.runsDir, scenario.name, startedAt);
  const total = Math.round(scenario.seconds);
  const outcome = await runScenario({
    scenario,
    lab,
    clock,
    signal,
    onSample: (entry) => {
      results.sample(entry);
      const done = Math.min(Math.round(entry.time), total);
      io.emit({ type: 'progress', label: `running ${scenario.name}`, done, total });
    },
  });
  const times = { startedAt: new Date(startedAt).toISOString(), endedAt: new Date(clock.now()).toISOString() };
  const data = { id: results.id, lab: lab.spec.lab, ...times, ...documentOf(found, outcome) };
  results.run({ apiVersion: API_VERSION, kind: 'ScenarioRun', ...data });
  if (!globals.quiet) streams.stderr.write(`results: ${results.dir}\n`);
  const { timeline, fault } = outcome;
  if (fault !== undefined) throw fault instanceof Error ? fault : asLabError(fault);
  await output.print({
    kind: 'ScenarioRun',
    data,
    items: timeline.map((entry) => ({ ...entry })),
    csv: () => timelineCsv(timeline),
    text: (page) => runText(outcome, page, false),
  });
  return outcome.expectations.every(({ passed }) => passed) ? undefined : 'thresholds';
}

/** Whether it came to its end, and the same fields as a simulation's run. */
function documentOf({ file, scenario }: FoundScenario, outcome: ScenarioOutcome): Readonly<Record<string, unknown>> {
  const { min, max, timeline, summary, expectations, fault } = outcome;
  const { name, seed, seconds } = scenario;
  const end = { complete: fault === undefined, fault: fault === undefined ? null : describe(fault) };
  return { ...end, file, name, seed, seconds, min, max, notes: [], timeline, summary, expectations };
}
