import { DRILLS } from '../../drill/registry.ts';
import { type DrillPorts, type DrillResult, runDrill } from '../../drill/run.ts';
import type { Drill } from '../../drill/drill.ts';
import type { ExitName } from '../../errors/exit-codes.ts';
import { describe, LabError } from '../../errors/lab-error.ts';
import { requireRecord } from '../../lab/lab-store.ts';
import { openMetricsAdmin } from '../../lab/metrics-admin.ts';
import { setMetric } from '../../lab/set-metric.ts';
import { labPorts } from '../container/lab-ports.ts';
import type { CommandContext } from '../context.ts';
import { drillText } from '../drill/text.ts';
import type { Flags } from '../flags.ts';
import { labName } from '../lab/lab-name.ts';
import { nearest } from '../nearest.ts';

const PARALLEL = 4;
const TIMEOUT_MS = 60_000;

/** `metrics-lab drill run [id]`. Raises ML-DRILL-UNKNOWN, ML-DRILL-LAB, ML-LAB-*; a drill that does not pass is `thresholds`. */
export async function run(context: CommandContext, flags: Flags): Promise<ExitName | undefined> {
  const drills = wanted(flags);
  const ports = labPorts(context);
  const lab = await labName(context);
  const { cluster, spec } = requireRecord(ports.files, ports.labsDir, lab);
  if (cluster === undefined || spec.pipeline !== 'test' || spec.bare === true)
    throw new LabError('ML-DRILL-LAB', { lab });
  const client = ports.client(cluster.kubeconfig);
  using admin = openMetricsAdmin(ports, lab);
  const { clock, signal, globals, io } = context;
  const shared: Omit<DrillPorts, 'say'> = {
    client,
    clock,
    signal,
    syncPeriodSeconds: spec.syncPeriodSeconds,
    timeoutMs: globals.timeoutMs ?? TIMEOUT_MS,
    write: async (namespace, metric, value) => {
      await setMetric(ports, admin, {
        lab,
        name: metric,
        metric,
        path: `external/namespaces/${namespace}/${metric}`,
        value,
      });
    },
    fault: async (metric, fault) => {
      await (fault === null ? admin.clearFault(metric) : admin.setFault(metric, fault));
    },
  };
  try {
    const results = await inParallel(drills, flags.number('parallel') ?? PARALLEL, (drill) =>
      oneDrill(drill, { ...shared, say: (text) => io.emit({ type: 'note', text: `${drill.id}: ${text}` }) }),
    );
    await context.output.print({
      kind: 'DrillRun',
      data: { lab, backend: spec.backend, results },
      items: results.map((result) => ({ ...result })),
      names: results.filter(({ passed }) => passed).map(({ id }) => id),
      text: () => drillText(drills, results),
    });
    return results.every(({ passed }) => passed) ? undefined : 'thresholds';
  } finally {
    client.close();
  }
}

function wanted(flags: Flags): readonly Drill[] {
  const id = flags.text('id');
  if (id === undefined && flags.has('all')) return DRILLS;
  const drill = DRILLS.find((one) => one.id === id);
  if (drill !== undefined && !flags.has('all')) return [drill];
  const ids = DRILLS.map((one) => one.id);
  throw new LabError('ML-DRILL-UNKNOWN', { id: id ?? '', nearest: nearest(id ?? '', ids).join(', ') });
}

/** A drill that cannot be done is one that did not pass; the others go on. */
async function oneDrill(drill: Drill, ports: DrillPorts): Promise<DrillResult> {
  try {
    return await runDrill(drill, ports);
  } catch (error) {
    ports.signal.throwIfAborted();
    const reason = error instanceof LabError ? `${error.message}: ${error.why}` : describe(error);
    return { id: drill.id, passed: false, findings: [], cured: null, problems: [reason] };
  }
}

/** In the order of the items. */
async function inParallel<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    for (let at = next++; at < items.length; at = next++) {
      const item = items[at];
      if (item !== undefined) results[at] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}
