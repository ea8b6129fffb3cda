import { collectEvidence } from '../../explain/collect.ts';
import { explain } from '../../explain/explain.ts';
import type { Explanation } from '../../explain/explanation.ts';
import { LabError } from '../../errors/lab-error.ts';
import type { CommandContext } from '../context.ts';
import { clusterToRead } from '../explain/cluster.ts';
import { explanationText } from '../explain/text.ts';
import type { Flags } from '../flags.ts';
import { nearest } from '../nearest.ts';

/** `metrics-lab explain hpa [name]`. Raises ML-EXPLAIN-NO-HPA, ML-KUBE-*, ML-LAB-NOT-FOUND. */
export async function run(context: CommandContext, flags: Flags): Promise<undefined> {
  const { clock, signal, output, streams, globals } = context;
  const name = flags.text('name');
  const { client, context: kubeContext, namespace } = await clusterToRead(context, flags);
  try {
    const evidence = await collectEvidence(client, {
      namespace,
      now: clock.now(),
      signal,
      ...(name === undefined ? {} : { name }),
    });
    if (name !== undefined && evidence.hpas.length === 0) throw noHpa(name, namespace, evidence.names);
    const { at } = evidence;
    const explanation: Explanation = {
      server: client.server,
      context: kubeContext,
      namespace,
      at,
      hpas: explain(evidence),
    };
    const { hpas } = explanation;
    if (hpas.length === 0 && !globals.quiet) streams.stderr.write(`No HPAs found in namespace ${namespace}.\n`);
    await output.print({
      kind: 'HpaExplanation',
      data: { ...explanation },
      items: hpas.map((hpa) => ({ ...hpa })),
      names: hpas.map((hpa) => `horizontalpodautoscaler/${hpa.name}`),
      text: (page) => explanationText(explanation, page),
    });
  } finally {
    client.close();
  }
}

function noHpa(name: string, namespace: string, names: readonly string[]): LabError {
  const near = nearest(name, names).join(', ');
  const others = names.length === 0 ? 'the namespace has no HPA' : `the nearest names are: ${near}`;
  return new LabError('ML-EXPLAIN-NO-HPA', { name, namespace, others });
}
