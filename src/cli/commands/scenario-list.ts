import type { CommandContext } from '../context.ts';
import { readScenario, shippedScenarios } from '../scenario/find.ts';
import { clock } from '../simulate/numbers.ts';
import { columns } from '../text/columns.ts';

/** `metrics-lab scenario list`. */
export async function run(context: CommandContext): Promise<undefined> {
  const found = await Promise.all(shippedScenarios(context).map((name) => readScenario(context, name)));
  const items = found.map(({ scenario: { name, description, seconds } }) => ({ name, description, seconds }));
  await context.output.print({
    kind: 'ScenarioList',
    data: { scenarios: items },
    items,
    names: items.map(({ name }) => name),
    text: () =>
      columns(
        ['NAME', 'TAKES', 'WHAT IT SHOWS'],
        items.map(({ name, seconds, description }) => [name, clock(seconds), description]),
      ),
  });
}
