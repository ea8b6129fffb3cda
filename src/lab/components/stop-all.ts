import { OWNER_ENV } from '../../contracts/component.ts';
import type { ComponentSpec } from '../../contracts/component.ts';
import type { ProcessIdentity } from '../../contracts/processes.ts';
import { readSupervisor } from '../supervisor/component-files.ts';
import type { ComponentEntry, ComponentPorts } from './control.ts';

export interface Stopped {
  /** Names of components, `supervisor`, and `process <pid>` for what no record named. */
  readonly stopped: readonly string[];
  /** What still lives, in the same words, each with its pid. */
  readonly left: readonly string[];
}

/** The supervisor gets this much longer than the components' own grace periods together. */
const MARGIN_MS = 5_000;
const OTHERS_GRACE_MS = 2_000;

/**
 * Stops every process of a lab: through the supervisor (dependents first), then whatever it left, then everything whose
 * environment names the lab. `graceMs` limits how long the supervisor may take; default: the longest chain of grace periods.
 */
export async function stopAll(
  ports: ComponentPorts,
  entries: readonly ComponentEntry[],
  graceMs: number | undefined,
): Promise<Stopped> {
  const { files, processes, paths } = ports;
  const living = new Map<string, ProcessIdentity>();
  for (const { spec, status } of dependentsFirst(entries)) {
    if (status?.process !== undefined && processes.isAlive(status.process)) living.set(spec.name, status.process);
  }
  const supervisor = readSupervisor(files, paths)?.process;
  if (supervisor !== undefined && processes.isAlive(supervisor)) {
    await processes.stop(supervisor, graceMs ?? longestChainMs(entries.map(({ spec }) => spec)) + MARGIN_MS);
    living.set('supervisor', supervisor);
  }
  for (const [, process] of living) await processes.stop(process, graceMs ?? OTHERS_GRACE_MS);
  const unrecorded = await stopUnrecorded(ports, graceMs ?? OTHERS_GRACE_MS);
  for (const name of entries.map(({ spec }) => spec.name)) {
    files.remove(paths.spec(name));
    files.remove(paths.status(name));
  }
  const all = [...living, ...unrecorded];
  return {
    stopped: all.filter(([, process]) => !processes.isAlive(process)).map(([name]) => name),
    left: all.filter(([, process]) => processes.isAlive(process)).map(([name, { pid }]) => `${name} (pid ${pid})`),
  };
}

async function stopUnrecorded(ports: ComponentPorts, graceMs: number): Promise<[string, ProcessIdentity][]> {
  const { processes, paths } = ports;
  const found: [string, ProcessIdentity][] = [];
  // A dying parent may have started one more child: look until a round finds nothing.
  for (let round = 0; round < 3; round += 1) {
    const others = processes.findByEnv(OWNER_ENV, paths.labDir).filter(({ pid }) => pid !== processes.self.pid);
    if (others.length === 0) break;
    await Promise.all(others.map((process) => processes.stop(process, graceMs)));
    for (const process of others) {
      if (!found.some(([, { pid }]) => pid === process.pid)) found.push([`process ${process.pid}`, process]);
    }
  }
  return found;
}

/** Order of stopping: what nothing needs any more comes first. A circle keeps the given order. */
export function dependentsFirst(entries: readonly ComponentEntry[]): readonly ComponentEntry[] {
  const rest = [...entries];
  const ordered: ComponentEntry[] = [];
  while (rest.length > 0) {
    const needed = new Set(rest.flatMap(({ spec }) => spec.after));
    const free = rest.findIndex(({ spec }) => !needed.has(spec.name));
    ordered.push(...rest.splice(Math.max(free, 0), 1));
  }
  return ordered;
}

/** The longest time that stopping one after the other along `after` may take. */
export function longestChainMs(specs: readonly ComponentSpec[]): number {
  const byName = new Map(specs.map((spec) => [spec.name, spec]));
  const chain = (name: string, seen: readonly string[]): number => {
    const spec = byName.get(name);
    if (spec === undefined || seen.includes(name)) return 0;
    return spec.graceSeconds * 1000 + Math.max(0, ...spec.after.map((other) => chain(other, [...seen, name])));
  };
  return Math.max(0, ...specs.map(({ name }) => chain(name, [])));
}
