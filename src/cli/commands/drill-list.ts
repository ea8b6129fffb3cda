import { DRILLS } from '../../drill/registry.ts';
import type { CommandContext } from '../context.ts';
import { columns } from '../text/columns.ts';

/** `metrics-lab drill list`. */
export async function run({ output }: CommandContext): Promise<undefined> {
  const items = DRILLS.map(({ id, title, finding, teaches }) => ({ id, title, finding, teaches }));
  await output.print({
    kind: 'DrillList',
    data: { items },
    items,
    names: items.map(({ id }) => id),
    text: () =>
      columns(
        ['ID', 'WHAT HAPPENS'],
        items.map(({ id, title }) => [id, title]),
      ),
  });
}
