import { readBundle } from '../../explain/bundle.ts';
import { collectEvidence } from '../../explain/collect.ts';
import { explain } from '../../explain/explain.ts';
import { explainBundle } from '../../explain/explain-bundle.ts';
import type { Explanation } from '../../explain/explanation.ts';
import { LabError } from '../../errors/lab-error.ts';
import type { CommandContext } from '../context.ts';
import { clusterToRead } from '../explain/cluster.ts';
import { explanationText } from '../explain/text.ts';
import type { Flags } from '../flags.ts';
import { nearest } from '../nearest.ts';
import { InputFiles } from '../simulate/input-files.ts';

/** `metrics-lab explain hpa [name]`. Raises ML-EXPLAIN-NO-HPA, ML-KUBE-*, ML-LAB-NOT-FOUND. */
export async function run(context: CommandContext, flags: Flags): Promise<undefined> {
  const { clock, signal, output, streams, globals } = context;
  const name = flags.text('name');
  const from = flags.text('from');
  if (from !== undefined) return explainFile(context, from, name);
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
    await print(output, explanation);
  } finally {
    client.close();
  }
}

function print(output: CommandContext['output'], explanation: Explanation): Promise<void> {
  const { hpas } = explanation;
  return output.print({
    kind: 'HpaExplanation',
    data: { ...explanation },
    items: hpas.map((hpa) => ({ ...hpa })),
    names: hpas.map((hpa) => `horizontalpodautoscaler/${hpa.name}`),
    text: (page) => explanationText(explanation, page),
  });
}

/** A bundle is a namespace at one moment; more than this is none. */
const BUNDLE_CHARACTERS = 100_000_000;

/** `--from FILE`: no cluster is asked. Raises ML-EXPLAIN-BUNDLE, ML-SIM-FILE. */
async function explainFile(context: CommandContext, path: string, name: string | undefined): Promise<undefined> {
  const file = await new InputFiles(context).read(path, BUNDLE_CHARACTERS);
  const bundle = readBundle(file.text, file.name);
  const hpas = explainBundle(bundle);
  const [first] = hpas;
  const namespace = first?.namespace ?? '';
  const wanted = name === undefined ? hpas : hpas.filter((hpa) => hpa.name === name);
  if (name !== undefined && wanted.length === 0)
    throw noHpa(
      name,
      namespace,
      hpas.map((hpa) => hpa.name),
    );
  const explanation = { server: file.name, context: null, namespace, at: bundle.recordedAt, hpas: wanted };
  await print(context.output, explanation);
}

function noHpa(name: string, namespace: string, names: readonly string[]): LabError {
  const near = nearest(name, names).join(', ');
  const others = names.length === 0 ? 'the namespace has no HPA' : `the nearest names are: ${near}`;
  return new LabError('ML-EXPLAIN-NO-HPA', { name, namespace, others });
}
