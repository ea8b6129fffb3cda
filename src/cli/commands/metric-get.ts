import { z } from 'zod';
import { LabError } from '../../errors/lab-error.ts';
import { parseAs } from '../../kube/objects.ts';
import type { CommandContext } from '../context.ts';
import { withCluster } from '../explain/cluster.ts';
import type { Flags } from '../flags.ts';
import { metricTarget, targetPath } from '../metric/target.ts';
import { columns } from '../text/columns.ts';

const External = z.object({
  metricLabels: z.record(z.string(), z.string()).default({}),
  timestamp: z.string(),
  value: z.string(),
});
const Custom = z.object({
  describedObject: z.object({ kind: z.string(), name: z.string() }),
  timestamp: z.string(),
  value: z.string(),
});
const List = z.object({ items: z.array(z.union([Custom, External])).nullish() });

/** `metrics-lab metric get <name>`: through the API server, as the HPA controller does. Raises ML-METRIC-NO-VALUE with the answer. */
export async function run(context: CommandContext, flags: Flags): Promise<undefined> {
  const name = flags.text('name') ?? '';
  const target = metricTarget(name);
  await withCluster(context, flags, async ({ client, namespace }) => {
    const external = target.kind === 'external';
    const root = external ? '/apis/external.metrics.k8s.io/v1beta1' : '/apis/custom.metrics.k8s.io/v1beta2';
    const selector = flags.text('selector');
    const query = selector === undefined ? {} : { [external ? 'labelSelector' : 'metricLabelSelector']: selector };
    const path = `${root}/namespaces/${namespace}/${targetPath(target)}`;
    const answer = await client
      .json('GET', path, undefined, { query, signal: context.signal })
      .catch((error: unknown) => {
        if (!(error instanceof LabError) || error.id !== 'ML-KUBE-STATUS') throw error;
        const reason = `${error.params['code']}: ${error.params['message']}`;
        throw new LabError('ML-METRIC-NO-VALUE', { metric: name, reason }, { cause: error });
      });
    const items = parseAs(List, answer, 'a list of metric values').items ?? [];
    if (items.length === 0) throw new LabError('ML-METRIC-NO-VALUE', { metric: name, reason: 'the list is empty' });
    const values = items.map((item) => ({ of: ofText(item), value: item.value, timestamp: item.timestamp }));
    await context.output.print({
      kind: 'MetricValues',
      data: { metric: name, namespace, values },
      items: values,
      names: values.map(({ value }) => value),
      text: () =>
        columns(
          ['VALUE', 'OF', 'TIME'],
          values.map(({ of, value, timestamp }) => [value, of, timestamp]),
        ),
    });
  });
}

function ofText(item: z.infer<typeof Custom> | z.infer<typeof External>): string {
  if ('describedObject' in item) return `${item.describedObject.kind}/${item.describedObject.name}`;
  return Object.entries(item.metricLabels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}
