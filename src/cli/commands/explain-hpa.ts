import { readBundle } from '../../explain/bundle-schema.ts';
import { collect } from '../../explain/collect.ts';
import { explainBundle } from '../../explain/explain.ts';
import type { ExplainedHpa, Explanation } from '../../explain/explanation.ts';
import { LabError } from '../../errors/lab-error.ts';
import type { CommandContext } from '../context.ts';
import { clusterToRead } from '../explain/cluster.ts';
import { explanationText } from '../explain/text.ts';
import type { Flags } from '../flags.ts';
import { nearest } from '../nearest.ts';
import { InputFiles } from '../simulate/input-files.ts';

/** `metrics-lab explain hpa [name]`. Raises ML-EXPLAIN-NO-HPA, ML-EXPLAIN-BUNDLE, ML-KUBE-*, ML-LAB-NOT-FOUND. */
export async function run(context: CommandContext, flags: Flags): Promise<undefined> {
  const name = flags.text('name');
  const from = flags.text('from');
  const explanation = await (from === undefined
    ? explainCluster(context, flags, name)
    : explainFile(context, from, name));
  const { hpas, namespace } = explanation;
  if (hpas.length === 0 && !context.globals.quiet)
    context.streams.stderr.write(`No HPAs found in namespace ${namespace}.\n`);
  await context.output.print({
    kind: 'HpaExplanation',
    data: { ...explanation },
    items: hpas.map((hpa) => ({ ...hpa })),
    names: hpas.map((hpa) => `horizontalpodautoscaler/${hpa.name}`),
    text: (page) => explanationText(explanation, page),
  });
}

async function explainCluster(context: CommandContext, flags: Flags, name: string | undefined): Promise<Explanation> {
  const { clock, signal } = context;
  const { client, context: kubeContext, namespace } = await clusterToRead(context, flags);
  try {
    const at = new Date(clock.now()).toISOString();
    const { names, bundles } = await collect(client, {
      namespace,
      clock,
      signal,
      ...(name === undefined ? {} : { name }),
    });
    const hpas: ExplainedHpa[] = [];
    for await (const bundle of bundles()) hpas.push(...explainBundle(bundle, name));
    if (name !== undefined && hpas.length === 0) throw noHpa(name, namespace, names);
    return { server: client.server, context: kubeContext, namespace, at, hpas };
  } finally {
    client.close();
  }
}

/** A bundle is a namespace at one moment; more than this is none. */
const BUNDLE_CHARACTERS = 100_000_000;

/** `--from FILE`: no cluster is asked. */
async function explainFile(context: CommandContext, path: string, name: string | undefined): Promise<Explanation> {
  const file = await new InputFiles(context).read(path, BUNDLE_CHARACTERS);
  const bundle = readBundle(file.text, file.name);
  const all = [...explainBundle(bundle)];
  const namespace = all[0]?.namespace ?? '';
  const hpas = name === undefined ? all : all.filter((hpa) => hpa.name === name);
  if (name !== undefined && hpas.length === 0)
    throw noHpa(
      name,
      namespace,
      all.map((hpa) => hpa.name),
    );
  return { server: file.name, context: null, namespace, at: bundle.recordedAt, hpas };
}

function noHpa(name: string, namespace: string, names: readonly string[]): LabError {
  const near = nearest(name, names).join(', ');
  const others = names.length === 0 ? 'the namespace has no HPA' : `the nearest names are: ${near}`;
  return new LabError('ML-EXPLAIN-NO-HPA', { name, namespace, others });
}
