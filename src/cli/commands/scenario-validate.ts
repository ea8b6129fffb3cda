import type { CommandContext } from '../context.ts';
import type { Flags } from '../flags.ts';
import { readScenario } from '../scenario/find.ts';

/** `metrics-lab scenario validate FILE|NAME`. Raises ML-SCENARIO-INVALID with every problem. */
export async function run(context: CommandContext, flags: Flags): Promise<undefined> {
  const { file, scenario } = await readScenario(context, flags.text('scenario') ?? '');
  const { name, seconds } = scenario;
  await context.output.print({
    kind: 'ScenarioValid',
    data: { file, name, seconds },
    text: () => `${file} is a scenario: ${name}, ${Math.round(seconds)} s`,
  });
}
