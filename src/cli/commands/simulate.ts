import { resolve } from 'node:path';
import type { ExitName } from '../../errors/exit-codes.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { CommandContext } from '../context.ts';
import type { Flags } from '../flags.ts';
import { simulationDocument, timelineCsv, timelineRows, timelinesCsv } from '../simulate/document.ts';
import { readScenario } from '../scenario/find.ts';
import { type HpaFile, parseHpaFiles } from '../simulate/hpa-file.ts';
import { InputFiles } from '../simulate/input-files.ts';
import { type HpaRun, refuseSharedTargets, runHpa } from '../simulate/run-hpa.ts';
import { readSetup, unfit } from '../simulate/setup.ts';
import { comparisonText, severalText } from '../simulate/text.ts';

const HPA_CHARACTERS = 1_000_000;

async function scenarioOf(context: CommandContext, flags: Flags): Promise<Scenario | undefined> {
  const wanted = flags.text('scenario');
  return wanted === undefined ? undefined : (await readScenario(context, wanted)).scenario;
}

/** `metrics-lab simulate`. Raises ML-SIM-*; an expectation that fails is the exit code `thresholds`. */
export async function run(context: CommandContext, flags: Flags): Promise<ExitName | undefined> {
  const { clock, signal, output, streams, globals } = context;
  const paths = flags.list('file');
  if (paths.length === 0) throw unfit('there is no HPA', 'name its file with -f hpa.yaml');
  const files = new InputFiles(context);
  const setup = await readSetup(flags, files, await scenarioOf(context, flags));
  const read = async (path: string) => {
    const { name, text } = await files.read(path, HPA_CHARACTERS);
    return parseHpaFiles(text, name, setup.minor);
  };
  const hpas: HpaFile[] = [];
  for (const path of paths) hpas.push(...(await read(path)));
  refuseSharedTargets(hpas);
  const others: HpaFile[] = [];
  for (const path of flags.list('compare')) others.push(...(await read(path)));
  if (others.length > 0 && (hpas.length > 1 || others.length > flags.list('compare').length))
    throw unfit('--compare and a file with several HPAs', 'one HPA is compared with others: keep one in each file');
  const notes = [...hpas, ...others].flatMap((hpa) => hpa.notes);
  if (!globals.quiet && notes.length > 0 && output.format === 'text') streams.stderr.write(`${notes.join('\n')}\n`);

  const runs: HpaRun[] = [];
  for (const hpa of [...hpas, ...others]) runs.push(await runHpa(hpa, setup, () => clock.sleep(0, signal)));
  const html = flags.text('html');
  if (html !== undefined) {
    const { reportHtml } = await import('../simulate/report-html.ts');
    context.files.writeAtomic(resolve(context.cwd, html), reportHtml(runs, setup, context.commandLine), 0o644);
    if (!globals.quiet) streams.stderr.write(`report: ${html}\n`);
  }
  const shown = runs.slice(0, hpas.length);
  await output.print({
    kind: 'Simulation',
    data: simulationDocument(setup, shown, runs.slice(hpas.length)),
    items: timelineRows(shown),
    csv: () => (shown.length > 1 ? timelinesCsv(shown) : timelineCsv(shown[0]?.timeline ?? [])),
    text: (page) => {
      if (others.length > 0) return comparisonText(runs, page);
      return severalText(shown, page, flags.has('all'));
    },
  });
  return runs.every(({ expectations }) => expectations.every(({ passed }) => passed)) ? undefined : 'thresholds';
}
