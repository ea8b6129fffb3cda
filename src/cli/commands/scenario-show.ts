import type { CommandContext } from '../context.ts';
import type { Flags } from '../flags.ts';
import { readScenario } from '../scenario/find.ts';

/** `metrics-lab scenario show FILE|NAME`: its text as it is, comments too. Raises ML-SCENARIO-*. */
export async function run(context: CommandContext, flags: Flags): Promise<undefined> {
  const { file, text, scenario } = await readScenario(context, flags.text('scenario') ?? '');
  const { name, description, seed, seconds } = scenario;
  const expectations = scenario.expectations.map((one) => one.text);
  await context.output.print({
    kind: 'ScenarioFile',
    data: { file, name, description, seed, seconds, expectations, text },
    text: () => text.trimEnd(),
  });
}
