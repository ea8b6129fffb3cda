import { resolve } from 'node:path';
import type { KubeClient } from '../../contracts/kube-client.ts';
import type { Bundle, BundleSample } from '../../explain/bundle.ts';
import { bundleText, readBundle } from '../../explain/bundle-schema.ts';
import { collect, type Collected } from '../../explain/collect.ts';
import { explainBundle, type ExplainOptions } from '../../explain/explain.ts';
import type { ExplainedHpa, Explanation } from '../../explain/explanation.ts';
import { keptDecisions } from '../../explain/decisions.ts';
import { sampleSeries } from '../../explain/sample.ts';
import { LabError } from '../../errors/lab-error.ts';
import type { CommandContext } from '../context.ts';
import type { Flags } from '../flags.ts';
import { nearest } from '../nearest.ts';
import { type ReadCluster, readerOptions, withCluster } from './cluster.ts';

/** Explains a cluster, or a recording with --from. Raises ML-EXPLAIN-*, ML-KUBE-*, ML-LAB-NOT-FOUND, ML-USAGE. */
export async function gather(context: CommandContext, flags: Flags): Promise<Explanation> {
  const name = flags.text('name');
  const from = flags.text('from');
  const all = flags.has('all');
  if (from !== undefined) return explainFile(context, flags, from, name);
  return withCluster(context, flags, (cluster) =>
    explainCluster(context, flags, cluster, { name, namespace: all ? null : cluster.namespace }),
  );
}

const EXCLUSIVE = [
  ['all', 'name'],
  ['all', 'record'],
  ['all', 'namespace'],
  ['from', 'for'],
  ['from', 'watch'],
  ['record', 'watch'],
  ['since', 'watch'],
  ['fail-on', 'watch'],
] as const;

/** Raises ML-USAGE for flags that make no sense together. */
export function checkFlags(flags: Flags): void {
  const pair = EXCLUSIVE.find(([one, other]) => flags.has(one) && flags.has(other));
  if (pair === undefined) return;
  const [one, other] = pair.map((word) => (word === 'name' ? 'the name of an HPA' : `--${word}`));
  throw new LabError('ML-USAGE', { problem: `${one} and ${other} cannot be given together` });
}

interface Wanted {
  readonly name: string | undefined;
  /** null = all namespaces. */
  readonly namespace: string | null;
}

async function explainCluster(
  context: CommandContext,
  flags: Flags,
  { client, context: kubeContext, namespace: own, syncPeriodSeconds }: ReadCluster,
  { name, namespace }: Wanted,
): Promise<Explanation> {
  const { clock, signal } = context;
  const options = {
    ...readerOptions(context),
    namespace,
    ...(name === undefined ? {} : { name }),
    ...(syncPeriodSeconds === undefined ? {} : { syncPeriodSeconds }),
  };
  const forMs = flags.number('for');
  const everyMs = Math.min(5, (syncPeriodSeconds ?? 15) / 3) * 1000;
  if (forMs !== undefined && !context.globals.quiet) context.streams.stderr.write(`looking for ${forMs / 1000} s\n`);
  const series =
    forMs === undefined
      ? new Map<string, readonly BundleSample[]>()
      : await sampleSeries(client, { ...options, forMs, everyMs });
  const at = new Date(clock.now()).toISOString();
  const collected = await collect(client, { ...options, series, withV1: flags.has('record') });
  if (name !== undefined && !collected.names.includes(name))
    throw noHpa(name, own, collected.names, collected.pausedBy);
  const explained = await explainAll(context, collected, flags, name);
  const sinceMs = flags.number('since');
  const hpas =
    sinceMs === undefined ? explained : await withDecisions(client, explained, clock.now() - sinceMs, signal);
  return { server: client.server, context: kubeContext, namespace: namespace ?? '', at, hpas };
}

/** Adds what an embedded cluster keeps of its decisions, of which only those count that say something new. */
async function withDecisions(
  client: KubeClient,
  hpas: readonly ExplainedHpa[],
  fromMs: number,
  signal: AbortSignal,
): Promise<ExplainedHpa[]> {
  const kept = (await keptDecisions(client, signal)) ?? [];
  return hpas.map((hpa) => {
    const own = kept.filter(
      ({ namespace, name, at }) => namespace === hpa.namespace && name === hpa.name && Date.parse(at) >= fromMs,
    );
    const news = own.filter(({ text }, index) => text !== own[index - 1]?.text);
    const entries = news.map(({ at, text }) => ({ at, text, source: 'decision that the cluster kept' }));
    const history = [...hpa.history, ...entries].toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
    return { ...hpa, history };
  });
}

async function explainAll(
  context: CommandContext,
  { bundles }: Collected,
  flags: Flags,
  name: string | undefined,
): Promise<ExplainedHpa[]> {
  const record = flags.text('record');
  const hpas: ExplainedHpa[] = [];
  for await (const bundle of bundles()) {
    if (record !== undefined) write(context, record, bundle);
    hpas.push(...explainBundle(bundle, explainOptions(flags, name)));
  }
  return hpas;
}

function write({ cwd, files, globals, streams }: CommandContext, path: string, bundle: Bundle): void {
  files.writeAtomic(resolve(cwd, path), bundleText(bundle), 0o600);
  if (!globals.quiet) streams.stderr.write(`recorded: ${path}\n`);
}

function explainOptions(flags: Flags, name?: string): ExplainOptions {
  const sinceMs = flags.number('since');
  const brief = flags.has('all');
  return { brief, ...(name === undefined ? {} : { name }), ...(sinceMs === undefined ? {} : { sinceMs }) };
}

/** A bundle is a namespace at one moment; more than this is none. */
const BUNDLE_CHARACTERS = 100_000_000;

async function explainFile(
  context: CommandContext,
  flags: Flags,
  path: string,
  name: string | undefined,
): Promise<Explanation> {
  const { InputFiles } = await import('../simulate/input-files.ts');
  const file = await new InputFiles(context).read(path, BUNDLE_CHARACTERS);
  const bundle = readBundle(file.text, file.name);
  const all = [...explainBundle(bundle, explainOptions(flags))];
  const namespace = all[0]?.namespace ?? '';
  const wanted = name === undefined ? all : all.filter((hpa) => hpa.name === name);
  const names = all.map((hpa) => hpa.name);
  if (name !== undefined && wanted.length === 0) throw noHpa(name, namespace, names);
  return { server: file.name, context: null, namespace, at: bundle.recordedAt, hpas: wanted };
}

function noHpa(name: string, namespace: string, names: readonly string[], paused: string | null = null): LabError {
  if (paused !== null) {
    const others = `ScaledObject ${paused} is paused, and KEDA removes the HPA of a paused one`;
    return new LabError('ML-EXPLAIN-NO-HPA', { name, namespace, others });
  }
  const near = nearest(name, names).join(', ');
  const others = names.length === 0 ? 'the namespace has no HPA' : `the nearest names are: ${near}`;
  return new LabError('ML-EXPLAIN-NO-HPA', { name, namespace, others });
}
