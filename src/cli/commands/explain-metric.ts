import { METRICS } from '../../explain/reference/metrics.ts';
import type { CommandContext } from '../context.ts';
import { explainTopic } from '../explain/topics.ts';
import type { Flags } from '../flags.ts';

/** `metrics-lab explain metric [name]`. Raises ML-USAGE-TOPIC. */
export async function run(context: CommandContext, flags: Flags): Promise<undefined> {
  await explainTopic(context, { word: 'metric', kind: 'Metric', topics: METRICS }, flags.text('name'));
}
