import { resolve } from 'node:path';
import type { Bundle, BundleSample } from '../../explain/bundle.ts';
import { bundleText, readBundle } from '../../explain/bundle-schema.ts';
import { collect, type Collected } from '../../explain/collect.ts';
import { explainBundle } from '../../explain/explain.ts';
import type { ExplainedHpa, Explanation } from '../../explain/explanation.ts';
import { sampleSeries } from '../../explain/sample.ts';
import { LabError } from '../../errors/lab-error.ts';
import type { CommandContext } from '../context.ts';
import type { Flags } from '../flags.ts';
import { nearest } from '../nearest.ts';
import { clusterToRead, type ReadCluster } from './cluster.ts';

/** What of an explanation is kept: of many HPAs only what will be printed. */
export type Keep = (hpa: ExplainedHpa) => ExplainedHpa;

/** Explains a cluster, or a recording with --from. Raises ML-EXPLAIN-*, ML-KUBE-*, ML-LAB-NOT-FOUND, ML-USAGE. */
export async function gather(context: CommandContext, flags: Flags, keep: Keep): Promise<Explanation> {
  const name = flags.text('name');
  const from = flags.text('from');
  const all = flags.has('all');
  const conflict = conflictOf(flags, ['all', 'name'], ['all', 'record'], ['all', 'namespace'], ['from', 'for']);
  if (conflict !== undefined) throw conflict;
  if (from !== undefined) return explainFile(context, from, name, keep);
  const cluster = await clusterToRead(context, flags);
  try {
    return await explainCluster(context, flags, cluster, { name, namespace: all ? null : cluster.namespace, keep });
  } finally {
    cluster.client.close();
  }
}

/** Flags and arguments that exclude each other, by their names. */
function conflictOf(flags: Flags, ...pairs: readonly (readonly [string, string])[]): LabError | undefined {
  const pair = pairs.find(([one, other]) => flags.has(one) && flags.has(other));
  if (pair === undefined) return undefined;
  const [one, other] = pair.map((word) => (word === 'name' ? 'the name of an HPA' : `--${word}`));
  return new LabError('ML-USAGE', { problem: `${one} and ${other} cannot be given together` });
}

interface Wanted {
  readonly name: string | undefined;
  /** null = all namespaces. */
  readonly namespace: string | null;
  readonly keep: Keep;
}

async function explainCluster(
  context: CommandContext,
  flags: Flags,
  { client, context: kubeContext, namespace: own, syncPeriodSeconds }: ReadCluster,
  { name, namespace, keep }: Wanted,
): Promise<Explanation> {
  const { clock, signal } = context;
  const options = {
    namespace,
    clock,
    signal,
    ...(context.globals.timeoutMs === undefined ? {} : { timeoutMs: context.globals.timeoutMs }),
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
  const collected = await collect(client, { ...options, series });
  if (name !== undefined && !collected.names.includes(name))
    throw noHpa(name, own, collected.names, collected.pausedBy);
  const hpas = await explainAll(context, collected, flags.text('record'), name, keep);
  return { server: client.server, context: kubeContext, namespace: namespace ?? '', at, hpas };
}

async function explainAll(
  context: CommandContext,
  { bundles }: Collected,
  record: string | undefined,
  name: string | undefined,
  keep: Keep,
): Promise<ExplainedHpa[]> {
  const hpas: ExplainedHpa[] = [];
  for await (const bundle of bundles()) {
    if (record !== undefined) write(context, record, bundle);
    for (const hpa of explainBundle(bundle, name)) hpas.push(keep(hpa));
  }
  return hpas;
}

function write({ cwd, files, globals, streams }: CommandContext, path: string, bundle: Bundle): void {
  files.writeAtomic(resolve(cwd, path), bundleText(bundle), 0o600);
  if (!globals.quiet) streams.stderr.write(`recorded: ${path}\n`);
}

/** A bundle is a namespace at one moment; more than this is none. */
const BUNDLE_CHARACTERS = 100_000_000;

async function explainFile(
  context: CommandContext,
  path: string,
  name: string | undefined,
  keep: Keep,
): Promise<Explanation> {
  const { InputFiles } = await import('../simulate/input-files.ts');
  const file = await new InputFiles(context).read(path, BUNDLE_CHARACTERS);
  const bundle = readBundle(file.text, file.name);
  const all = [...explainBundle(bundle)];
  const namespace = all[0]?.namespace ?? '';
  const wanted = name === undefined ? all : all.filter((hpa) => hpa.name === name);
  const names = all.map((hpa) => hpa.name);
  if (name !== undefined && wanted.length === 0) throw noHpa(name, namespace, names);
  return { server: file.name, context: null, namespace, at: bundle.recordedAt, hpas: wanted.map(keep) };
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
