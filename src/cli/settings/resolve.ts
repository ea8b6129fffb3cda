import { PIPELINE_NAMES, PIPELINES } from '../../contracts/pipelines.ts';
import type { Files } from '../../contracts/files.ts';
import { LabError } from '../../errors/lab-error.ts';
import type { UserPaths } from '../../platform/paths.ts';
import type { QueueUrls } from '../context.ts';
import type { Flags } from '../flags.ts';
import type { Env, InStream } from '../streams.ts';
import { assignments } from './assignments.ts';
import { checkBackendFlags } from './backend-flags.ts';
import { draftOf } from './draft.ts';
import { FIELDS, fieldAt, inFileForm } from './fields.ts';
import { findFiles } from './find-files.ts';
import { defaultLayer, envLayer, fileLayer, flagLayer, type Origin } from './layers.ts';
import { checkPipelineFlags } from './pipeline-flags.ts';
import type { SettingEntry, Settings } from './settings.ts';

export interface SettingsSources {
  readonly flags: Flags;
  readonly env: Env;
  readonly cwd: string;
  readonly files: Files;
  readonly stdin: InStream;
  readonly queueUrls: QueueUrls;
  readonly signal: AbortSignal;
  readonly paths: UserPaths;
  /** --config or METRICS_LAB_CONFIG. */
  readonly config: string | undefined;
  /** --context and --kubeconfig are not about the lab's backend. */
  readonly anyCluster?: boolean;
}

/**
 * The settings out of flags > METRICS_LAB_* > lab file > user's file > defaults. Raises ML-USAGE-CONFIG with every problem of
 * files and environment at once, ML-USAGE-CONFIG-FILE, ML-USAGE-SET, ML-USAGE-SECRET, ML-USAGE-BACKEND-FLAG,
 * ML-USAGE-PIPELINE-FLAG, ML-QUEUE-URL.
 */
export async function resolveSettings(sources: SettingsSources): Promise<Settings> {
  const { flags, env, cwd, files, stdin, signal, config, paths, queueUrls, anyCluster } = sources;
  const found = await findFiles({ files, cwd, stdin, signal, config, userFile: paths.configFile });
  const layers = found.map(fileLayer);
  const variables = envLayer(env, cwd);
  const typed = flagLayer(flags, await assignments(flags), cwd);
  failFor([...layers, variables].flatMap(({ problems }) => problems));
  const values = new Map<string, Origin>();
  for (const entry of [...defaultLayer(), ...layers.flatMap((layer) => layer.values), ...variables.values, ...typed]) {
    values.set(entry.path, entry);
  }
  for (const entry of pipelineDefaults(values)) values.set(entry.path, entry);
  failFor(contradictions(values));
  const draft = draftOf(values);
  if (draft.queue.url !== undefined) queueUrls.check(draft.queue.url, draft.queue.kind);
  const checkFlags: Settings['checkFlags'] = ({ backend, pipeline }) => {
    checkBackendFlags(flags, backend, anyCluster);
    checkPipelineFlags(typed, pipeline);
  };
  checkFlags(draft);
  return {
    draft,
    entries: inOrder(values).map((entry) => entryOf(entry, queueUrls)),
    files: found.map(({ name }) => name),
    checkFlags,
  };
}

/** A pipeline has defaults of its own for what nobody said. */
function pipelineDefaults(values: ReadonlyMap<string, Origin>): readonly Origin[] {
  const name = PIPELINE_NAMES.find((known) => known === values.get('pipeline')?.value);
  return Object.entries(name === undefined ? {} : PIPELINES[name].defaults).flatMap(([path, text]) => {
    const field = fieldAt(path);
    if (field === undefined || values.get(path)?.origin !== 'default') return [];
    return [{ path, value: field.parse(text, path), origin: 'default' }];
  });
}

/** A broken file can have a thousand problems; nobody reads more than these. */
const SHOWN_PROBLEMS = 30;

/** Raises ML-USAGE-CONFIG when there is a problem. */
export function failFor(problems: readonly string[]): void {
  if (problems.length === 0) return;
  const rest = problems.length - SHOWN_PROBLEMS;
  const shown = rest > 0 ? [...problems.slice(0, SHOWN_PROBLEMS), `and ${rest} more`] : problems;
  throw new LabError('ML-USAGE-CONFIG', { count: problems.length, problems: shown.join('\n') });
}

function contradictions(values: ReadonlyMap<string, Origin>): string[] {
  const [min, max] = [values.get('hpa.min'), values.get('hpa.max')];
  if (min === undefined || max === undefined || Number(min.value) <= Number(max.value)) return [];
  return [
    `hpa.min is ${Number(min.value)} (${min.origin}), more than hpa.max, which is ${Number(max.value)} (${max.origin})`,
  ];
}

function inOrder(values: ReadonlyMap<string, Origin>): Origin[] {
  const named = FIELDS.flatMap(({ path }) => values.get(path) ?? []);
  return [...named, ...[...values.values()].filter((entry) => !named.includes(entry))];
}

function entryOf({ path, value, origin }: Origin, { mask }: QueueUrls): SettingEntry {
  if (typeof value === 'object') return { path, value, origin };
  return { path, value: path === 'queue.url' ? mask(String(value)) : inFileForm(path, value), origin };
}
