import { join, resolve } from 'node:path';
import { LabError } from '../../errors/lab-error.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { PACKAGE_DIR } from '../container/program-command.ts';
import type { CommandContext } from '../context.ts';
import { nearest } from '../nearest.ts';
import { InputFiles } from '../simulate/input-files.ts';
import { parseScenario } from './scenario-file.ts';

/** The scenarios that come with the program: beside dist/ and src/. */
const SHIPPED = join(PACKAGE_DIR, 'scenarios');
const SUFFIX = '.yaml';
const MOST_CHARACTERS = 256 * 1024;

export interface FoundScenario {
  /** How messages call the file. */
  readonly file: string;
  readonly text: string;
  readonly scenario: Scenario;
}

/** Names of the scenarios that come with the program. */
export function shippedScenarios({ files }: Pick<CommandContext, 'files'>): readonly string[] {
  return files
    .list(SHIPPED)
    .filter((name) => name.endsWith(SUFFIX))
    .map((name) => name.slice(0, -SUFFIX.length));
}

/** A scenario by its file (`-` is stdin) or its name. Raises ML-SCENARIO-NOT-FOUND, ML-SCENARIO-INVALID, ML-SIM-FILE. */
export async function readScenario(context: CommandContext, wanted: string): Promise<FoundScenario> {
  const { file, text } = await scenarioText(context, wanted);
  return { file, text, scenario: parseScenario(text, file) };
}

async function scenarioText(
  context: CommandContext,
  wanted: string,
): Promise<{ readonly file: string; readonly text: string }> {
  const { files, cwd } = context;
  if (wanted === '-' || files.exists(resolve(cwd, wanted))) {
    const { name, text } = await new InputFiles(context).read(wanted, MOST_CHARACTERS);
    return { file: name, text };
  }
  const names = shippedScenarios(context);
  const text = names.includes(wanted) ? files.readText(join(SHIPPED, `${wanted}${SUFFIX}`)) : undefined;
  if (text !== undefined) return { file: `${wanted}${SUFFIX}`, text };
  throw new LabError('ML-SCENARIO-NOT-FOUND', { name: wanted, nearest: nearest(wanted, names).join(', ') });
}
