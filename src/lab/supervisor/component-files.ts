import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ComponentSpec, ComponentStatus } from '../../contracts/component.ts';
import type { Files } from '../../contracts/files.ts';
import type { ProcessIdentity } from '../../contracts/processes.ts';
import { describe, LabError } from '../../errors/lab-error.ts';
import type { SupervisorPaths } from './paths.ts';

const Identity = z.object({ pid: z.number().int().positive(), startTime: z.string() });
const Probe = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('tcp'), host: z.string(), port: z.number() }),
  z.object({
    kind: z.literal('http'),
    url: z.url(),
    caFile: z.string().exactOptional(),
    certFile: z.string().exactOptional(),
    keyFile: z.string().exactOptional(),
  }),
  z.object({ kind: z.literal('process') }),
]);
const Spec: z.ZodType<ComponentSpec> = z.object({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  command: z.string(),
  args: z.array(z.string()),
  env: z.record(z.string(), z.string()),
  cwd: z.string().exactOptional(),
  after: z.array(z.string()),
  health: Probe,
  graceSeconds: z.number().nonnegative(),
  logFile: z.string(),
  url: z.string().exactOptional(),
});
const Status: z.ZodType<ComponentStatus> = z.object({
  name: z.string(),
  process: Identity.exactOptional(),
  healthy: z.boolean(),
  phase: z.enum(['waiting', 'starting', 'running', 'back-off', 'stopping', 'stopped']),
  restarts: z.number(),
  specHash: z.string(),
  message: z.string(),
  lastExit: z.object({ code: z.number().nullable(), signal: z.string().nullable(), at: z.string() }).exactOptional(),
});
/** `supervisor.json`. */
export interface SupervisorRecord {
  readonly process: ProcessIdentity;
  /** RFC 3339. */
  readonly startedAt: string;
}
const Record: z.ZodType<SupervisorRecord> = z.object({ process: Identity, startedAt: z.string() });

/** What tells one spec from another: the same for specs that mean the same, whatever the order of their fields. */
export function specHash(spec: ComponentSpec): string {
  return createHash('sha256').update(canonical(spec)).digest('hex').slice(0, 16);
}

/** The spec of a component; undefined when there is none. Raises ML-STATE-CORRUPT, ML-STATE-IO. */
export function readSpec(files: Files, paths: SupervisorPaths, name: string): ComponentSpec | undefined {
  const spec = readParsed(files, paths.spec(name), Spec, paths);
  if (spec !== undefined && spec.name !== name) {
    throw corrupt(paths, paths.spec(name), `it is the spec of "${spec.name}", not of "${name}"`);
  }
  return spec;
}

/** Raises ML-STATE-IO. Mode 0600: the environment of a component may hold secrets. */
export function writeSpec(files: Files, paths: SupervisorPaths, spec: ComponentSpec): void {
  files.ensureDir(paths.components, 0o700);
  files.writeAtomic(paths.spec(spec.name), `${JSON.stringify(spec, undefined, 2)}\n`, 0o600);
}

/** The last status the supervisor wrote; undefined when there is none or it cannot be read as one: it is only an observation. */
export function readStatus(files: Files, paths: SupervisorPaths, name: string): ComponentStatus | undefined {
  return readObservation(files, paths.status(name), Status, paths);
}

export function writeStatus(files: Files, paths: SupervisorPaths, status: ComponentStatus): void {
  files.writeAtomic(paths.status(status.name), `${JSON.stringify(status)}\n`, 0o600);
}

export function writeSupervisor(files: Files, paths: SupervisorPaths, record: SupervisorRecord): void {
  files.writeAtomic(paths.record, `${JSON.stringify(record)}\n`, 0o600);
}

/** The supervisor that last wrote the record (it may be dead). */
export function readSupervisor(files: Files, paths: SupervisorPaths): SupervisorRecord | undefined {
  return readObservation(files, paths.record, Record, paths);
}

function readObservation<T>(files: Files, path: string, schema: z.ZodType<T>, paths: SupervisorPaths): T | undefined {
  try {
    return readParsed(files, path, schema, paths);
  } catch (error) {
    if (error instanceof LabError && error.id === 'ML-STATE-CORRUPT') return undefined;
    throw error;
  }
}

function readParsed<T>(files: Files, path: string, schema: z.ZodType<T>, paths: SupervisorPaths): T | undefined {
  const text = files.readText(path);
  if (text === undefined) return undefined;
  let foreign: unknown;
  try {
    foreign = JSON.parse(text);
  } catch (error) {
    throw corrupt(paths, path, describe(error), error);
  }
  const parsed = schema.safeParse(foreign);
  if (!parsed.success) throw corrupt(paths, path, z.prettifyError(parsed.error).replaceAll('\n', '; '));
  return parsed.data;
}

function corrupt(paths: SupervisorPaths, path: string, reason: string, cause?: unknown): LabError {
  const lab = paths.labDir.split('/').at(-1) ?? paths.labDir;
  return new LabError('ML-STATE-CORRUPT', { lab, path, reason }, cause === undefined ? {} : { cause });
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value)
    .filter(([, child]) => child !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, child]) => `${JSON.stringify(name)}:${canonical(child)}`);
  return `{${fields.join(',')}}`;
}
