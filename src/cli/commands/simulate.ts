import { resolve } from 'node:path';
import type { ExitName } from '../../errors/exit-codes.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { CommandContext } from '../context.ts';
import type { Flags } from '../flags.ts';
import { runDocument, setupDocument, timelineCsv } from '../simulate/document.ts';
import { readScenario } from '../scenario/find.ts';
import { parseHpaFile } from '../simulate/hpa-file.ts';
import { InputFiles } from '../simulate/input-files.ts';
import { type HpaRun, runHpa } from '../simulate/run-hpa.ts';
import { readSetup, unfit } from '../simulate/setup.ts';
import { comparisonText, runText } from '../simulate/text.ts';

const HPA_CHARACTERS = 1_000_000;

async function scenarioOf(context: CommandContext, flags: Flags): Promise<Scenario | undefined> {
  const wanted = flags.text('scenario');
  return wanted === undefined ? undefined : (await readScenario(context, wanted)).scenario;
}

/** `metrics-lab simulate`. Raises ML-SIM-*; an expectation that fails is the exit code `thresholds`. */
export async function run(context: CommandContext, flags: Flags): Promise<ExitName | undefined> {
  const { clock, signal, output, streams, globals } = context;
  const file = flags.text('file');
  if (file === undefined) throw unfit('there is no HPA', 'name its file with -f hpa.yaml');
  const files = new InputFiles(context);
  const setup = await readSetup(flags, files, await scenarioOf(context, flags));
  const read = async (path: string) => {
    const { name, text } = await files.read(path, HPA_CHARACTERS);
    return parseHpaFile(text, name, setup.minor);
  };
  const hpas = [await read(file)];
  for (const other of flags.list('compare')) hpas.push(await read(other));
  const notes = hpas.flatMap((hpa) => hpa.notes);
  if (!globals.quiet && notes.length > 0 && output.format === 'text') streams.stderr.write(`${notes.join('\n')}\n`);

  const runs: HpaRun[] = [];
  for (const hpa of hpas) runs.push(await runHpa(hpa, setup, () => clock.sleep(0, signal)));
  const [first, ...others] = runs;
  if (first === undefined) throw unfit('there is no HPA', 'name its file with -f hpa.yaml');
  const html = flags.text('html');
  if (html !== undefined) {
    const { reportHtml } = await import('../simulate/report-html.ts');
    context.files.writeAtomic(resolve(context.cwd, html), reportHtml(runs, setup, context.commandLine), 0o644);
    if (!globals.quiet) streams.stderr.write(`report: ${html}\n`);
  }
  await output.print({
    kind: 'Simulation',
    data: {
      ...setupDocument(setup),
      ...runDocument(first),
      ...(others[0] === undefined ? {} : { compare: runDocument(others[0]) }),
      ...(others.length > 1 ? { comparisons: others.map(runDocument) } : {}),
    },
    items: first.timeline.map((entry) => ({ ...entry })),
    csv: () => timelineCsv(first.timeline),
    text: (page) => (others.length === 0 ? runText(first, page, flags.has('all')) : comparisonText(runs, page)),
  });
  return runs.every(({ expectations }) => expectations.every(({ passed }) => passed)) ? undefined : 'thresholds';
}
