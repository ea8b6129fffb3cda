import { FIELDS, fieldPath } from '../../explain/reference/fields.ts';
import type { CommandContext } from '../context.ts';
import { explainTopic } from '../explain/topics.ts';
import type { Flags } from '../flags.ts';

/** `metrics-lab explain field [path]`. Raises ML-USAGE-TOPIC. */
export async function run(context: CommandContext, flags: Flags): Promise<undefined> {
  const path = flags.text('path');
  const wanted = path === undefined ? undefined : fieldPath(path);
  const reference = { word: 'field', kind: 'HpaField', topics: FIELDS };
  await explainTopic(context, reference, wanted === '' ? undefined : wanted);
}
