import { inspectHpas } from '../../explain/inspect/inspect.ts';
import type { Inspection } from '../../explain/inspect/inspection.ts';
import { LabError } from '../../errors/lab-error.ts';
import { labPorts } from '../container/lab-ports.ts';
import type { CommandContext } from '../context.ts';
import { namesCluster, readerOptions, withCluster } from '../explain/cluster.ts';
import type { Flags } from '../flags.ts';
import { labSource } from '../inspect/source-values.ts';
import { inspectionText } from '../inspect/text.ts';
import { labName } from '../lab/lab-name.ts';
import { nearest } from '../nearest.ts';

/** `metrics-lab inspect hpa [name]`. Raises ML-EXPLAIN-NO-HPA, ML-KUBE-*, ML-LAB-NOT-FOUND. */
export async function run(context: CommandContext, flags: Flags): Promise<undefined> {
  const { clock, output, streams, globals } = context;
  const name = flags.text('name');
  const api = (flags.text('api') ?? 'v2') as Inspection['api'];
  await withCluster(context, flags, async ({ client, context: kubeContext, namespace }) => {
    const { hpas, names } = await inspectHpas(client, {
      ...readerOptions(context),
      namespace,
      ...(name === undefined ? {} : { name }),
      api,
      source: namesCluster(context, flags)
        ? () => Promise.resolve(null)
        : labSource(labPorts(context), await labName(context)),
    });
    if (name !== undefined && hpas.length === 0) {
      const others =
        names.length === 0 ? 'the namespace has no HPA' : `the nearest names are: ${nearest(name, names).join(', ')}`;
      throw new LabError('ML-EXPLAIN-NO-HPA', { name, namespace, others });
    }
    if (hpas.length === 0 && !globals.quiet) streams.stderr.write(`No HPAs found in namespace ${namespace}.\n`);
    const at = new Date(clock.now()).toISOString();
    const inspection: Inspection = { server: client.server, context: kubeContext, namespace, at, api, hpas };
    await output.print({
      kind: 'HpaInspection',
      data: { ...inspection },
      items: hpas.map((hpa) => ({ ...hpa })),
      names: hpas.map((hpa) => `horizontalpodautoscaler/${hpa.name}`),
      text: (page) => inspectionText(inspection, page),
    });
  });
}
