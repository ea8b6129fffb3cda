import { describe } from '../../errors/lab-error.ts';
import { labPaths, listLabs, readRecord } from '../../lab/lab-store.ts';
import type { LabPorts } from '../../lab/ports.ts';
import { type Check, check } from '../report.ts';

export interface DiskPort {
  /** Free bytes of the file system that holds a path; undefined = cannot be told. */
  readonly freeBytes: (path: string) => number | undefined;
}

/** etcd and its log grow to some hundred MB; below this `up` fails half-way. */
const LITTLE = 512 * 1024 * 1024;

/** Free space where labs lie. */
export function diskCheck({ freeBytes }: DiskPort, path: string): Check {
  const free = freeBytes(path);
  if (free === undefined) return check('disk', 'unknown', `the free space of ${path} cannot be told`);
  const title = `${(free / 1024 ** 3).toFixed(1)} GiB free where labs lie`;
  if (free >= LITTLE) return check('disk', 'ok', title, { evidence: [`observed: ${path}`] });
  return check('disk', 'broken', title, {
    evidence: [`observed: ${path}; a lab with etcd needs 0.5 GiB`],
    fix: 'make room, or put labs elsewhere with METRICS_LAB_HOME',
  });
}

/** Ports and leftovers of every lab that there is: what a record names and nobody runs, or runs and no record names. */
export async function stateChecks(ports: LabPorts): Promise<readonly Check[]> {
  const labs = listLabs(ports.files, ports.labsDir);
  const checks = await Promise.all(labs.map((lab) => labCheck(ports, lab)));
  const strange = ports.files.list(ports.labsDir).filter((name) => !labs.includes(name));
  return [
    ...(labs.length === 0 ? [check('state', 'ok', 'there is no lab on this machine')] : []),
    ...checks.flat(),
    ...strange.map((name) =>
      check(`state/${name}`, 'warning', `folder ${name} among the labs is none`, {
        evidence: [`observed: ${ports.labsDir}/${name} has no lab.json`],
        fix: `metrics-lab teardown --lab ${name} --force`,
      }),
    ),
  ];
}

async function labCheck(ports: LabPorts, lab: string): Promise<readonly Check[]> {
  const paths = labPaths(ports.labsDir, lab);
  const id = `state/${lab}`;
  try {
    const record = readRecord(ports.files, paths, lab);
    const components = ports.components(paths.dir).list();
    const down = components.filter(({ status }) => status?.healthy !== true);
    const flag = lab === 'lab' ? '' : ` --lab ${lab}`;
    const fix = `metrics-lab up${flag} goes on with it, metrics-lab teardown${flag} removes it`;
    const busy = await portChecks(ports, lab, down);
    if (record?.complete !== true) {
      const title = `lab ${lab} is half made: \`up\` did not come to its end`;
      return [check(id, 'warning', title, { evidence: [`observed: ${paths.record}`], fix }), ...busy];
    }
    if (down.length === 0)
      return [check(id, 'ok', `lab ${lab} (${record.spec.backend}): ${components.length} components run`)];
    const evidence = down.map(
      ({ spec, status }) => `observed: ${spec.name}: ${status?.message ?? 'nobody supervises it'}`,
    );
    return [check(id, 'warning', `lab ${lab} is left with components that do not run`, { evidence, fix }), ...busy];
  } catch (error) {
    return [
      check(id, 'warning', `the state of lab ${lab} cannot be read`, {
        evidence: [`observed: ${describe(error)}`],
        fix: `metrics-lab teardown --lab ${lab} --force`,
      }),
    ];
  }
}

/** A port that a component of the lab was given, and somebody else took since. */
async function portChecks(
  ports: LabPorts,
  lab: string,
  down: ReturnType<ReturnType<LabPorts['components']>['list']>,
): Promise<readonly Check[]> {
  const found: Check[] = [];
  for (const { spec, status } of down) {
    const port = Number(new URL(spec.url ?? 'http://none').port);
    if (port === 0 || status?.process != null || !(await ports.isPortBusy(port))) continue;
    found.push(
      check(`ports/${lab}/${spec.name}`, 'broken', `port ${port} of ${spec.name} is taken by another process`, {
        evidence: [`observed: 127.0.0.1:${port} is in use while ${spec.name} does not run`],
        fix: `see who it is with: ss -ltnp 'sport = :${port}'`,
      }),
    );
  }
  return found;
}
