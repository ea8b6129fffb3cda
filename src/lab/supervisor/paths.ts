import { join } from 'node:path';

/** Where a lab's supervisor and its components keep their files. */
export interface SupervisorPaths {
  readonly labDir: string;
  readonly components: string;
  /** Names the supervisor that runs. */
  readonly record: string;
  readonly lock: string;
  readonly log: string;
  readonly spec: (name: string) => string;
  readonly status: (name: string) => string;
}

const STATUS_SUFFIX = '.status.json';

export function supervisorPaths(labDir: string): SupervisorPaths {
  const components = join(labDir, 'components');
  return {
    labDir,
    components,
    record: join(labDir, 'supervisor.json'),
    lock: join(labDir, 'supervisor.lock'),
    log: join(labDir, 'logs', 'supervisor.log'),
    spec: (name) => join(components, `${name}.json`),
    status: (name) => join(components, `${name}${STATUS_SUFFIX}`),
  };
}

/** Of the names in the components folder: which components have a spec, and which a status. */
export function componentNames(entries: readonly string[]): { readonly specs: string[]; readonly statuses: string[] } {
  const named = (suffix: string, other?: string) =>
    entries
      .filter((entry) => entry.endsWith(suffix) && (other === undefined || !entry.endsWith(other)))
      .map((entry) => entry.slice(0, -suffix.length));
  return { specs: named('.json', STATUS_SUFFIX), statuses: named(STATUS_SUFFIX) };
}
